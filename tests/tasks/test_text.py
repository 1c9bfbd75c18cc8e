"""The tokeniser and the sentence rule: a table of cases, and what holds for any text."""

import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_examples import examples
from made_times import FACTOR, time_ratio

from taskrel.tasks import text
from taskrel.tasks.text import split_sentences, token_texts, tokenize

CASES = {  # text: the tokens, separated by blanks
    "I can't, it's Ann's.": "I ca n't , it 's Ann 's .",
    "She couldn’t've; we’ll see": "She could n’t 've ; we ’ll see",
    "the dogs' bowl": "the dogs ' bowl",
    "it 's does n't": "it 's does n't",
    "CAN'T": "CA N'T",
    "O'Brien at 5 o'clock, AT&T": "O'Brien at 5 o'clock , AT&T",
    "a well-known and/or re-used part-": "a well-known and / or re-used part -",
    "cannot gonna": "cannot gonna",
    "see http://a.org/b?c=d. Or (www.x.net), x.co.uk/y!": "see http://a.org/b?c=d . Or ( www.x.net ) , x.co.uk/y !",
    "to ann.b@x-y.org now": "to ann.b@x-y.org now",
    "@ann_b: #Win2 but #1": "@ann_b : #Win2 but # 1",
    "yes:) no :-( ;P xD <3 :)))": "yes :) no :-( ;P xD <3 :)))",
    "(1:3) f(x)=(y) 24:(": "( 1:3 ) f ( x ) = ( y ) 24 : (",
    "wow 👍🏽 👩‍👧 🇩🇪🇫🇷!!": "wow 👍🏽 👩‍👧 🇩🇪 🇫🇷 ! !",
    "1,200.5 3.14 .5 10:30 1/2 [3,4] 5% $5 -5 '90s": "1,200.5 3.14 .5 10:30 1/2 [ 3 , 4 ] 5 % $ 5 - 5 '90s",
    "3.5mm 1990-1995 2nd α-Fe2O3": "3.5 mm 1990-1995 2nd α-Fe2O3",
    "U.S. e.g. Dr. Wu, J. Doe. No. 5? No. Yes": "U.S. e.g. Dr. Wu , J. Doe . No. 5 ? No . Yes",
    "Am I. Me": "Am I . Me",
    "hm... so.. ok -- ``x''": "hm ... so . . ok -- `` x ''",
    "nai\u0308ve _x_ a_b": "nai\u0308ve _ x _ a_b",
    " \t\n": "",
}

SENTENCES = {  # text: the sentences, separated by " | "
    "One. Two! Three? 4.": "One. | Two! | Three? | 4.",
    "it ends. not here": "it ends. not here",
    'He said "No." (Why?) So.': 'He said "No." | (Why?) | So.',
    "Dr. Wu and J. Doe of the U.S. Army, cf. Fig. 3.": "Dr. Wu and J. Doe of the U.S. Army, cf. Fig. 3.",
    "It is etc. Then more.": "It is etc. | Then more.",
    "No. 5 is here. No. It is not": "No. 5 is here. | No. | It is not",
    "Wait... What? @ann said. #yes": "Wait... | What? | @ann said. | #yes",
    "no stop\n \nnext one\nsame one": "no stop | next one\nsame one",
    "version 2.5 is 3.Next": "version 2.5 is 3.Next",
    " \n ": "",
}


@pytest.mark.parametrize("source", CASES)
def test_tokens(source):
    assert " ".join(t.text for t in tokenize(source)) == CASES[source]


@pytest.mark.parametrize("source", SENTENCES)
def test_sentences(source):
    assert " | ".join(source[a:b] for a, b in split_sentences(source)) == SENTENCES[source]


# Mostly what matters to the rules, and anything at all besides.
TEXTS = st.lists(
    st.one_of(
        st.sampled_from(list("aBé1.,!?…:;)('’\"”-_@#/&` \n\t👍🇩\u200d\ufe0f\u0301")),
        st.sampled_from(
            ["n't", "'s", "Dr.", "U.S.", "http://x", ".com", "No. ", "\n\n", ". A", "'ve"]
        ),
        st.characters(),
    ),
    max_size=30,
).map("".join)


@settings(deadline=None)
@given(TEXTS)
def test_tokens_reproduce_the_text(source):
    tokens = tokenize(source)
    assert all(source[t.start : t.end] == t.text != "" for t in tokens)
    assert all(a.end <= b.start for a, b in pairwise(tokens))
    assert "".join(t.text for t in tokens) == "".join(c for c in source if not c.isspace())
    assert token_texts(source) == [t.text for t in tokens]


@settings(deadline=None)
@given(TEXTS)
def test_sentences_cover_the_text_and_cut_no_token(source):
    spans = split_sentences(source)
    assert all(a < b and source[a:b] == source[a:b].strip() for a, b in spans)
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
    covered = "".join(source[a:b] for a, b in spans)
    assert "".join(covered.split()) == "".join(source.split())
    assert all(any(a <= t.start and t.end <= b for a, b in spans) for t in tokenize(source))


#: All alternatives in one pattern, as the tokeniser was first written: clear, but slow.
REFERENCE = re.compile(
    rf"[^\W\d_]++(?!\S) | {text._RUNS[0][2].pattern} | {text._TOKEN.pattern}", re.VERBOSE
)
WORD_WITH_CLITICS = re.compile(rf"(.+?)((?:{text._CLITIC})+)", re.IGNORECASE)
SIGNS = st.lists(
    st.sampled_from([*"_-+.@:;'#abn1 ", ".com", ".co", "www.", "http://", "n't", "'s", "’LL"]),
    max_size=25,
).map("".join)


@examples(80, 300)
def test_the_quick_tokeniser_agrees_with_one_pattern(n):
    @settings(deadline=None, max_examples=n)
    @given(st.one_of(SIGNS, TEXTS))
    def agrees(source):
        expected = []
        for match in REFERENCE.finditer(source):
            cut = WORD_WITH_CLITICS.fullmatch(match[0])
            expected += [cut[1], *text._CLITICS.findall(cut[2])] if cut else [match[0]]
        assert [t.text for t in tokenize(source)] == token_texts(source) == expected

    agrees()


RUNS = [
    *"_-+.@:'#^<&",
    "-_",
    "a_",
    "a.",
    "aa.",
    "a+",
    "a@",
    "@@",
    "+.5.x.com",
    "'s",
    "n't",
    "a'",
    "()",
]


@pytest.mark.parametrize("start", ["", "-"])
@pytest.mark.parametrize("run", RUNS)
def test_the_time_is_linear_in_runs(run, start):
    assert time_ratio(lambda n: start + run * (n // len(run)), tokenize) < 2.2 * FACTOR


def test_the_time_is_linear_in_clitics_that_are_none():
    ratio = time_ratio(lambda n: "a" + "'s" * (n // 2) + "'x", tokenize)
    assert ratio < 2.2 * FACTOR
