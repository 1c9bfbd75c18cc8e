"""Cards: the message for each mistake, and cards by name."""

import re

import pytest

from taskrel.errors import CardError, UsageError
from taskrel.io.paths import shipped
from taskrel.io.toml import convert
from taskrel.tasks.card import METRICS, card_paths, load_card, parse_card
from taskrel.tasks.readers import READERS

TEXT_CARDS = (
    "compression",
    "hyperlink",
    "emotion",
    "sentiment",
    "polarity",
    "topic",
    "isear",
    "personality",
    "emoji",
    "emoji_characters",
    "emoji_vector",
    "question",
    "acceptability",
    "spam",
    "tweet_emotion",
    "hate",
    "offensive",
    "stars",
    "product_polarity",
    "tweet_sentiment",
    "paraphrase",
    "entailment",
    "banking77",
    "clinc150",
    "davidson",
)

CARD = {
    "schema": 1,
    "name": "x",
    "title": "t",
    "kind": "tagging",
    "metric": "accuracy",
    "reader": "columns",
    "files": [{"path": "a"}],
}

MISTAKES = [  # changes to the card, what is said
    ({"metrics": "accuracy"}, "unknown field 'metrics'; did you mean metric?"),
    ({"schema": 2}, "field 'schema': expected 1, found 2"),
    (
        {"kind": "tag"},
        "field 'kind': expected 'tagging' or 'classification' or 'multilabel' or "
        "'regression', found 'tag'",
    ),
    ({"title": 3}, "field 'title': expected `str`, found `int`"),
    ({"title": None}, "field 'title': expected `str`, found `null`"),
    (
        {"metric": "acuracy"},
        "field 'metric': 'acuracy' is not a metric of tagging tasks; did you mean accuracy?",
    ),
    (
        {"metric": "micro_f1"},
        "field 'labels.outside' is missing: micro_f1 needs the label that means \"nothing here\"",
    ),
    (
        {"metric": "span_f1", "kind": "multilabel"},
        "field 'metric': 'span_f1' is not a metric of multilabel tasks; known: accuracy, "
        "decision_accuracy, decision_f1, macro_f1, micro_f1, weighted_f1",
    ),
    (
        {"labels": {"scheme": "bioes"}},
        "field 'labels.scheme': unknown scheme 'bioes'; did you mean BIOES or IOBES",
    ),
    ({"files": [{"path": "a", "sha": "0"}]}, "unknown field 'sha' in [files[0]]"),
    ({"files": [{}]}, "field 'files[0].path' is missing"),
    (
        {"files": [{"path": "a", "split": "valid"}]},
        "field 'files[0].split': expected 'train' or 'dev' or 'test' or 'all' or 'side', "
        "found 'valid'",
    ),
    (
        {"cut": {"dev": 0.5, "test": 0.5}},
        "field 'cut': expected shares dev and test, from 0, whose sum is below 1, found 0.5 and 0.5",
    ),
    ({"cut": {"dev": -0.1}}, "field 'cut': expected shares dev and test"),
    ({"cut": {"seed": -1}}, "field 'cut.seed': expected `int` >= 0, found -1"),
    ({"cut": {"by": ["id"]}}, "field 'cut.by[0]': expected 'key' or 'text', found 'id'"),
    ({"labels": {"outsde": "O"}}, "unknown field 'outsde' in [labels]; did you mean outside?"),
    (
        {"characters": {"keep": "ab"}},
        "field 'characters': a tagging task has a label per word, so its texts cannot be read",
    ),
    ({"characters": {"keep": "a"}}, "field 'characters.keep': expected `str` of length >= 2"),
    (
        {"kind": "classification", "characters": {"keep": "aba"}},
        "field 'characters.keep': expected "
        "each character once, and no white space but the blank, found 'a'",
    ),
    (
        {"kind": "classification", "characters": {"keep": "ab\t"}},
        "field 'characters.keep': "
        "expected each character once, and no white space but the blank, found '\\t'",
    ),
    (
        {"kind": "multilabel", "metric": "accuracy", "characters": {"keep": "aB", "lower": True}},
        "field 'characters.keep': 'B' never occurs in lower-cased text",
    ),
    *(
        (
            {"files": [{"path": "a"}, {"path": path}]},
            "field 'files[1].path': expected a path inside the data folder, with / between "
            f"folders, found {path!r}",
        )
        for path in ("../a", "a/../../b", "/etc/passwd", "C:/a", "C:\\a", "a\0b", ".", "")
    ),
    ({"repeats": ["id"]}, "field 'repeats[0]': expected 'key' or 'text' or 'alnum', found 'id'"),
    ({"leaks": ["id"]}, "field 'leaks[0]': expected 'key' or 'text' or 'alnum', found 'id'"),
    ({"name": "y"}, "field 'name': expected 'x', the name of the file, found 'y'"),
]


