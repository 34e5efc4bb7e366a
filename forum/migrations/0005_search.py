"""The index behind forum/search.py, which the database keeps by itself: triggers, so that no code can forget it.

A later migration that alters one of these three tables on SQLite makes the table anew, without its triggers:
it must call `forget` before and `build` after. tests/forum/test_search.py notices when it did not.
"""

from django.db import migrations

# What is read, its number in the last two bits of a key, its time, its words, and when readers may find it.
PUBLISHED = "{row}.state = 'published'"
SOURCES = (
    ("forum_comment", 0, "published_at", ("source",), PUBLISHED),
    ("forum_post", 1, "published_at", ("title", "body"), PUBLISHED),
    ("forum_postupdate", 2, "posted_at", ("headline", "body"), "{row}.posted_at IS NOT NULL"),
)
# A key is minute, id and kind in one whole number, so that the order of keys is the order of time.
SQLITE_KEY = "CAST(strftime('%s', {row}.{time}) AS INTEGER) / 60 * 1073741824 + {row}.id * 4 + {kind}"
POSTGRESQL_KEY = "floor(extract(epoch FROM {row}.{time}) / 60)::bigint * 1073741824 + {row}.id * 4 + {kind}"
# As SQLite's tokenizer does it: accents do not count, and whatever is no letter or figure parts two words.
# The cut keeps the vector below PostgreSQL's limit of a megabyte.
POSTGRESQL_WORDS = (
    r"to_tsvector('forum_search', regexp_replace(regexp_replace(normalize(left({text}, 150000), NFD),"
    r" '[\u0300-\u036f]', '', 'g'), '[\u0021-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u2000-\u206f]', ' ', 'g'))"
)

SQLITE = """
CREATE VIRTUAL TABLE forum_search USING fts5(words, content='', tokenize='porter unicode61 remove_diacritics 2')
"""
SQLITE_SOURCE = """
CREATE TRIGGER {table}_search_insert AFTER INSERT ON {table} WHEN {new_shown} BEGIN
  INSERT INTO forum_search (rowid, words) VALUES ({new_key}, {new_text});
END
---
CREATE TRIGGER {table}_search_delete AFTER DELETE ON {table} WHEN {old_shown} BEGIN
  INSERT INTO forum_search (forum_search, rowid, words) VALUES ('delete', {old_key}, {old_text});
END
---
CREATE TRIGGER {table}_search_update AFTER UPDATE OF {columns} ON {table} WHEN {changed} BEGIN
  INSERT INTO forum_search (forum_search, rowid, words) SELECT 'delete', {old_key}, {old_text} WHERE {old_shown};
  INSERT INTO forum_search (rowid, words) SELECT {new_key}, {new_text} WHERE {new_shown};
  {erase}
END
---
INSERT INTO forum_search (rowid, words) SELECT {row_key}, {row_text} FROM {table} r WHERE {row_shown}
"""
# FTS5 only marks words as gone; those of a withdrawn text must leave its tables at once.
SQLITE_ERASE = "INSERT INTO forum_search (forum_search) SELECT 'optimize' WHERE NEW.state = 'withdrawn';"

# Porter's stems as on SQLite, and no stop words, so that "to be or not to be" is found.
POSTGRESQL = """
CREATE TEXT SEARCH DICTIONARY forum_stem (TEMPLATE = snowball, LANGUAGE = porter)
---
CREATE TEXT SEARCH CONFIGURATION forum_search (COPY = simple)
---
ALTER TEXT SEARCH CONFIGURATION forum_search ALTER MAPPING FOR asciiword, word, numword WITH forum_stem
---
CREATE TABLE forum_search (key bigint PRIMARY KEY, words tsvector NOT NULL)
"""
POSTGRESQL_SOURCE = """
CREATE FUNCTION {table}_search() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF TG_OP = 'TRUNCATE' THEN DELETE FROM forum_search WHERE key & 3 = {kind}; RETURN NULL; END IF;
  IF TG_OP <> 'INSERT' THEN DELETE FROM forum_search WHERE key = {old_key}; END IF;
  IF TG_OP <> 'DELETE' THEN
    INSERT INTO forum_search SELECT {new_key}, {new_text} WHERE {new_shown}
    ON CONFLICT (key) DO UPDATE SET words = EXCLUDED.words;
  END IF;
  RETURN NULL;
END $$
---
CREATE TRIGGER search_insert_or_delete AFTER INSERT OR DELETE ON {table}
  FOR EACH ROW EXECUTE FUNCTION {table}_search()
---
CREATE TRIGGER search_truncate AFTER TRUNCATE ON {table}
  FOR EACH STATEMENT EXECUTE FUNCTION {table}_search()
---
CREATE TRIGGER search_update AFTER UPDATE OF {columns} ON {table}
  FOR EACH ROW WHEN ({changed}) EXECUTE FUNCTION {table}_search()
---
INSERT INTO forum_search SELECT {row_key}, {row_text} FROM {table} r WHERE {row_shown}
"""
POSTGRESQL_AFTER = "CREATE INDEX forum_search_words ON forum_search USING gin (words)"


def parts(source, vendor):
    """What the statements for one table are filled with."""
    table, kind, time, texts, shown = source
    key = SQLITE_KEY if vendor == "sqlite" else POSTGRESQL_KEY
    columns = [*texts, time] + (["state"] if "state" in shown else [])
    differs = "IS NOT" if vendor == "sqlite" else "IS DISTINCT FROM"
    filled = {
        "table": table,
        "kind": kind,
        "columns": ", ".join(columns),
        "changed": " OR ".join(f"OLD.{column} {differs} NEW.{column}" for column in columns),
        "erase": SQLITE_ERASE if "state" in shown else "",
    }
    for name, row in {"old": "OLD", "new": "NEW", "row": "r"}.items():
        text = " || ' ' || ".join(f"{row}.{column}" for column in texts)
        filled[f"{name}_key"] = key.format(row=row, time=time, kind=kind)
        filled[f"{name}_text"] = text if vendor == "sqlite" else POSTGRESQL_WORDS.format(text=text)
        filled[f"{name}_shown"] = shown.format(row=row)
    return filled


def run(schema_editor, statements):
    for statement in statements.split("---"):
        schema_editor.execute(statement, params=None)


def build(apps, schema_editor):
    """Make the index, its triggers, and fill it with what is there."""
    vendor = schema_editor.connection.vendor
    first, each = (SQLITE, SQLITE_SOURCE) if vendor == "sqlite" else (POSTGRESQL, POSTGRESQL_SOURCE)
    run(schema_editor, first)
    for source in SOURCES:
        run(schema_editor, each.format(**parts(source, vendor)))
    if vendor == "postgresql":
        run(schema_editor, POSTGRESQL_AFTER)


def forget(apps, schema_editor):
    """Take all of it away."""
    vendor = schema_editor.connection.vendor
    for table, *_ in SOURCES:
        if vendor == "sqlite":
            run(schema_editor, "---".join(f"DROP TRIGGER IF EXISTS {table}_search_{on}" for on in ("insert", "delete", "update")))
        else:
            run(schema_editor, f"DROP FUNCTION {table}_search() CASCADE")
    run(schema_editor, "DROP TABLE forum_search")
    if vendor == "postgresql":
        run(schema_editor, "DROP TEXT SEARCH CONFIGURATION forum_search --- DROP TEXT SEARCH DICTIONARY forum_stem")


class Migration(migrations.Migration):
    dependencies = [("forum", "0004_newest_comments")]
    operations = [migrations.RunPython(build, forget)]
