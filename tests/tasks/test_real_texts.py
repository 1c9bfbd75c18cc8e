"""The text corpora: published counts, and the peculiarities of each."""

import bz2
from collections import Counter

import pytest

from taskrel.tasks.automated.make import AUTOMATED, automated
from taskrel.tasks.card import load_card
from taskrel.tasks.cut import FIELDS
from taskrel.tasks.load import load_task
from taskrel.tasks.overlap import Shared, contamination
from taskrel.tasks.readers.corpora.wikitext import paragraphs
from taskrel.tasks.readers.corpora.xml import iter_elements
from taskrel.tasks.task import SPLITS
from taskrel.tasks.text import PAIR_SEPARATOR

pytestmark = pytest.mark.real_data

LEAKED = "training examples whose text is also in dev or test"
SIZES = {  # examples in train, dev, test; labels; what is left out
    "compression": (
        (6942, 771, 1000),
        2,
        {
            "pairs whose compression is not a subsequence of the sentence": 36,
            "training examples whose alnum is also in dev or test": 842,
        },
    ),
    "hyperlink": (
        (14374, 1806, 1843),
        2,
        {
            "redirects": 99,
            "pages that are not articles": 1,
            "headings": 2261,
            "list items, indented and preformatted lines": 5144,
        },
    ),
    "emotion": ((43410, 5426, 5427), 28, {}),
    "sentiment": (
        (61024, 6743, 1000),
        3,
        {
            "blank texts": 858,
            "training examples whose key is also in dev or test": 5936,  # 6,000, of which 64 blank
            LEAKED: 121,
        },
    ),
    "polarity": ((8530, 1066, 1066), 2, {}),
    "topic": ((17999, 2001, 7600), 4, {}),
    "isear": ((5278, 745, 1492), 7, {"texts that options.leave_out matches": 151}),
    "personality": ((1727, 247, 494), 5, {}),
    "question": ((4904, 537, 500), 6, {LEAKED: 11}),
    "acceptability": ((8551 - 18, 527, 516), 2, {LEAKED: 18}),
    "spam": ((4026, 516, 1032), 2, {}),
    "tweet_emotion": ((3257, 374, 1421), 4, {}),
    "hate": ((9000 - 7 - 240, 1000 - 1, 2970), 2, {"blank texts": 8, LEAKED: 240}),
    "offensive": ((11_916 - 17, 1324, 860), 2, {LEAKED: 17}),
    "stars": ((8544 - 4, 1101, 2210), 5, {LEAKED: 4}),
    "product_polarity": ((2642, 376, 753), 2, {"blank texts": 4}),
    "tweet_sentiment": (
        (19_116, 2124, 12_284),
        3,
        {"training examples whose key occurs earlier in training": 21_826 - 21_240},
    ),
    "paraphrase": ((3576, 500, 1725), 2, {}),
    "entailment": ((4500 - 60, 500, 4927), 3, {LEAKED: 60}),
    "banking77": ((8994, 10_003 - 8994 - 10, 3080), 77, {LEAKED: 10}),
    "clinc150": ((15_100 - 5, 3100, 5500), 151, {LEAKED: 5}),
    "davidson": ((17_351, 2477, 24_783 - 17_351 - 2477), 3, {}),
    "emoji": ((45_000, 5000, 50_000), 20, {}),
    "emoji_characters": (
        (45_000, 5000, 50_000),
        20,
        {"characters that are not in characters.keep": 32_966},
    ),
    "emoji_vector": (
        (45_000, 5000, 50_000),
        20,
        {"characters that are not in characters.keep": 32_966},
    ),
}


@pytest.fixture(scope="module")
def task(data_folder):
    loaded = {}

    def load(name):
        if name not in loaded:
            loaded[name] = load_task(load_card(name), data_folder)
        return loaded[name]

    return load


@pytest.fixture
def rows(data_folder, read):
    """Examples of one file of a shipped card, as its reader gives them."""

    def run(name, file):
        card = load_card(name)
        label = next(f.label for f in card.files if f.path == file)
        return read(card.reader, data_folder / file, card.kind, data_folder, label, **card.options)[
            0
        ]

    return run


@pytest.mark.parametrize("name", SIZES)
def test_sizes(task, name):
    sizes, n_labels, left_out = SIZES[name]
    loaded = task(name)
    assert tuple(len(loaded.splits[s]) for s in SPLITS) == sizes
    assert (loaded.n_labels, loaded.unseen) == (n_labels, ())
    assert loaded.left_out == left_out