@pytest.mark.parametrize(("change", "said"), MISTAKES)
def test_mistakes(change, said):
    with pytest.raises(CardError) as caught:
        parse_card(CARD | change, "cards/x.toml")
    assert str(caught.value).startswith(f"cards/x.toml: {said}")


def test_missing_field():
    with pytest.raises(CardError, match="field 'reader' is missing"):
        parse_card({k: v for k, v in CARD.items() if k != "reader"}, "x.toml")


def test_family_is_the_name_unless_given():
    assert parse_card(CARD, "x.toml").family == "x"
    assert parse_card(CARD | {"family": "f"}, "x.toml").family == "f"


def test_outside_is_o_for_span_f1_unless_given():
    card = CARD | {"metric": "span_f1"}
    assert parse_card(card, "x").labels.outside == "O"
    assert parse_card(card | {"labels": {"outside": "_"}}, "x").labels.outside == "_"
    assert parse_card(CARD, "x").labels.outside is None


@pytest.mark.parametrize("kind", METRICS)
def test_every_metric_of_a_kind_is_accepted(kind):
    for metric in METRICS[kind]:
        card = parse_card(CARD | {"kind": kind, "metric": metric, "labels": {"outside": "O"}}, "c")
        assert card.metric == metric


TOML = 'schema = 1\nname = "{}"\ntitle = "t"\nkind = "tagging"\nmetric = "accuracy"\nreader = "r"\n'


def test_a_card_is_found_by_name_or_path(tmp_path):
    (tmp_path / "deep").mkdir()
    path = tmp_path / "deep" / "mine.toml"
    path.write_text(TOML.format("mine"))
    assert load_card("mine", tmp_path) == load_card(path) == load_card(str(path))
    with pytest.raises(UsageError, match=r"^unknown task 'mien'; did you mean mine"):
        load_card("mien", tmp_path)
    with pytest.raises(CardError, match=r"theirs.toml: no such file"):
        load_card(tmp_path / "theirs.toml")


def test_an_unknown_shipped_task_names_the_nearest():
    with pytest.raises(UsageError, match="unknown task 'polarty'; did you mean polarity"):
        load_card("polarty")


def test_two_cards_of_one_name_and_no_folder(tmp_path):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "mine.toml").write_text("")
    with pytest.raises(CardError, match="two cards are named 'mine'"):
        card_paths(tmp_path)
    with pytest.raises(UsageError, match="nowhere: no such folder"):
        card_paths(tmp_path / "nowhere")


def test_all_shipped_cards_decode():
    paths = card_paths(shipped("tasks"))
    assert set(TEXT_CARDS) <= set(paths)
    for path in paths.values():
        card = load_card(path)
        convert(card.options, READERS[card.reader].Options, card.name, CardError)
        assert card.kind in getattr(READERS[card.reader], "KINDS", ("tagging",))


@pytest.mark.parametrize("name", TEXT_CARDS)
def test_the_cards_of_text_corpora_say_where_files_come_from(name):
    card = load_card(name)
    assert card.licence and re.search(r"\(\d{4}\), .+, [A-Z]", card.citation)
    for file in card.files:
        assert file.url.startswith("https://")
        assert re.fullmatch("[0-9a-f]{64}", file.sha256)
    splits = {file.split for file in card.files}
    splits.update(card.options.get("lists", {}).values())
    assert {"train", "test"} <= splits or card.cut.test > 0
    assert "dev" in splits or card.cut.dev > 0


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (
            {"schema": 1, "name": "x", "tasks": ["y"]},
            "x.toml: this is an experiment, because it has",
        ),
        (
            {"tool": {"ruff": {}}},
            "x.toml: this is no card, because it has no kind, metric and reader",
        ),
    ],
)
def test_other_files_among_the_cards(raw, said):
    with pytest.raises(CardError, match=said):
        parse_card(raw, "x.toml")
