r"""Raw text into tokens and sentences: a deterministic tokeniser and a sentence rule.

They are made for English web text, tweets and scientific prose, and for word vectors
such as GloVe 6B, whose vocabulary has clitics split off as in the Penn Treebank.
Nothing is normalised: a token is a slice of the text, and every character that is not
white space belongs to exactly one token. Both take time linear in the text.

>>> [t.text for t in tokenize("They can't re-open at 10:30, @ann's note says :)")]
['They', 'ca', "n't", 're-open', 'at', '10:30', ',', '@ann', "'s", 'note', 'says', ':)']
>>> text = "Dr. Wu saw it. It was old."
>>> [text[a:b] for a, b in split_sentences(text)]
['Dr. Wu saw it.', 'It was old.']
"""

import re
from collections.abc import Iterator
from itertools import chain
from operator import itemgetter
from typing import NamedTuple

#: The token between the two texts of a pair; no text has it, because "<" is a token of its own.
PAIR_SEPARATOR = "<sep>"

#: A period after one of these belongs to it and never ends a sentence.
BEFORE_A_NAME = (
    "Mr|mr|Mrs|mrs|Ms|ms|Dr|dr|Prof|prof|St|st|Gen|Sen|Rep|Gov|Lt|Col|Sgt|Capt|Rev|Hon|Mt|"
    "Fig|Figs|Eq|Eqs|Ref|Refs|Sec|Vol|vol|pp|vs|cf|ca|approx|al|viz"
)
#: A period after one of these belongs to it, and may end a sentence as well.
MAY_END = (
    r"Jr|jr|Sr|sr|Inc|inc|Ltd|ltd|Corp|corp|Co|Bros|etc|Etc|Ave|Ph\.D|"
    "Jan|Feb|Mar|Apr|Aug|Sep|Sept|Oct|Nov|Dec"
)

_CLITIC = r"n['’]t|['’](?:s|m|d|ll|re|ve)"
_EMOJI_MODIFIER = r"[\ufe0e\ufe0f\u20e3\U0001f3fb-\U0001f3ff]"
_PATH = r"""[^\s<>"]*[^\s<>".,;:!?'’”)\]…]"""  # of a URL: no punctuation at its end
_URL = rf"(?:https?://|www\.){_PATH}"
_DOMAIN = (
    r"[\w-]++(?:\.[\w-]++)++"
    r"(?:(?<=\.com|\.org|\.net|\.edu|\.gov)|(?<=\.uk|\.co|\.ly))"
)
_DOMAIN_URL = rf"{_URL}|{_DOMAIN}(?:/{_PATH})?"
_MAIL = r"[\w.+-]++@[\w-]++(?:\.[\w-]++)++"

#: An e-mail address, or a URL without a scheme, may start at any character of a certain run of
#: characters, and always ends at the same place. Such runs are looked for first: to try an address
#: at each character of a long run that has none would take quadratic time.
#: Each row: what a text with such runs contains; the runs; the addresses that may start there.
_RUN_PATTERNS = (
    ("@", r"(?<![\w.+-])[\w.+-]++(?=@[\w-]++\.[\w-])", rf"{_DOMAIN_URL}|{_MAIL}"),
    (
        r"\.(?:com|org|net|edu|gov|uk|co|ly)(?![\w-])",
        rf"(?<![\w-])(?<![\w-]\.){_DOMAIN}",
        _DOMAIN_URL,
    ),
)
_RUNS = [[re.compile(pattern) for pattern in patterns] for patterns in _RUN_PATTERNS]
_TOKEN = re.compile(
    rf"""
    [^\W\d_]++(?=[\s,;!?)\]"]|\Z)               # most words: first, because that is quick
  | {_URL}
  | (?<!\w)(?:@\w+|\#\w*[^\W\d_]\w*)                                # @user, #hashtag
  | (?<!\d)[<>]?[:;][-'^o]?[)(\]\[*|\\]+(?!\w)                      # :-) ;( :))) :|
  | (?<!\w)(?:[<>]?[:;=][-'^o]?[DPp/)(]|[xX]D+|</?3)(?!\w)          # :D =) :/ xD <3
  | \^[_.]?\^ | -_+-                                                # ^_^ -_-
  | (?:(?i:{_CLITIC}|['’]em)|['’]\d0s)(?!\w)                        # 's alone, 'em, '90s
  | \b(?:{BEFORE_A_NAME}|{MAY_END})\.                               # Dr. etc.
  | [Nn]os?\.(?=\s?\d)                                              # No. 5
  | [^\W\d_](?:\.[^\W\d_])+\.?(?!\w)                                # U.S. e.g. p.m.
  | (?!I\.)[A-Z]\.(?=\s+[A-Z])                                      # initial: J. Doe
  | (?:\d{{1,3}}(?:,\d{{3}})++|\d+)(?:[.:/]\d+)+(?!\d)              # 3.14 1,200.5 10:30 1/2
  | \d{{1,3}}(?:,\d{{3}})+(?!\d) | (?<!\w)\.\d+                     # 1,200 .5
  | (?:[^\W_][\u0300-\u036f]*+)++(?:[-'’&_](?:[^\W_][\u0300-\u036f]*+)++)*+   # word
  | \.{{3,}} | -{{2,}} | `` | ''                                    # marks of several signs
  | [\U0001f1e6-\U0001f1ff]{{2}}                                    # flag
  | \S{_EMOJI_MODIFIER}*+(?:\u200d\S{_EMOJI_MODIFIER}*+)*+          # emoji, any other sign
""",
    re.VERBOSE,
)
_CLITICS = re.compile(_CLITIC, re.IGNORECASE)
#: Clitics at the end of a word, read backwards: the last letters of a clitic say which it is.
_CLITICS_BACKWARDS = re.compile(r"(?:t['’]n|(?:s|m|d|ll|er|ev)['’])++", re.IGNORECASE)