@pytest.mark.parametrize(
    "name",
    [
        "compression",
        "sentiment",
        "polarity",
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
    ],
)
def test_no_text_of_dev_or_test_stands_in_training(task, name):
    loaded = task(name)
    train = set(loaded.texts("train"))
    assert not train & set(loaded.texts("dev"))
    assert not train & set(loaded.texts("test"))


def test_compression(rows):
    train = rows("compression", "compression_google/B_0_eval_data.csv")
    test = rows("compression", "compression_google/slahan_test1000_input.txt")
    assert (len(train), len(test)) == (8591 - 36, 1000)
    labels = Counter(label for e in train for label in e.target)
    assert labels["keep"] / labels.total() == pytest.approx(0.408, abs=5e-4)
    # Two of the 843 known matches, and one of the 603 exact ones, are among the 36 left out.
    same = {FIELDS["alnum"](e) for e in train}
    exact = {" ".join(e.tokens) for e in train}
    assert sum(FIELDS["alnum"](e) in same for e in test) == 841
    assert sum(" ".join(e.tokens) in exact for e in test) == 602


def test_hyperlink_finds_the_links_and_keeps_articles_together(data_folder, rows):
    card = load_card("hyperlink")
    path = data_folder / card.files[0].path
    with bz2.open(path) as stream:
        articles = [
            page.findtext("revision/text")
            for page in iter_elements(stream, "page", path)
            if page.findtext("ns") == "0" and page.find("redirect") is None
        ]
    assert len(articles) == 106
    found = [p for text in articles for p in paragraphs(text, Counter())]
    assert sum(len(links) for _, links in found) == 18_791
    examples = rows("hyperlink", card.files[0].path)
    assert len({e.key for e in examples}) == 105  # one article is a list
    text = " ".join(t for e in examples for t in e.tokens)
    assert not any(mark in text for mark in ("[[", "]]", "{{", "}}", "{|", "<ref", "'''", "==="))


def test_emotion_keeps_quotes_and_names_its_labels(rows):
    train = rows("emotion", "goemotions/train.tsv")
    assert sum('"' in e.tokens for e in train) == 1097
    assert Counter(len(e.target) for e in train) == {1: 36308, 2: 6541, 3: 532, 4: 28, 5: 1}
    assert train[0].target == ["neutral"] and train[2].target == ["anger"]


def test_sentiment_splits_by_id(rows):
    train = rows("sentiment", "tsad/twitter_training.csv")
    test = rows("sentiment", "tsad/twitter_validation.csv")
    assert (len(train), len(test)) == (74_682, 1000)
    ids = Counter(e.key for e in train)
    assert len(ids) == 12_447 and set(ids.values()) == {6}
    assert {e.key for e in test} <= set(ids)
    assert sum(not e.tokens for e in train) == 858
    assert Counter(e.target for e in test) == {
        "Neutral": 285,
        "Positive": 277,
        "Negative": 266,
        "Irrelevant": 172,
    }


def test_polarity_splits_lines_at_line_feeds_alone(rows):
    for half in ("pos", "neg"):
        assert len(rows("polarity", f"rotten_tomatoes/rt-polarity.{half}")) == 5331


def test_topic_reads_both_files_and_mends_entities(rows):
    train, test = rows("topic", "ag_news/train_20k.csv"), rows("topic", "ag_news/test.csv")
    assert Counter(e.target for e in test) == dict.fromkeys(
        ("World", "Sports", "Business", "Sci/Tech"), 1900
    )
    assert Counter(Counter(e.target for e in train).values()) == {5000: 4}
    text = " ".join(t for e in test for t in e.tokens)
    assert "\\" not in text and "# 39" not in text and "quot ;" not in text


def test_isear_mends_breaks_and_quotes_and_leaves_out_non_answers(rows):
    read = rows("isear", "isear/isear.csv")
    assert len(read) == 7666 - 151
    assert Counter(e.target for e in read) == {
        "joy": 1088,
        "anger": 1084,
        "fear": 1082,
        "sadness": 1080,
        "disgust": 1067,
        "guilt": 1060,
        "shame": 1054,
    }
    texts = [" ".join(e.tokens) for e in read]
    assert not any("á" in text or "\\" in text for text in texts)
    # Of 199 texts in brackets these tell of something.
    assert sum(text.startswith("[") for text in texts) == 82


def test_personality_has_five_traits_of_a_column_each(rows, task):
    read = rows("personality", "essays/essays.csv")
    assert Counter(label for e in read for label in e.target) == {
        "extraversion": 1277,
        "neuroticism": 1233,
        "agreeableness": 1310,
        "conscientiousness": 1254,
        "openness": 1272,
    }
    shares = {split: task("personality").splits[split].targets.mean(axis=0) for split in SPLITS}
    for split in ("dev", "test"):
        assert shares[split] == pytest.approx(shares["train"], abs=0.02)  # 247 texts in dev


