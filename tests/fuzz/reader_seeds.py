"""A small valid corpus for every reader, which the fuzz tests damage; `SEEDS` lists all readers.

A new reader needs an entry: options of its card, and its files (name → bytes). The first name is
that of the card's ``[[files]]`` entry; a name with "/" is of a file in that folder, and
others are files that an option names.
"""

import bz2
import io
import json
from typing import Any, NamedTuple

import pandas as pd


class Seed(NamedTuple):
    """What a card of this reader says, and its files; examples enough for all three splits."""

    files: dict[str, bytes]
    options: dict[str, Any] = {}
    kind: str = "tagging"
    labels: dict[str, str] = {}  # file → label of all its examples
    metric: str = "accuracy"

    def card(self, reader: str) -> dict[str, Any]:
        """The card as plain data."""
        first = next(iter(self.files), "").split("/")[0]
        sides = [name for name in self.files if name.split("/")[0] not in (first, *self.labels)]
        own = [{"path": n, "label": label} for n, label in self.labels.items()] or [{"path": first}]
        return {
            "schema": 1,
            "name": "x",
            "title": "made up",
            "kind": self.kind,
            "metric": self.metric,
            "reader": reader,
            "files": [*own, *({"path": name, "split": "side"} for name in sides)] if first else [],
            "options": self.options,
            "cut": {"dev": 0.25, "test": 0.25},
        }


def _lines(form: str, n: int = 8) -> bytes:
    """`form` for n examples: {i} is the number, {a} and {b} are one of two labels."""
    return "".join(form.format(i=i, a="NV"[i % 2], b="VN"[i % 2]) for i in range(n)).encode()


_CONLLU = (
    "# newdoc id = d{i}\n1-2\tit's\t_\t_\t_\t_\t_\t_\t_\t_\n"
    "1\tit{i}\tit\t{a}\t_\t_\t2\tx\t_\tEntity=(1-person-new\n"
    "2\tis\tbe\t{b}\t_\t_\t0\troot\t_\tEntity=1)\n2.1\tx\t_\t_\t_\t_\t_\t_\t_\t_\n\n"
)
_TAGS = (
    "1\tit{i}\tit\tX\tB-a\t0\t\ta\tewtb.r.{i:06d}.1\n2\tgoes\tgo\tX\tĪ\t1\t\t\tewtb.r.{i:06d}.1\n"
    "3\ton\ton\tX\tO\t0\t\t\tewtb.r.{i:06d}.1\n\n"
)
_FRAMES = (
    '<sentence ID="{i}"><text>We give it{i} up .</text><annotationSet status="MANUAL" frameName="G">'
    '<layer name="Target"><label start="3" end="6" name="Target"/></layer></annotationSet></sentence>'
)
_PAGE = (
    "<page><title>T{i}</title><ns>0</ns><revision><text>{{{{Box|x}}}}\nA '''tram{i}''' is a "
    "[[vehicle]] on [[Rail|rails]],&lt;ref&gt;x&lt;/ref&gt; [http://x.example Ulm].\n* item\n"
    "</text></revision></page>\n"
)
_ASPECT = (
    '<sentence id="s{i}"><text>Soup {i} &amp; bread.</text><aspectCategories>'
    '<aspectCategory polarity="{a}" category="food"/></aspectCategories></sentence>'
)
_WEBANNO = (
    "#Text=Ana Bo left{i}\n{i}-1\t0-3\tAna\t{a}[{i}]\t\n{i}-2\t4-6\tBo\t{a}[{i}]|{b}\t\n"
    "{i}-3\t7-11\tleft{i}\t_\t\n\n"
)


def _xml(form: str, root: str) -> bytes:
    return f"<?xml version='1.0'?>\n<{root}>".encode() + _lines(form) + f"</{root}>\n".encode()


def _brat() -> dict[str, bytes]:
    return {
        f"brat/t{i}.{end}": data
        for i in range(6)
        for end, data in (
            ("txt", f"Thin Fe{i} films grow.\nThey cool in dry air.".encode()),
            ("ann", f"T1\tMaterial 5 8\tFe{i}\nT2\tProcess 15 19;21 25\tgrow They\n".encode()),
        )
    }


