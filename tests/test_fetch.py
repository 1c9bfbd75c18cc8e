"""The command on made-up cards and a server on this machine: exit codes, text, JSON."""

import gzip
import hashlib
import io
import json
import shlex
import zipfile

import pytest
from made_server import serving

from taskrel.fetch import main
from taskrel.tasks.card import load_card
from taskrel.tasks.load import load_task
from taskrel.tasks.words.vector_files import FirstLines, VectorFile

CHUNKS = b"a O\n\nb B\n\nc O\n\nd B\n"
CARD = """schema = 1
name = "{name}"
title = "t"
kind = "tagging"
metric = "accuracy"
reader = "columns"
licence = "CC BY 4.0"
citation = "Author (2020), Title, Venue"
options.separator = " "
"""


def sha(content):
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def server():
    with serving() as server:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as z:
            z.writestr("set/dev", CHUNKS)
            z.writestr("set/test", CHUNKS)
        server.files |= {"train.txt": CHUNKS, "set.zip": buffer.getvalue()}
        yield server


@pytest.fixture
def shop(tmp_path, server):
    """Folder with the card of a task whose three files come from two downloads."""
    return write(
        tmp_path,
        "shop",
        [
            {
                "path": "shop/train.txt",
                "split": "train",
                "url": server.url("train.txt"),
                "sha256": sha(CHUNKS),
            },
            *(
                {
                    "path": f"shop/{s}.txt",
                    "split": s,
                    "url": server.url("set.zip"),
                    "member": f"set/{s}",
                    "sha256": sha(CHUNKS),
                }
                for s in ("dev", "test")
            ),
        ],
    )


def write(tmp_path, name, files):
    folder = tmp_path / "cards"
    folder.mkdir(exist_ok=True)
    text = CARD.format(name=name) + "".join(
        "\n[[files]]\n" + "".join(f"{k} = {json.dumps(v)}\n" for k, v in file.items())
        for file in files
    )
    (folder / f"{name}.toml").write_text(text)
    return folder


@pytest.fixture
def run(tmp_path, capsys):
    def call(*argv, data="data"):
        code = main([*map(str, argv), "--data", str(tmp_path / data), "-q"])
        return code, *capsys.readouterr()

    return call


def test_a_task_is_got_and_can_be_read(shop, server, run, tmp_path):
    code, out, err = run("--tasks", shop)
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "shop: licence: CC BY 4.0; please cite Author (2020), Title, Venue",
        "",
        "task  state  files   unchecked  by hand",
        "────  ─────  ──────  ─────────  ───────",
        "shop  ready  3 of 3          –        –",
        "",
        f"1 of 1 tasks ready in {tmp_path / 'data'}",
    ]
    assert [path for path, _ in server.asked] == ["train.txt", "set.zip"]
    assert len(load_task(load_card(shop / "shop.toml"), tmp_path / "data").splits["test"]) == 4


def test_what_is_there_is_not_got_again(shop, server, run):
    assert run("shop", "--tasks", shop)[0] == 0
    server.asked.clear()
    assert run("shop", "--tasks", shop)[0] == 0
    assert server.asked == []


def test_failures_are_listed_and_the_rest_is_got(shop, server, run, tmp_path):
    del server.files["train.txt"]
    code, out, _ = run("--tasks", shop)
    assert code == 1
    assert "shop  missing  2 of 3" in out
    assert f"shop/train.txt (shop)\n    failed: shop/train.txt: {server.url('train.txt')}: " in out
    code, out, _ = run("--tasks", shop, "--json")
    file, other, _ = json.loads(out)["tasks"][0]["files"]
    assert code == 1
    assert (file["state"], other["state"], other["checked"]) == ("missing", "ready", True)
    assert "HTTP 404" in file["problem"]


def test_by_hand_is_said_and_not_fetched(server, run, tmp_path):
    cards = write(
        tmp_path,
        "terms",
        [{"path": "terms/a", "by_hand": "agree to the terms", "url": server.url("train.txt")}],
    )
    for mode in ([], ["--check"]):
        code, out, _ = run("--tasks", cards, *mode)
        assert code == 1
        assert "terms  missing  0 of 1          –        1" in out
        assert f"terms/a (terms)\n    by hand: agree to the terms ({server.url('')}train" in out
    assert server.asked == []


def test_a_file_of_ones_own_is_not_overwritten(shop, server, run, tmp_path):
    own = tmp_path / "data" / "shop" / "train.txt"
    own.parent.mkdir(parents=True)
    own.write_text("mine")
    code, out, _ = run("--tasks", shop)
    assert code == 1
    assert "shop  differs  2 of 3" in out
    assert f"differs: {own}: wrong checksum: expected {sha(CHUNKS)[:12]}…" in out
    assert own.read_text() == "mine"


