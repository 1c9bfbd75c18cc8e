"""Evidence folders: what is written comes back, and what is wrong in one is said."""

import json
import shutil
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from made_study import write_study

from taskrel.errors import EvidenceError, UsageError
from taskrel.meta.evidence import files as evidence_files
from taskrel.meta.evidence.files import read_evidence, write_evidence
from taskrel.meta.evidence.find import find_evidence, shipped_evidence
from taskrel.meta.evidence.from_store import evidence_from_store
from taskrel.meta.evidence.tables import read_table, write_table
from taskrel.meta.features.profile import Profile
from taskrel.study.analysis.gains import gains
from taskrel.study.store.store import Store

FEATURES = {"mwe": {"size": 300.0, "jsd": 1 / 3}, "pos": {"size": 100.0}, "topic": {"size": 70.0}}
FRAMES = ("tasks", "about", "pairs", "gains", "summary")


def gain(main, aux, seed):
    return len(main) - len(aux) + seed / 3


@pytest.fixture(scope="module")
def evidence(tmp_path_factory):
    """Evidence of two recipes; the second one is without the seeds' effect."""
    folder = tmp_path_factory.mktemp("study")
    write_study(folder, FEATURES, gain, info={"mwe": {"kind": "tagging", "family": "ewt"}})
    profile = Profile(np.array([1, 5]), np.array([2, 1]), np.ones(3, np.float32), 300, "tagging")
    with Store.write(folder) as store:
        store.add_profiles("short", {"mwe": ("digest-mwe", profile.to_bytes())})
    found = evidence_from_store(folder)
    other = found.gains.assign(recipe="long", stl=0.25, gain=5.0)
    found.recipes["long"] = {"steps": 9}
    return replace(found, gains=pd.concat([found.gains, other], ignore_index=True))


@pytest.fixture(scope="module")
def written(evidence, tmp_path_factory):
    folder = tmp_path_factory.mktemp("evidence") / "made"
    write_evidence(evidence, folder)
    return folder


@pytest.fixture
def folder(written, tmp_path):
    """A copy to be damaged."""
    return shutil.copytree(written, tmp_path / "made")


def edit(path, old, new, count=1):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, count))


def test_what_is_written_comes_back_to_the_last_bit(evidence, written):
    back = read_evidence(written)
    for name in FRAMES:
        pd.testing.assert_frame_equal(
            getattr(back, name), getattr(evidence, name), check_exact=True, check_dtype=False
        )
    for name in ("name", "recipe", "recipes", "symmetric", "provenance"):
        assert getattr(back, name) == getattr(evidence, name)
    assert back.folder == written
    assert back.profiles["mwe"].to_bytes() == evidence.profiles["mwe"].to_bytes()
    assert sorted(p.name for p in written.iterdir()) == [
        "evidence.json",
        "gains.csv",
        "pairs.csv",
        "profiles.npz",
        "summary.csv",
        "tasks.csv",
    ]


def test_entries_come_back_and_leave_no_trace_where_there_are_none(evidence, written, tmp_path):
    entries = {"pos": {"card": "words", "limit": 5, "absent": ["X"], "as": "pos"}}
    write_evidence(replace(evidence, entries=entries), tmp_path / "capped")
    assert read_evidence(tmp_path / "capped").entries == entries
    assert "entries" not in json.loads((written / "evidence.json").read_text())
    assert read_evidence(written).entries == {}


def test_auxiliaries_alone_come_back(evidence, tmp_path):
    entries = {"mwe": {"card": "pos", "limit": 9}}
    apart = replace(evidence, auxiliaries=("pos", "topic"), entries=entries)
    write_evidence(apart, tmp_path)
    back = read_evidence(tmp_path)
    assert back.auxiliaries == ("pos", "topic")
    # Not mwe with pos, which is of its own card.
    assert list(back.pairs.index) == [("mwe", "topic")]
    row, was = (e.pairs.loc[("mwe", "topic")] for e in (back, evidence))
    assert row.dropna().to_dict() == was.dropna().to_dict()


@pytest.mark.parametrize(
    ("auxiliaries", "says"),
    [
        (["pos", "chess"], "field 'auxiliaries': 'chess' is not in tasks.csv"),
        (["pos", "mwe", "topic"], "field 'auxiliaries': expected a task that is not, found none"),
    ],
)
def test_wrong_auxiliaries(folder, auxiliaries, says):
    head = json.loads((folder / "evidence.json").read_text())
    (folder / "evidence.json").write_text(json.dumps(head | {"auxiliaries": auxiliaries}))
    with pytest.raises(EvidenceError, match=says):
        read_evidence(folder)