def test_emoji_are_named_and_what_gives_them_away_is_gone(task):
    words, characters, vector = (task(f"emoji{kind}") for kind in ("", "_characters", "_vector"))
    counts = Counter(words.splits["train"].targets.tolist())
    assert [counts[words.labels.index(name)] for name in ("red heart", "sun", "fire")] == [
        9204,
        1246,
        2146,
    ]
    assert "smiling face with heart eyes" in words.labels
    assert not any("\ufe0f" in word for word in words.words)
    assert len(characters.words) == 66 and all(len(c) == 1 for c in characters.words)
    assert {"heart", "eyes"} <= vector.wanted and vector.words == characters.words
    for split in SPLITS:
        for field in ("tokens", "offsets", "targets"):
            assert (
                getattr(vector.splits[split], field) == getattr(characters.splits[split], field)
            ).all()
        assert (vector.splits[split].targets == words.splits[split].targets).all()


def test_question_is_coarse(rows):
    read = rows("question", "trec/TREC.train")
    assert Counter(e.target for e in read) == {
        "ENTY": 1250,
        "HUM": 1223,
        "DESC": 1162,
        "NUM": 896,
        "LOC": 835,
        "ABBR": 86,
    }
    assert not any("ð" in t for e in read for t in e.tokens)  # the one byte that is no ASCII


def test_acceptability(rows):
    shares = [
        Counter(e.target for e in rows("acceptability", f"cola/{name}.tsv"))
        for name in ("in_domain_train", "in_domain_dev", "out_of_domain_dev")
    ]
    assert shares == [{"1": 6023, "0": 2528}, {"1": 365, "0": 162}, {"1": 354, "0": 162}]


def test_spam_mends_signs_and_keeps_quotes(rows, task):
    read = rows("spam", "sms_spam/SMSSpamCollection")
    assert Counter(e.target for e in read) == {"ham": 4827, "spam": 747}
    text = " ".join(t for e in read for t in e.tokens)
    assert not any(mark in text for mark in ("& lt ;", "& amp ;", "\x92"))
    share = [
        (s.targets == task("spam").labels.index("spam")).mean()
        for s in task("spam").splits.values()
    ]
    assert share == pytest.approx([747 / 5574] * 3, abs=0.015)  # groups of equal texts move


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("tweet_emotion", {"anger": 558, "joy": 358, "optimism": 123, "sadness": 382}),
        ("hate", {"not-hate": 1718, "hate": 1252}),
        ("offensive", {"not-offensive": 620, "offensive": 240}),
    ],
)
def test_labels_of_tweeteval_have_names(task, name, counts):
    found = task(name)
    targets = found.splits["test"].targets.tolist()
    assert {label: targets.count(i) for i, label in enumerate(found.labels)} == counts
    text = " ".join(text for split in SPLITS for text in found.texts(split))
    assert "& lt ;" not in text and text.count("& amp ;") == (name == "hate")  # one "&amp;amp;"


def test_test_texts_of_hate_stand_in_training_under_both_labels(rows):
    train = {FIELDS["text"](e): e.target for e in rows("hate", "tweeteval/hate/train_text.txt")}
    known = [
        (train[FIELDS["text"](e)], e.target)
        for e in rows("hate", "tweeteval/hate/test_text.txt")
        if FIELDS["text"](e) in train
    ]
    assert len(known) == 238 and sum(a != b for a, b in known) == 95


def test_stars_are_in_part_the_sentences_of_polarity(task):
    stars, polarity = task("stars"), task("polarity")
    assert (stars.family, polarity.family) == ("movie_reviews", "movie_reviews")
    counts = Counter(stars.splits["test"].targets.tolist())
    assert [
        counts[stars.labels.index(name)]
        for name in ("very negative", "negative", "neutral", "positive", "very positive")
    ] == [279, 633, 389, 510, 399]

    def letters(text):
        return "".join(c for c in text if c.isalnum())

    texts = {text for split in SPLITS for text in polarity.texts(split)}
    bare = {letters(text) for text in texts}
    test = stars.texts("test")
    assert sum(letters(text) in bare for text in test) == 1780  # 1,702 before brackets are mended
    assert sum(text in texts for text in test) == 1688
    assert contamination({"stars": stars, "polarity": polarity}) == {
        ("stars", "polarity"): Shared(1400, 2, 2210),
        ("polarity", "stars"): Shared(663, 10, 1066),
    }