def test_check_names_the_command(shop, server, run, tmp_path):
    code, out, _ = run("--tasks", shop, "--check")
    assert code == 1
    assert (
        "shop/train.txt, shop/dev.txt, shop/test.txt (shop)\n"
        f"    get it with: taskrel fetch shop --tasks {shop} "
        f"--data {tmp_path / 'data'}\n"
    ) in out
    assert server.asked == [] and not (tmp_path / "data").exists()
    assert out.endswith(f"0 of 1 tasks ready in {tmp_path / 'data'}: no such folder\n")
    command = out.partition("taskrel fetch ")[2].splitlines()[0]
    assert main(shlex.split(command)) == 0
    assert "1 of 1 tasks ready" in run("--tasks", shop, "--check")[1]


def test_json_says_whether_there_is_a_folder(shop, run):
    assert json.loads(run("--tasks", shop, "--check", "--json")[1])["data_exists"] is False
    assert json.loads(run("--tasks", shop, "--json")[1])["data_exists"] is True


def test_what_differs_and_only_a_person_can_get(server, run, tmp_path):
    cards = write(
        tmp_path,
        "terms",
        [{"path": "a", "by_hand": "agree to the terms", "sha256": sha(b"theirs")}],
    )
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a").write_text("another")
    out = run("--tasks", cards)[1]
    assert (
        f"differs: {tmp_path / 'data' / 'a'}: wrong checksum: expected {sha(b'theirs')[:12]}…, "
        f"found {sha(b'another')}; if you did not change it yourself, move it away and get it again by hand: "
        "agree to the terms\n"
    ) in out


def test_what_has_no_checksum_counts_as_unchecked(server, run, tmp_path):
    cards = write(
        tmp_path,
        "some",
        [
            {"path": "folder", "url": server.url("set.zip"), "member": "set"},
            {"path": "a", "url": server.url("train.txt"), "sha256": sha(CHUNKS)},
        ],
    )
    for mode in ([], ["--check"]):
        code, out, _ = run("--tasks", cards, *mode)
        assert code == 0
        assert "some  ready  2 of 2          1        –" in out


def test_vectors_that_another_gzip_has_packed_are_ready(run, tmp_path, monkeypatch):
    lines = b"a 1\n"
    file = FirstLines(
        path="v.gz",
        url="https://e.org/v.zip",
        member="v",
        lines=1,
        sha256=sha(b"packed"),
        lines_sha256=sha(lines),
    )
    monkeypatch.setattr(
        "taskrel.tasks.words.vector_files.GLOVE",
        VectorFile("glove", "free", "Author (2020)", (file,)),
    )
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "v.gz").write_bytes(gzip.compress(lines))
    for mode in ([], ["--check"]):
        code, out, _ = run("glove", *mode)
        assert code == 0
        assert (
            "v.gz (glove)\n    ready, but its vectors are the published ones, but it was not" in out
        )
    (found,) = json.loads(run("glove", "--json")[1])["tasks"][0]["files"]
    assert (
        found["checked"]
        and "not compressed by GNU gzip" in found["warning"]
        and not found["problem"]
    )


def test_check_without_names_is_about_all(run):
    code, out, _ = run("--check", "--json")
    tasks = {task["task"]: task for task in json.loads(out)["tasks"]}
    assert code == 1
    assert {"chunk", "emotion", "glove"} <= set(tasks)
    assert "planted_fine" not in tasks
    assert {task["state"] for task in tasks.values()} == {"missing"}
    assert tasks["topic"]["files"][0]["by_hand"]


def test_a_generated_task_needs_nothing(run):
    code, out, _ = run("planted_fine")
    assert code == 0
    assert "planted_fine  ready  0 of 0" in out


BAD = [  # arguments, what is said
    ([], "expected names of tasks, or --all"),
    (["chnk"], "unknown task 'chnk'; did you mean chunk?"),
    (["--tasks", "{tmp}/nothing/"], "folder of cards {tmp}/nothing/: no such folder"),
    (
        ["--tasks", "{tmp}/cards"],
        "{tmp}/cards/bad.toml: field 'files[0].path': expected a path inside",
    ),
    (
        ["chunk", "--check", "--data", "{tmp}/file"],
        "data folder {tmp}/file: expected a folder, found a file",
    ),
]


@pytest.mark.parametrize(("argv", "said"), BAD)
def test_bad_usage(argv, said, tmp_path, capsys):
    write(tmp_path, "bad", [{"path": "../out", "url": "https://e.org/a"}])
    (tmp_path / "file").write_text("")
    assert main([a.format(tmp=tmp_path) for a in argv]) == 2
    assert f"fetch: {said.format(tmp=tmp_path)}" in capsys.readouterr().err


@pytest.mark.real_data
def test_the_corpora_are_what_the_cards_describe(data_folder, capsys):
    code = main(["--check", "--json", "--data", str(data_folder)])
    tasks = json.loads(capsys.readouterr().out)["tasks"]
    assert {task["task"]: task["state"] for task in tasks if task["state"] != "ready"} == {}
    assert code == 0