def _array(form: str) -> bytes:
    """One JSON array of such items."""
    return b"[" + _lines(form + ",").removesuffix(b",") + b"]"


def _table() -> dict[str, list[str]]:
    return {"text": [f"it {i}" for i in range(8)], "label": ["NV"[i % 2] for i in range(8)]}


def _columns() -> bytes:
    return json.dumps(_table()).encode()


def _clinc() -> bytes:
    own = {"train": 4, "val": 2, "test": 2, "oos_train": 1, "oos_val": 1, "oos_test": 1}
    return json.dumps(
        {s: [[f"it {s} {i}", "NV"[i % 2]] for i in range(n)] for s, n in own.items()}
    ).encode()


def _excel() -> bytes:
    file = io.BytesIO()
    pd.DataFrame(_table()).to_excel(file, index=False)
    return file.getvalue()


def _parquet() -> bytes:
    file = io.BytesIO()
    pd.DataFrame(_table()).to_parquet(file)
    return file.getvalue()


def _arrow() -> bytes:
    tokens = {"tokens": [["it", f"{i}"] for i in range(8)], "tags": [["N", "V"]] * 8}
    file = io.BytesIO()
    pd.DataFrame(tokens).to_feather(file)
    return file.getvalue()


#: Reader → its seeds.
SEEDS: dict[str, list[Seed]] = {
    "columns": [
        Seed({"x.txt": _lines("# n\nit{i}\t{a}\nis\t{b}\n\n")}, {"comments": ["# "]}),
        Seed({"x.txt": _lines("it{i} x {a}\nis y {b}\n\n")}, {"separator": "", "label": 3}),
    ],
    "conllu": [
        Seed({"x.conllu": _lines(_CONLLU)}),
        Seed({"x.conllu": _lines(_CONLLU)}, {"column": "entity"}),
    ],
    "streusle": [
        Seed({"x.tags": _lines(_TAGS)}, {"layer": "mwe"}),
        Seed(
            {
                "x.tags": _lines(_TAGS),
                "train.txt": b"# sent_id = reviews-000000-0001\n# sent_id = reviews-000003-0001\n",
                "dev.txt": b"# sent_id = reviews-000001-0001\n",
                "test.txt": b"# sent_id = reviews-000002-0001\n",
            },
            {
                "layer": "supersense",
                "splits": {"train": "train.txt", "dev": "dev.txt", "test": "test.txt"},
            },
        ),
    ],
    "semcor": [
        Seed({"x.txt": _lines("{i}-br-z{i}\tThe DT 0\tcaf\u00e9{i} NN B-{a}\n")}, {"encoding": "utf-8"})
    ],
    "framenet": [
        Seed({f"fulltext/{d}.xml": _xml(_FRAMES, "full") for d in "abcd"}),
        Seed(
            {f"fulltext/{d}.xml": _xml(_FRAMES, "full") for d in "abc"},
            {"train": ["a"], "dev": ["b"], "test": ["c"]},
        ),
    ],
    "brat": [Seed(_brat()), Seed(_brat(), {"scheme": "bio", "typed": True})],
    "compression": [
        Seed({"x.csv": b"original,compressed\n" + _lines('"it {i} , x",it {i}\n')}),
        Seed(
            {"x.txt": _lines("it is {i} x\n"), "short.txt": _lines("it {i}\n")},
            {"compressions": {"x.txt": "short.txt"}},
        ),
    ],
    "wikitext": [Seed({"x.xml.bz2": bz2.compress(_xml(_PAGE, "mediawiki"))})],
    "delimited": [
        Seed({"x.tsv": _lines("it's {i}\t{a}\n")}, {}, "classification"),
        Seed(
            {"x.csv": b"id,text,label\n" + _lines('{i},"it, {i}",{a}\n')},
            {"separator": ",", "quoting": True, "header": True, "text": "text", "label": "label", "key": "id"},
            "classification",
        ),
        Seed(
            {"x.tsv": _lines("it {i}\t0,1\n"), "names.txt": b"joy\nfear\n"},
            {"labels_file": "names.txt"},
            "multilabel",
            metric="macro_f1",
        ),
        Seed({"x.txt": _lines("{a} it {i}\n")}, {"pattern": "(.) (.*)", "text": 2, "label": 1}, "classification"),
        Seed(
            {"x.tsv": b"text\tp\tq\n" + _lines("it {i}\t{a}\t{b}\n")},
            {"header": True, "yes": "N", "no": "V", "flags": {"p": "P", "q": "Q"}, "text": "text"},
            "multilabel",
            metric="macro_f1",
        ),
    ],
    "jsonl": [
        Seed({"x.jsonl": _lines('{{"text": "it\'s {i}", "label": "{a}"}}\n')}, {}, "classification"),
        Seed({"x.jsonl": _lines('{{"tokens": ["it", "{i}"], "tags": ["{a}", "{b}"]}}\n')}),
        Seed(
            {"x.jsonl": _lines('{{"text": "it {i}", "labels": ["{a}", "{b}"], "k": {i}}}\n')},
            {"key": "k"},
            "multilabel",
            metric="macro_f1",
        ),
        Seed(
            {"x.jsonl": _lines('{{"text": "it {i}", "label": "{a}"}}\n')}, {}, "regression",
            metric="nearest_accuracy",
        ),
    ],
    "lines": [
        Seed({"p.txt": _lines("it is {i}\n"), "n.txt": _lines("{i} is it\n")}, {}, "classification", {"p.txt": "P", "n.txt": "N"})
    ],
    "parallel": [
        Seed(
            {"x.txt": _lines("it is {i}\n"), "y.txt": _lines("{a}\n"), "names.txt": b"N\tno\nV\tv_b\n"},
            {"labels": {"x.txt": "y.txt"}, "names": "names.txt"},
            "classification",
        )
    ],
    "aspects": [Seed({"x.xml": _xml(_ASPECT, "sentences")}, {"aspect": "food"}, "classification")],
    "csv": [
        Seed({"x.csv": b"text,label\n" + _lines('"it, {i}",{a}\n')}, {}, "classification"),
        Seed(
            {"x.csv": b"sep=;\nt;p;u;l\n" + _lines("it {i};so;{i};{a}\n")},
            {"text": "t", "text_pair": "p", "label": "l", "encoding": "utf-8"},
            "classification",
        ),
        Seed(
            {"x.csv": b"text,N,V\n" + _lines("it {i},1,0\nis {i},0,1\n")},
            {"flags": ["N", "V"]},
            "multilabel",
            metric="macro_f1",
        ),
    ],
    "excel": [Seed({"x.xlsx": _excel()}, {}, "classification")],
    "parquet": [Seed({"x.parquet": _parquet()}, {}, "classification")],
    "arrow": [Seed({"x.arrow": _arrow()})],
    "json": [
        Seed({"x.json": _array('{{"data": {{"text": "it {i}"}}, "label": ["{a}"]}}')},
             {"text": "data.text"}, "classification"),
        Seed({"x.json": _columns()}, {}, "classification"),
    ],
    "spans": [
        Seed({"x.jsonl": _lines('{{"text": "Ana{i} left", "label": [[0, 4, "{a}"]]}}\n')}),
        Seed({"x.json": _array(
            '{{"data": {{"text": "Ana{i} left"}}, "annotations": [{{"result": [{{"value": '
            '{{"start": 0, "end": 4, "labels": ["{a}"]}}}}]}}]}}')}),
        Seed({"x.jsonl": _lines('{{"text": "Ana{i}", "label": "{a}", "answer": "accept"}}\n')},
             {}, "classification"),
        Seed({"x.json": _array('["Ana{i} left", {{"entities": [[0, 4, "{a}"]]}}]')}),
    ],
    "webanno": [
        Seed({"x.tsv": b"#FORMAT=WebAnno TSV 3.3\n#T_SP=custom.Ent|value\n\n\n" + _lines(_WEBANNO)})
    ],
    "clinc": [Seed(
            {"x.json": _clinc()},
            {"lists": {f"{oos}{s}": split for oos in ("", "oos_") for s, split in
                       {"train": "train", "val": "dev", "test": "test"}.items()}},
            "classification",
        )],
    "planted": [Seed({}, {"labelling": "fine", "train": 20, "dev": 5, "test": 5, "seed": 1})],
}  # fmt: skip
