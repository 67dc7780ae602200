"""The table that keeps a team's journal in PostgreSQL: its columns, and what it refuses.

``knobwise_events`` lies in the first schema of the search path (choose another with
``?options=-csearch_path%3Dname`` in the address). A row is a line of ``journal.lines`` taken
apart: the same numbers, the same hashes, chained the same way. What a folder calls a segment is
here ``slot.part``: a writer holds a slot by an advisory lock while it is connected, so a slot's
rows are committed in the order of ``n``, one after the other. Two things follow. The primary key
makes a fork impossible, and a reader that remembers how far it read in each slot never skips a
row. (A serial column over all writers would not do: its order is that of asking, not of
committing.) A part ends after ``PART_ROWS`` rows, as a segment ends after so many bytes.

Triggers refuse UPDATE, DELETE and TRUNCATE to everybody, owner and superusers included, as long as
nobody switches them off; and only SELECT and INSERT are granted. What somebody changes all the
same, with the triggers off, ``knobwise verify`` finds as it does in a folder.
"""

from __future__ import annotations

TABLE = "knobwise_events"
PART_ROWS = 65_536

CREATE = f"""
CREATE TABLE IF NOT EXISTS {TABLE} (
    slot integer NOT NULL,
    part integer NOT NULL,
    n integer NOT NULL CHECK (n > 0),
    prev text NOT NULL,
    id uuid NOT NULL UNIQUE,
    run uuid,
    at timestamptz NOT NULL,
    type text NOT NULL,
    body text NOT NULL,
    hash text NOT NULL,
    PRIMARY KEY (slot, part, n)
);
CREATE OR REPLACE FUNCTION {TABLE}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a journal is never rewritten: % of % refused', TG_OP, TG_TABLE_NAME
        USING HINT = 'amend or retract the run: knobwise amend, knobwise retract',
              ERRCODE = 'insufficient_privilege';
END $$;
CREATE OR REPLACE TRIGGER {TABLE}_rows
    BEFORE UPDATE OR DELETE ON {TABLE} FOR EACH STATEMENT EXECUTE FUNCTION {TABLE}_refuse();
CREATE OR REPLACE TRIGGER {TABLE}_whole
    BEFORE TRUNCATE ON {TABLE} FOR EACH STATEMENT EXECUTE FUNCTION {TABLE}_refuse();
ALTER TABLE {TABLE} ENABLE ALWAYS TRIGGER {TABLE}_rows;
ALTER TABLE {TABLE} ENABLE ALWAYS TRIGGER {TABLE}_whole;
REVOKE ALL ON {TABLE} FROM PUBLIC;
REVOKE UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER ON {TABLE} FROM CURRENT_USER;
COMMENT ON TABLE {TABLE} IS 'A Knobwise journal. Rows are only ever added: docs/teams.md';
"""

COLUMNS = "slot, part, n, prev, id, run, at, type, body, hash"

INSERT = f"INSERT INTO {TABLE} ({COLUMNS}) VALUES ({', '.join(['%s'] * 10)})"

COPY = f"COPY {TABLE} ({COLUMNS}) FROM STDIN"

_STAMP = """to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""

TAIL = f"""
SELECT part, n, hash, {_STAMP} FROM {TABLE}
WHERE slot = %s ORDER BY part DESC, n DESC LIMIT 1
"""

KNOWN = f"""
SELECT id::text, run::text, {_STAMP}, type, body FROM {TABLE} WHERE id = ANY(%s::uuid[])
"""

NEXT_PART = f"""
SELECT slot, part FROM {TABLE} WHERE (slot, part) > (%s, %s) ORDER BY slot, part LIMIT 1
"""

_LINES = f"""
SELECT convert_to(
    '{{"knobwise":1,"n":' || n || ',"prev":"' || prev || '","id":"' || id || '","run":'
    || coalesce('"' || run || '"', 'null') || ',"at":"' || {_STAMP} || '","type":"' || type
    || '","body":' || body || ',"hash":"' || hash || '"}}', 'UTF8')
FROM {TABLE} WHERE slot = %s AND part = %s
"""

LINES = _LINES + "ORDER BY n"

LINES_ABOUT = _LINES + "AND run = %s::uuid ORDER BY n"

TAKE = """
SELECT slot FROM generate_series(0, 65535) AS slot
WHERE pg_try_advisory_lock(hashtext('knobwise ' || current_schema()), slot) LIMIT 1
"""
"""The first slot that nobody holds, which is then held until the connection ends."""

LOCK_MAKING = "SELECT pg_advisory_xact_lock(hashtext('knobwise ' || current_schema()), -1)"
"""One at a time makes the table."""