_PARAGRAPH_BREAK = re.compile(r"\n\s*\n")
_STOP = re.compile(r"(?<![.!?…])([.!?…]+)[\"'”’»)\]]*(\s+)[\"'“‘«(\[]*(.)", re.DOTALL)
_NO_STOP = re.compile(rf"(?:^|[\s(\[\"'“‘/])(?:{BEFORE_A_NAME}|[^\W\d_](?:\.[^\W\d_])*)$")
_NUMBER_SIGN = re.compile(r"\b[Nn]os?$")
_LONGEST = 20  # characters that these two look back at; no abbreviation is longer


class Token(NamedTuple):
    """A token and its position: ``source[start:end] == text``."""

    text: str
    start: int
    end: int


def tokenize(text: str) -> list[Token]:
    """Split `text` into tokens, in order and without overlap.

    - A word is a run of letters and digits. Hyphens, apostrophes, ``&`` and underscores
      *inside* it do not end it (``well-known``, ``O'Brien``, ``AT&T``); a slash does
      (``and / or``).
    - Clitics are split off as in the Penn Treebank, for both apostrophes: ``do n't``,
      ``it 's``, ``we 'll``, ``could n't 've``. A final apostrophe is a token (``dogs '``).
      ``cannot`` and ``gonna`` are one token.
    - One token: URLs, e-mail addresses, ``@user``, ``#hashtag``, emoticons, emoji with
      their modifiers, numbers such as ``1,200.5``, ``10:30`` and ``1/2``, acronyms
      (``U.S.``), initials (``J.`` before a capital) and listed abbreviations.
    - Of all other signs each is a token, except ``...`` (three or more), ``--`` (two or
      more), `` `` `` and ``''``.
    """
    tokens = []
    for match in _matches(text, _address_runs(text)):
        word, start = match[0], match.start()
        if "'" in word or "’" in word:
            for part in _parts(word):
                tokens.append(Token(part, start, start + len(part)))
                start += len(part)
        else:
            tokens.append(Token(word, start, match.end()))
    return tokens


def token_texts(text: str) -> list[str]:
    """Texts of the tokens alone, in half the time that `tokenize` takes.

    >>> token_texts("They can't.")
    ['They', 'ca', "n't", '.']
    """
    runs = _address_runs(text)
    found = [match[0] for match in _matches(text, runs)] if runs else _TOKEN.findall(text)
    if "'" in text or "’" in text:
        parts = (_parts(word) if "'" in word or "’" in word else (word,) for word in found)
        return [*chain.from_iterable(parts)]
    return found


def _matches(text: str, runs: list[tuple[int, int, re.Pattern]]) -> Iterator[re.Match]:
    """Tokens before clitics are split off; inside the `runs` addresses are tried first."""
    at = 0
    for start, end, address in runs:
        while at < end:
            match = _TOKEN.search(text, at)
            if match is None:  # white space to the end
                return
            if match.start() >= start:
                match = address.match(text, match.start()) or match
            yield match
            at = match.end()
    yield from _TOKEN.finditer(text, at)


def _address_runs(text: str) -> list[tuple[int, int, re.Pattern]]:
    """Start and end of each run where an address may start, and the pattern of the addresses."""
    found: list[tuple[int, int, re.Pattern]] = []
    for mark, runs, address in _RUNS:
        if mark.search(text):
            found += [(run.start(), run.end(), address) for run in runs.finditer(text)]
    return sorted(
        found, key=itemgetter(0)
    )  # stable: of two runs with one start, that of e-mail first


def _parts(word: str) -> list[str]:
    """A word without the clitics at its end, one character at least, and each of them."""
    back = _CLITICS_BACKWARDS.match(word[::-1])
    if back is None:
        return [word]
    cut = len(word) - back.end()
    if not cut:
        first = _CLITICS.match(word)
        cut = first.end() if first else len(word)
    return [word[:cut], *_CLITICS.findall(word, cut)]


def split_sentences(text: str) -> list[tuple[int, int]]:
    """Character spans of the sentences of `text`, without the white space around them.

    A sentence ends at a blank line. It also ends at ``.``, ``!``, ``?`` or ``…`` (and
    closing quotes and brackets) if white space and a capital, a digit, ``@`` or ``#``
    follow (after opening quotes and brackets). A single period does not end a sentence
    after a single letter, an acronym (``U.S.``) or an abbreviation of `BEFORE_A_NAME`,
    nor in ``No.`` before a digit. A single line break is ordinary white space.
    """
    spans = []
    start = 0
    for gap in [*_PARAGRAPH_BREAK.finditer(text), None]:
        end = gap.start() if gap else len(text)
        at = start
        while stop := _STOP.search(text, at, end):
            at = stop.end(2)
            if _ends_sentence(text, start, stop):
                spans.append((start, stop.start(2)))
                start = at
        spans.append((start, end))
        start = gap.end() if gap else end
    trimmed = (
        (a + len(s) - len(s.lstrip()), a + len(s.rstrip()))
        for a, s in ((a, text[a:b]) for a, b in spans)
    )
    return [(a, b) for a, b in trimmed if a < b]


def _ends_sentence(text: str, start: int, stop: re.Match) -> bool:
    after = stop[3]
    if not (after in "@#" or (after.isalnum() and not after.islower())):
        return False
    if stop[1] != ".":
        return True
    dot = stop.start(1)
    before = text[max(start, dot - _LONGEST) : dot]
    return not (_NO_STOP.search(before) or (after.isdigit() and _NUMBER_SIGN.search(before)))