def test_smoothed_gains_come_back(evidence, tmp_path):
    smooth = evidence.gains.assign(smoothed=np.linspace(0, 1, len(evidence.gains)))
    write_evidence(replace(evidence, gains=smooth), tmp_path)
    assert read_evidence(tmp_path).gains["smoothed"].tolist() == smooth["smoothed"].tolist()


def test_writing_again_gives_the_same_bytes(written, tmp_path):
    write_evidence(read_evidence(written), tmp_path)
    for path in written.glob("*.*[nv]"):
        assert (tmp_path / path.name).read_bytes() == path.read_bytes()


def test_nothing_of_what_lay_there_stays(evidence, folder, monkeypatch):
    write_evidence(replace(evidence, profiles={}), folder)
    assert read_evidence(folder).profiles == {}
    with pytest.raises(ValueError, match="unpack"):  # of two recipes: not begun, nothing lost
        write_evidence(
            replace(
                evidence,
                summary=evidence.summary.assign(recipe=[*"ab"] * (len(evidence.summary) // 2)),
            ),
            folder,
        )
    assert read_evidence(folder).name == evidence.name
    monkeypatch.setattr(evidence_files, "write_table", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):  # half of it new would be no evidence
        write_evidence(evidence, folder)
    assert not (folder / "evidence.json").exists()


def test_another_recipe_has_its_own_gains_and_scores(written):
    other = read_evidence(written, "long")
    assert other.summary["gain"].tolist() == [5.0] * 6
    assert other.recipe == {"steps": 9}
    assert other.about["stl"].tolist() == [0.25] * 3
    assert other.name.endswith(", recipe long")
    assert other.folder is None  # what was fitted to the default recipe is not for this one
    with pytest.raises(UsageError, match=r"unknown recipe 'lonk' in evidence .*did you mean long"):
        read_evidence(written, "lonk")


def test_a_summary_is_made_where_there_is_none(evidence, folder):
    (folder / "summary.csv").unlink()
    expected = gains(evidence.gains[evidence.gains["recipe"] == "short"])
    pd.testing.assert_frame_equal(read_evidence(folder).summary, expected, check_dtype=False)


def test_a_pair_without_a_row_has_no_features(folder):
    lines = (folder / "pairs.csv").read_text().splitlines()
    (folder / "pairs.csv").write_text("\n".join(lines[:-1]) + "\n")
    pairs = read_evidence(folder).pairs
    assert len(pairs) == 6
    assert pairs.iloc[-1].isna().all()
    assert pairs.iloc[-2].notna().any()


@pytest.mark.parametrize("name", ["evidence.json", "tasks.csv", "pairs.csv", "gains.csv"])
def test_a_missing_file(folder, name):
    (folder / name).unlink()
    with pytest.raises(EvidenceError, match=rf"{name}: no such file; taskrel evidence"):
        read_evidence(folder)


@pytest.mark.parametrize(
    ("name", "old", "new", "says"),
    [
        (
            "tasks.csv",
            "label_entropy",
            "label_entrpy",
            r"tasks.csv: column 'label_entropy' is missing; did you mean label_entrpy",
        ),
        ("tasks.csv", "pos,", "mwe,", "tasks.csv, line 3: a second row for mwe; expected one"),
        (
            "tasks.csv",
            "300.0",
            "many",
            "tasks.csv, line 2: column 'size': expected a finite number, "
            "or nothing where it is missing, found 'many'",
        ),
        ("tasks.csv", "300.0", "-inf", r"line 2: column 'size': expected a finite .*found '-inf'"),
        ("tasks.csv", "300.0", "nan", "line 2: column 'size': expected a finite .*found 'nan'"),
        (
            "tasks.csv",
            ",0.5,",
            ",50,",
            "line 2: column 'stl': expected a fraction from 0 to 1, found 50",
        ),
        ("tasks.csv", "pos,", ",", "tasks.csv, line 3: column 'task': is empty"),
        (
            "pairs.csv",
            "mwe,pos",
            "mwe,pso",
            r"pairs.csv, line 2: column 'aux': 'pso' is not in "
            r"tasks.csv; did you mean pos\?",
        ),
        (
            "pairs.csv",
            "mwe,pos",
            "mwe,mwe",
            "pairs.csv, line 2: column 'aux': main and auxiliary "
            "task are both 'mwe'; expected two tasks",
        ),
        ("pairs.csv", "mwe,pos", "mwe,topic", "pairs.csv, line 3: a second row for mwe, topic"),
        (
            "gains.csv",
            "short,mwe,pos",
            "short,mew,pos",
            r"gains.csv, line 2: column 'main': 'mew' "
            r"is not in .*did you mean mwe",
        ),
        (
            "gains.csv",
            "short,mwe,pos",
            "shirt,mwe,pos",
            r"gains.csv, line 2: column 'recipe': 'shirt'"
            r" is not in evidence.json; did you mean",
        ),
        (
            "gains.csv",
            "short,mwe,pos,0",
            "short,mwe,pos,1",
            "gains.csv, line 3: a second row for short, mwe, pos, 1",
        ),
        (
            "gains.csv",
            "short,mwe,pos,0",
            "short,mwe,pos,",
            "gains.csv, line 2: column 'seed': is empty",
        ),
        (
            "gains.csv",
            "short,mwe,pos,0",
            "short,mwe,pos,0.5",
            "gains.csv, line 2: column 'seed': expected a whole number, found 0.5",
        ),
        (
            "gains.csv",
            "pos,0,0.5,",
            "pos,0,1.5,",
            "gains.csv, line 2: column 'stl': expected a fraction from 0 to 1, found 1.5",
        ),
        (
            "summary.csv",
            "long,mwe,pos,5.0",
            "long,mwe,pos,6.0",
            "summary.csv: does not agree with gains.csv next to it; delete it",
        ),
        (
            "evidence.json",
            '"schema": 1',
            '"schema": 2',
            "written by a newer taskrel .schema 2, this one knows 1.; update taskrel",
        ),
        (
            "evidence.json",
            '"symmetric"',
            '"symetric"',
            "unknown field 'symetric'; did you mean symmetric",
        ),
        (
            "evidence.json",
            '"default": "short"',
            '"default": "shirt"',
            "field 'default': unknown recipe 'shirt'; did you mean",
        ),
        ("evidence.json", "{", "", "evidence.json: cannot be read as JSON"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(folder, name, old, new, says):
    edit(folder / name, old, new)
    with pytest.raises(EvidenceError, match=says) as error:
        read_evidence(folder)
    assert str(folder / name) in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("data", [b"", b"\xff\xfe\x00", b"a,b\n1,2,3\n4,5,6,7\n"])
def test_what_is_no_table(folder, data):
    (folder / "tasks.csv").write_bytes(data)
    with pytest.raises(EvidenceError, match=r"tasks\.csv: c"):  # cannot be read, or column
        read_evidence(folder)


def test_no_pair_and_a_single_task(folder):
    lines = (folder / "gains.csv").read_text().splitlines(keepends=True)
    (folder / "summary.csv").unlink()
    (folder / "gains.csv").write_text("".join(line for line in lines if "short" not in line))
    with pytest.raises(EvidenceError, match=r"gains\.csv has no pair under recipe 'short'"):
        read_evidence(folder)
    lines = (folder / "tasks.csv").read_text().splitlines(keepends=True)
    (folder / "tasks.csv").write_text("".join(lines[:2]))
    with pytest.raises(EvidenceError, match="expected two tasks or more, found 1"):
        read_evidence(folder)


def test_a_profile_of_no_task(folder):
    for name in ("tasks.csv", "pairs.csv", "gains.csv", "summary.csv"):
        path = folder / name
        path.write_text(path.read_text().replace("mwe", "mwes"))
    with pytest.raises(
        EvidenceError,
        match=r"profiles.npz: profile of 'mwe', which is not in "
        r"tasks.csv; did you mean mwes",
    ):
        read_evidence(folder)


def test_nothing_is_left_where_writing_fails(evidence, tmp_path):
    broken = replace(evidence, provenance={"title": object()})
    with pytest.raises(TypeError):
        write_evidence(broken, tmp_path / "new")
    assert not (tmp_path / "new" / "evidence.json").exists()
    assert not list((tmp_path / "new").glob(".*"))


@pytest.mark.parametrize("value", [1 / 3, 5e-324, 1.7976931348623157e308, -0.1 + 0.3, 1e22, np.pi])
def test_numbers_come_back_to_the_last_bit(tmp_path, value):
    path = tmp_path / "t.csv"
    write_table(pd.DataFrame({"task": ['a, "b"', "NA"], "x": [value, np.nan]}), path)
    table = read_table(path, ["task"], ["x"], key=["task"])
    assert table["task"].tolist() == ['a, "b"', "NA"]
    assert table["x"].iloc[0] == value
    assert np.isnan(table["x"].iloc[1])


@pytest.mark.slow
@pytest.mark.parametrize("name", shipped_evidence())
def test_the_shipped_table_of_means_is_what_the_statistics_say(name):
    evidence = find_evidence(name)
    default = json.loads((evidence.folder / "evidence.json").read_text())["default"]
    computed = gains(evidence.gains[evidence.gains["recipe"] == default])
    pd.testing.assert_frame_equal(computed, evidence.summary, check_dtype=False)


def test_reading_waits_for_no_heavy_library(written):
    heavy = ["torch", "sklearn", "statsmodels", "scipy", "matplotlib"]
    code = (
        f"import sys; from taskrel.meta.evidence.files import read_evidence; "
        f"read_evidence({str(written)!r}); print([m for m in {heavy} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
