import argparse
import logging

import pytest

from taskrel.cli.options import (
    add_caps,
    add_volume,
    caps,
    given_caps,
    name_list,
    positive,
    seed,
    start_log,
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("pos", ["pos"]),
        ("pos,chunk", ["pos", "chunk"]),
        (" pos , , chunk,", ["pos", "chunk"]),
    ],
)
def test_names(text, found):
    assert name_list(text) == found


@pytest.mark.parametrize("text", ["", " ", ",", " , "])
def test_no_name(text):
    with pytest.raises(argparse.ArgumentTypeError, match="expected at least one name, found"):
        name_list(text)


@pytest.mark.parametrize(
    ("kind", "text", "found"),
    [
        (positive, "1", 1),
        (positive, "12", 12),
        (seed, "0", 0),
        (seed, str(2**63 - 1), 2**63 - 1),
    ],
)
def test_whole_numbers(kind, text, found):
    assert kind(text) == found


def test_caps():
    assert caps("shop=500, topic=20") == {"shop": 500, "topic": 20}


def test_caps_given_one_by_one_add_up():
    for _ in range(2):  # nothing is kept from one call to the next
        parser = argparse.ArgumentParser()
        add_caps(parser)
        args = parser.parse_args(["--limit", "shop=5", "--limit=topic=6,shop=7", "--dev", "a=1"])
        assert given_caps(args) == {"limit": {"shop": 7, "topic": 6}, "dev": {"a": 1}}
        assert given_caps(parser.parse_args([])) == {}


@pytest.mark.parametrize(
    ("kind", "text", "says"),
    [
        (caps, "shop", "expected TASK=N, such as shop=500, found 'shop'"),
        (caps, "=5", "expected TASK=N"),
        (caps, "shop=0", "expected 1 or more"),
        (caps, "shop=x", "expected a whole number"),
        (positive, "0", "expected 1 or more .*, found 0"),
        (positive, "-3", "expected 1 or more .*, found -3"),
        (seed, "-1", "expected 0 or more .*, found -1"),
        (seed, str(2**63), "below 2.63"),
        (positive, "2.5", "expected a whole number, found '2.5'"),
        (positive, "two", "expected a whole number"),
        (positive, "", "expected a whole number"),
        (seed, "--1", "expected a whole number"),
        (seed, "²", "expected a whole number"),
    ],
)
def test_what_is_no_such_number(kind, text, says):
    with pytest.raises(argparse.ArgumentTypeError, match=says):
        kind(text)


@pytest.mark.parametrize(
    ("argv", "level"),
    [
        ([], logging.INFO),
        (["-q"], logging.WARNING),
        (["--quiet"], logging.WARNING),
        (["-v"], logging.DEBUG),
        (["--verbose"], logging.DEBUG),
    ],
)
def test_volume(argv, level):
    parser = argparse.ArgumentParser()
    add_volume(parser)
    log = logging.getLogger("taskrel")
    before = log.level
    try:
        start_log(parser.parse_args(argv))
        assert log.level == level
    finally:
        log.setLevel(before)


def test_quiet_and_verbose_exclude_each_other(capsys):
    parser = argparse.ArgumentParser()
    add_volume(parser)
    with pytest.raises(SystemExit):
        parser.parse_args(["-q", "-v"])
    assert "not allowed with" in capsys.readouterr().err
