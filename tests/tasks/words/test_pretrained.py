import shutil
import subprocess
import sys

import pytest
from huggingface_hub.errors import LocalEntryNotFoundError
from made_transformer import tiny_transformer

from taskrel.errors import VectorsError
from taskrel.tasks.words import pretrained as module
from taskrel.tasks.words.pretrained import find_pretrained

TEXTS = ["the cook fried the fish", "a waiter served cold soup"]


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return tiny_transformer(tmp_path_factory.mktemp("models") / "tiny", TEXTS)


@pytest.fixture(autouse=True)
def offline(monkeypatch):
    """No test may use the network; the hub reads its own switch when it is imported."""
    import huggingface_hub.constants

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)


def test_a_folder_is_found_here_and_in_the_data_folder(model, tmp_path, monkeypatch):
    assert find_pretrained(str(model), tmp_path) == find_pretrained("tiny", model.parent)
    monkeypatch.chdir(model.parent)
    assert find_pretrained("tiny", tmp_path).path.name == "tiny"


def test_the_checksum_is_of_the_contents_not_of_the_name(model, tmp_path):
    copy = shutil.copytree(model, tmp_path / "copy")
    (copy / "README.md").write_text("notes")
    found = find_pretrained(str(copy), tmp_path)
    assert found.sha256 == find_pretrained(str(model), tmp_path).sha256
    for name in ("model.safetensors", "tokenizer.json", "config.json"):
        other = shutil.copytree(model, tmp_path / name)
        with (other / name).open("ab") as f:
            f.write(b" ")
        assert find_pretrained(str(other), tmp_path).sha256 != found.sha256, name


def test_a_model_of_the_local_cache_is_found_without_network(model, tmp_path, monkeypatch):
    import huggingface_hub.constants

    cached = tmp_path / "models--made--tiny"
    (cached / "refs").mkdir(parents=True)
    (cached / "refs" / "main").write_text("0" * 40)
    shutil.copytree(model, cached / "snapshots" / ("0" * 40))
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    assert (
        find_pretrained("made/tiny", tmp_path).sha256
        == find_pretrained(str(model), tmp_path).sha256
    )


def test_a_model_cached_in_part_is_fetched_whole(model, tmp_path, monkeypatch):
    partial = shutil.copytree(model, tmp_path / "partial")
    (partial / "model.safetensors").unlink()

    def snapshot_download(name, local_files_only=False, **options):
        return str(partial if local_files_only else model)

    monkeypatch.setattr("huggingface_hub.snapshot_download", snapshot_download)
    assert find_pretrained("made/tiny", tmp_path).path == model


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (
            lambda folder: (folder / "model.safetensors").rename(folder / "pytorch_model.bin"),
            "expected weights in *.safetensors, found pytorch_model.bin, which may run code",
        ),
        (lambda folder: (folder / "model.safetensors").unlink(), "found no weights"),
        (
            lambda folder: (folder / "tokenizer.json").unlink(),
            "expected a file tokenizer.json or vocab.txt or vocab.json",
        ),
        (lambda folder: (folder / "config.json").unlink(), "expected a file config.json"),
    ],
    ids=["pickled", "no weights", "no tokenizer", "no config"],
)
def test_a_folder_that_will_not_do_says_why(model, tmp_path, spoil, message):
    folder = shutil.copytree(model, tmp_path / "copy")
    spoil(folder)
    with pytest.raises(VectorsError) as e:
        find_pretrained(str(folder), tmp_path)
    assert message in str(e.value)


@pytest.mark.parametrize("name", ["made/absent", "no such model!"])
def test_absent_weights_say_what_to_do(name, tmp_path, monkeypatch):
    import huggingface_hub.constants

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(VectorsError) as e:
        find_pretrained(name, tmp_path)
    assert f"transformer {name!r}: expected a folder, or a model that is in" in str(e.value)
    assert f"run 'hf download {name}'" in str(e.value)
    assert "\n" not in str(e.value)


def test_whatever_the_network_does_is_one_sentence(tmp_path, monkeypatch):
    class Refused(Exception):
        """As the hub's HTTP client raises: of no kind that Python knows."""

    def snapshot_download(name, local_files_only=False, **options):
        raise LocalEntryNotFoundError("not here") if local_files_only else Refused("407\nproxy")

    monkeypatch.setattr("huggingface_hub.snapshot_download", snapshot_download)
    with pytest.raises(VectorsError, match=r"found none \(Refused: 407\); run 'hf"):
        find_pretrained("made/absent", tmp_path)


@pytest.mark.parametrize(
    ("name", "extra"),
    [("tiny", "transformers"), ("made/absent", "transformers"), ("minilm", "minilm")],
)
def test_without_the_extra_the_sentence_names_it(model, monkeypatch, name, extra):
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(VectorsError, match=rf"transformers is not installed.*taskrel\[{extra}\]"):
        find_pretrained(name, model.parent)


@pytest.mark.slow
def test_the_package_imports_without_the_extra():
    code = (
        "import sys; sys.modules['transformers'] = sys.modules['huggingface_hub'] = None; "
        "import taskrel.run_pairs, taskrel.training.run, taskrel.models.transformer"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_an_installed_package_may_carry_a_model_and_is_not_imported(model, tmp_path, monkeypatch):
    package = tmp_path / "packages" / "carries_a_model"
    shutil.copytree(model, package / "model")
    (package / "__init__.py").write_text("raise RuntimeError('imported')")
    monkeypatch.syspath_prepend(package.parent)
    found = find_pretrained("carries-a-model", tmp_path)
    assert (found.path, found.sha256) == (
        package / "model",
        find_pretrained(str(model), tmp_path).sha256,
    )


def test_a_package_with_other_weights_than_the_publishers_is_refused(model, tmp_path, monkeypatch):
    shutil.copytree(model, tmp_path / "packages" / "carries_another" / "model")
    (tmp_path / "packages" / "carries_another" / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path / "packages")
    monkeypatch.setitem(module.PACKAGED, "known", ("carries_another", "0" * 64))
    with pytest.raises(
        VectorsError, match=r"expected weights with the SHA-256 0{64}, found \w{64}"
    ):
        find_pretrained("known", tmp_path)


def test_a_packaged_model_that_is_not_installed_names_its_extra(tmp_path, monkeypatch):
    monkeypatch.setitem(module.PACKAGED, "minilm", ("no_such_package_here", "0" * 64))
    with pytest.raises(VectorsError, match=r'pip install "taskrel\[minilm\]"'):
        find_pretrained("minilm", tmp_path)
