"""Texts as characters: each kept character is a token of its own."""


def spell(text: str, keep: str, lower: bool = False) -> tuple[list[str], int]:
    """Spell `text` out; returns its kept characters, and how many others it has.

    White space is one blank, which is a character like any other: kept if `keep` has one.

    >>> spell("Oh  ❤ no!", "hno !", lower=True)
    (['h', ' ', 'n', 'o', '!'], 1)
    """
    text = text.lower() if lower else text
    kept = "".join(c for c in text if c in keep or c.isspace())
    return list((" " if " " in keep else "").join(kept.split())), len(text) - len(kept)
