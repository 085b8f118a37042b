"""The industries and sizes that were typed become entries, and customers, their history and imports lead to them.

Slice by slice, each on its own commit: a big table stays usable, and an interrupted run simply starts again. Back again
the names are written as text.
"""

from collections import Counter

from django.db import migrations

from customers.migrations._words import entries_of

SLICE = 5_000
FIELDS = {"industry": ("Industry", 80), "company_size": ("CompanySize", 60)}
# (table, its key, which rows): the customers, and the before-images of their history.
TABLES = (("customers_customer", "id"), ("customers_customerevent", "pgh_id"))
IMAGES = "what = 'customer' AND before IS NOT NULL"


def forwards(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS words_of_catalogues")
        cursor.execute(
            "CREATE TEMP TABLE words_of_catalogues (field text, word text, id bigint, PRIMARY KEY (field, word))"
        )
        for field, (model, _length) in FIELDS.items():
            found = entries_of(apps.get_model("customers", model), _counts(cursor, field))
            cursor.executemany(
                "INSERT INTO words_of_catalogues VALUES (%s, %s, %s)",
                [(field, word, pk) for word, pk in found.items()],
            )
        values = ", ".join(
            f"{field}_id = COALESCE({field}_id, (SELECT w.id FROM words_of_catalogues w"
            f" WHERE w.field = '{field}' AND w.word = {field}_text))"
            for field in FIELDS
        )
        typed = " OR ".join(f"({field}_text <> '' AND {field}_id IS NULL)" for field in FIELDS)
        for table, key in TABLES:
            _slices(cursor, table, key, typed, values)
        images = " || ".join(
            f"jsonb_build_object('{field}_id', (SELECT w.id FROM words_of_catalogues w"
            f" WHERE w.field = '{field}' AND w.word = before->>'{field}'))"
            for field in FIELDS
        )
        images += " || jsonb_build_object('market_standing_id', NULL)"
        not_yet = f"{IMAGES} AND NOT before ? 'industry_id'"
        _slices(cursor, "intake_importedrow", "id", not_yet, f"before = before || {images}")
        cursor.execute("DROP TABLE words_of_catalogues")
        _settle(schema_editor, cursor)


def backwards(apps, schema_editor):
    def name(field, pk):
        model, length = FIELDS[field]
        return f"COALESCE((SELECT left(e.name_zh, {length}) FROM customers_{model.lower()} e WHERE e.id = {pk}), '')"

    with schema_editor.connection.cursor() as cursor:
        values = ", ".join(f"{field}_text = {name(field, f'{field}_id')}" for field in FIELDS)
        typed = " OR ".join(f"({field}_text = '' AND {field}_id IS NOT NULL)" for field in FIELDS)
        for table, key in TABLES:
            _slices(cursor, table, key, typed, values)
        kept = {field: name(field, f"(before->>'{field}_id')::bigint") for field in FIELDS}
        images = " || ".join(f"jsonb_build_object('{field}', {text})" for field, text in kept.items())
        _slices(
            cursor,
            "intake_importedrow",
            "id",
            f"{IMAGES} AND before ? 'industry_id'",
            f"before = (before || {images}) - 'industry_id' - 'company_size_id' - 'market_standing_id'",
        )
        _settle(schema_editor, cursor)


def _counts(cursor, field):
    """{word: how many customers}, and with 0 what only their history and imports know."""
    counts = Counter()
    for table, times in (("customers_customer", 1), ("customers_customerevent", 0)):
        cursor.execute(f"SELECT {field}_text, count(*) * {times} FROM {table} WHERE {field}_text <> '' GROUP BY 1")
        counts.update(dict(cursor.fetchall()))
    cursor.execute(f"SELECT before->>'{field}', 0 FROM intake_importedrow WHERE {IMAGES} GROUP BY 1")
    counts.update({word: count for word, count in cursor.fetchall() if word})
    return counts


def _settle(schema_editor, cursor):
    """Where everything runs in one transaction, as in tests: a table with rows to be checked can't be altered."""
    if schema_editor.connection.in_atomic_block:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _slices(cursor, table, key, where, values):
    last = 0
    while True:
        cursor.execute(
            f"SELECT max({key}) FROM (SELECT {key} FROM {table} WHERE {key} > %s AND ({where})"
            f" ORDER BY {key} LIMIT {SLICE}) slice",
            [last],
        )
        end = cursor.fetchone()[0]
        if end is None:
            return
        cursor.execute(f"UPDATE {table} SET {values} WHERE {key} > %s AND {key} <= %s AND ({where})", [last, end])
        last = end


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("customers", "0035_catalogues"), ("intake", "0002_undo_of_imports")]
    operations = [migrations.RunPython(forwards, backwards, elidable=True)]