def test_product_polarity_has_four_blank_lines(rows):
    for half, lines, blank in (("pos", 2407, 2), ("neg", 1368, 2)):
        read = rows("product_polarity", f"cr/custrev.{half}")
        assert (len(read), sum(not e.tokens for e in read)) == (lines, blank)


def test_tweet_sentiment_mends_signs_and_keeps_each_id_once(rows, task):
    files = [f.path for f in load_card("tweet_sentiment").files if f.split == "train"]
    read = [e for file in files for e in rows("tweet_sentiment", file)]
    assert (len(read), len({e.key for e in read})) == (21_826, 21_240)
    text = " ".join(t for e in read for t in e.tokens)
    assert not any(mark in text for mark in ("u002c", "u2019", '\\ "', "& lt ;"))
    test = task("tweet_sentiment")
    counts = Counter(test.splits["test"].targets.tolist())
    assert [counts[test.labels.index(name)] for name in ("neutral", "negative", "positive")] == [
        5937,
        3972,
        2375,
    ]


PAIRS = {
    "paraphrase": {"paraphrase": 2407 + 346 + 1147, "different": 1169 + 154 + 578},
    "entailment": {
        "neutral": 2536 + 282 + 2793,
        "entailment": 1299 + 144 + 1414,
        "contradiction": 665 + 74 + 720,
    },
}


@pytest.mark.parametrize("name", PAIRS)
def test_pairs_have_two_texts_each(rows, name):
    card = load_card(name)
    read = [e for f in card.files for e in rows(name, f.path)]
    assert all(e.tokens.count(PAIR_SEPARATOR) == 1 for e in read)
    assert all(e.tokens[0] != PAIR_SEPARATOR != e.tokens[-1] for e in read)
    assert not any("\ufeff" in token or "\r" in token for e in read for token in e.tokens)
    names = card.labels.map
    assert Counter(names.get(e.target, e.target.lower()) for e in read) == PAIRS[name]


def test_paraphrase_keeps_quotes(rows):
    read = rows("paraphrase", "mrpc/msr-para-train.tsv")
    assert len(read) == 3576 and sum('"' in e.tokens for e in read) >= 635


def test_entailment_is_no_split_by_sentence(task):
    def sentences(split):
        return {s for t in task("entailment").texts(split) for s in t.split(f" {PAIR_SEPARATOR} ")}

    train, test = sentences("train"), sentences("test")
    assert (len(test & train), len(test)) == (3721, 5007)


def test_intents(rows, task):
    read = {split: rows("banking77", f"banking77/{split}.csv") for split in ("train", "test")}
    assert {split: len(examples) for split, examples in read.items()} == {
        "train": 10_003,
        "test": 3080,
    }
    assert set(Counter(e.target for e in read["test"]).values()) == {40}
    clinc = Counter((e.split, e.target) for e in rows("clinc150", "clinc150/data_full.json"))
    assert [clinc[split, "oos"] for split in SPLITS] == [100, 100, 1000]
    assert [sum(n for (s, _), n in clinc.items() if s == split) for split in SPLITS] == [
        15_100,
        3100,
        5500,
    ]
    tests = {name: task(name) for name in ("banking77", "clinc150")}
    assert contamination(tests) == {("banking77", "clinc150"): Shared(2, 1, 3080)}


def test_davidson_is_no_copy_of_other_tweets(rows, task):
    counts = Counter(e.target for e in rows("davidson", "davidson/labeled_data.csv"))
    assert counts == {"0": 1430, "1": 19_190, "2": 4163}
    names = ("davidson", "hate", "offensive", "tweet_sentiment", "tweet_emotion")
    assert contamination({name: task(name) for name in names}) == {
        ("hate", "davidson"): Shared(1, 0, 2970),
        ("tweet_sentiment", "davidson"): Shared(1, 1, 12_284),
    }
    assert not any("& amp ;" in t for t in task("davidson").texts("test"))


def test_automated_tasks_of_real_texts(task):
    polarity = task("polarity")
    next_word, next_char, missing_word = (automated(polarity, what) for what in AUTOMATED)
    for found in (next_word, next_char, missing_word):
        assert tuple(len(found.splits[s]) for s in SPLITS) == (8530, 500, 500)
    assert next_word.n_labels == missing_word.n_labels == 10_000
    assert next_char.n_labels == 66
    assert (next_word.splits["train"].targets >= 0).mean() == pytest.approx(0.913, abs=5e-4)
    assert missing_word.left_out["texts without a word that can be missing"] == 14
