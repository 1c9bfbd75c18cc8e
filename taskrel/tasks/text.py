r"""Raw text into tokens and sentences: one deterministic tokeniser, one sentence rule.

Made for English web text, tweets and scientific prose, with word vectors such
as GloVe 6B in mind, whose vocabulary splits clitics as the Penn Treebank does.
Nothing is normalised: a token is a slice of the text, and every character that
is not white space lies in exactly one token.

>>> [t.text for t in tokenize("They can't re-open at 10:30, @ann's note says :)")]
['They', 'ca', "n't", 're-open', 'at', '10:30', ',', '@ann', "'s", 'note', 'says', ':)']
>>> text = "Dr. Wu saw it. It was old."
>>> [text[a:b] for a, b in split_sentences(text)]
['Dr. Wu saw it.', 'It was old.']
"""

import re
from typing import NamedTuple

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
_TOKEN = re.compile(
    rf"""
    [^\W\d_]++(?!\S)                           # most words: first, because that is quick
  | (?:https?://|www\.)[^\s<>"]*[^\s<>".,;:!?'’”)\]…]               # URL
  | [\w-]++(?:\.[\w-]++)++(?:(?<=\.com|\.org|\.net|\.edu|\.gov)|(?<=\.uk|\.co|\.ly))
    (?:/[^\s<>"]*[^\s<>".,;:!?'’”)\]…])?                            # URL without a scheme
  | [\w.+-]++@[\w-]++(?:\.[\w-]++)++                                # e-mail address
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
_WORD_WITH_CLITIC = re.compile(rf"(.+?)((?:{_CLITIC})+)", re.IGNORECASE)
_CLITICS = re.compile(_CLITIC, re.IGNORECASE)

_PARAGRAPH_BREAK = re.compile(r"\n\s*\n")
_STOP = re.compile(r"(?<![.!?…])([.!?…]+)[\"'”’»)\]]*(\s+)[\"'“‘«(\[]*(.)", re.DOTALL)
_NO_STOP = re.compile(rf"(?:^|[\s(\[\"'“‘/])(?:{BEFORE_A_NAME}|[^\W\d_](?:\.[^\W\d_])*)$")
_NUMBER_SIGN = re.compile(r"\b[Nn]os?$")
_LONGEST = 20  # characters that the two look back at; no abbreviation is longer


class Token(NamedTuple):
    """A token and where it stands: ``source[start:end] == text``."""

    text: str
    start: int
    end: int


def tokenize(text: str) -> list[Token]:
    """Split `text` into tokens, in order, none overlapping another.

    - A word is a run of letters and digits; hyphens, apostrophes, ``&`` and
      underscores *inside* it do not end it (``well-known``, ``O'Brien``,
      ``AT&T``), a slash does (``and / or``).
    - Clitics are cut off as in the Penn Treebank, for both apostrophes:
      ``do n't``, ``it 's``, ``we 'll``, ``could n't 've``; a final apostrophe is
      a token of its own (``dogs '``). ``cannot`` and ``gonna`` stay whole.
    - Whole: URLs, e-mail addresses, ``@user``, ``#hashtag``, emoticons, emoji with
      their modifiers, numbers such as ``1,200.5``, ``10:30`` and ``1/2``, acronyms
      (``U.S.``), initials (``J.`` before a capital) and listed abbreviations.
    - Of the remaining signs only ``...`` (three or more), ``--``, `` `` `` and ``''`` hold several
      characters; ``%``, ``$`` and the like stand alone.
    """
    tokens = []
    for match in _TOKEN.finditer(text):
        found, start = match[0], match.start()
        if ("'" in found or "’" in found) and (cut := _WORD_WITH_CLITIC.fullmatch(found)):
            tokens.append(Token(cut[1], start, start + cut.end(1)))
            tokens.extend(
                Token(c[0], start + c.start(), start + c.end())
                for c in _CLITICS.finditer(found, cut.end(1))
            )
        else:
            tokens.append(Token(found, start, match.end()))
    return tokens


def split_sentences(text: str) -> list[tuple[int, int]]:
    """Character spans of the sentences of `text`, without the white space around them.

    A sentence ends at a blank line, and at ``.``, ``!``, ``?`` or ``…`` (with
    closing quotes and brackets) before white space and a capital, a digit, ``@``
    or ``#`` (with opening quotes and brackets). A single period ends none after
    a single letter, an acronym (``U.S.``) or an abbreviation of `BEFORE_A_NAME`,
    nor after ``No.`` before a digit. A single line break is white space like any other.
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
