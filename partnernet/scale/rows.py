"""INSERT … SELECT into the table of a model, with Django's own defaults for what is not named."""

from __future__ import annotations

from typing import Any

from django.db import connection, models

# RFC 9562: 48 bits of milliseconds over a random key, version 7. PostgreSQL has its own only from 18 on.
KEYS = """
CREATE OR REPLACE FUNCTION pg_temp.key_at(moment timestamptz) RETURNS uuid LANGUAGE sql VOLATILE AS $$
    SELECT encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
        PLACING substring(int8send(floor(extract(epoch FROM moment) * 1000)::bigint) FROM 3) FROM 1 FOR 6), 52, 1), 53, 1), 'hex')::uuid
$$
"""


def run(sql: str, **params: Any) -> int:
    """Execute one statement of ours; return how many rows it wrote."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return int(cursor.rowcount)


def fill(model: type[models.Model], source: str, **columns: str) -> int:
    """Insert one row of `model` for each row of `source`; `columns` are SQL expressions over it, by column."""
    names, values, params = [], [], {}
    for field in model._meta.concrete_fields:  # noqa: SLF001 - Django's documented API
        name = str(field.column)
        if name in columns:
            names.append(name)
            values.append(columns[name])
        elif name == "id" or field.db_default is models.NOT_PROVIDED:
            names.append(name)
            values.append("pg_temp.key_at(now())" if name == "id" else f"%({name})s")
            if name != "id":
                params[name] = field.get_db_prep_save(field.get_default(), connection)
    if unknown := set(columns) - set(names):
        message = f"{model.__name__} has no column {', '.join(sorted(unknown))}"
        raise LookupError(message)
    listed = ", ".join(f'"{name}"' for name in names)
    table = model._meta.db_table  # noqa: SLF001 - the same
    return run(f"INSERT INTO {table} ({listed}) SELECT {', '.join(values)} FROM {source}", **params)  # noqa: S608 - no foreign text
