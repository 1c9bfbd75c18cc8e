"""The tables of a store, and the rows that an export has."""

#: Raised when the tables change; kept in every store.
VERSION = 3

#: Tables that every version has.
TABLES = """
CREATE TABLE tasks (name TEXT PRIMARY KEY, digest TEXT NOT NULL);
CREATE TABLE recipes (digest TEXT PRIMARY KEY, name TEXT NOT NULL, recipe TEXT NOT NULL,
    used INTEGER NOT NULL);
CREATE TABLE infos (recipe TEXT NOT NULL REFERENCES recipes (digest), task TEXT NOT NULL,
    info TEXT NOT NULL, PRIMARY KEY (recipe, task));
CREATE TABLE runs (id TEXT PRIMARY KEY, spec TEXT NOT NULL, tasks TEXT NOT NULL,
    seed INTEGER NOT NULL, status TEXT NOT NULL, error TEXT, seconds REAL,
    finished TEXT NOT NULL, provenance TEXT NOT NULL);
CREATE TABLE members (recipe TEXT NOT NULL REFERENCES recipes (digest), run TEXT NOT NULL,
    PRIMARY KEY (recipe, run));
CREATE TABLE scores (run TEXT NOT NULL REFERENCES runs (id), task TEXT NOT NULL,
    split TEXT NOT NULL, checkpoint TEXT NOT NULL, metric TEXT NOT NULL, value REAL NOT NULL,
    PRIMARY KEY (run, task, split, checkpoint, metric));
CREATE TABLE curves (run TEXT NOT NULL REFERENCES runs (id), task TEXT NOT NULL,
    split TEXT NOT NULL, name TEXT NOT NULL, steps BLOB NOT NULL, "values" BLOB NOT NULL,
    PRIMARY KEY (run, task, split, name));
"""

#: Tables that a later version added.
ADDED = {
    2: """
CREATE TABLE profiles (recipe TEXT NOT NULL REFERENCES recipes (digest), task TEXT NOT NULL,
    digest TEXT NOT NULL, profile BLOB NOT NULL, PRIMARY KEY (recipe, task));
CREATE TABLE pairs (recipe TEXT NOT NULL REFERENCES recipes (digest), main TEXT NOT NULL,
    aux TEXT NOT NULL, main_digest TEXT NOT NULL, aux_digest TEXT NOT NULL,
    features TEXT NOT NULL, PRIMARY KEY (recipe, main, aux));
""",
}

#: Tables of versions before 3, with the test examples that a run got right. Nothing reads
#: them: they stay in an older store as they are, and are left out of exports and imports.
FORMER = ("correct",)

_DONE = "run IN (SELECT id FROM runs WHERE status = 'done')"
#: Tables in the order in which rows may refer to each other → which rows are exported.
DUMP = {
    "tasks": "",
    "recipes": "",
    "infos": "",
    "profiles": "",
    "pairs": "",
    "runs": "WHERE status = 'done'",
    "members": f"WHERE {_DONE}",
    "scores": f"WHERE {_DONE}",
    "curves": "WHERE run IN (SELECT id FROM runs WHERE status = 'done' "
    "AND (json_array_length(tasks) = 1 OR split = 'dev'))",
}
