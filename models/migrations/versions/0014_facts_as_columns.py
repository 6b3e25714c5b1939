"""Facts as columns: what an audit event is about, who submitted, approved and uploaded, what a mail is for

Audit events keep their text and their hash; only new ones have a kind and an id beside it. A mail's old kind
("rep12a0", "scr3-ask") becomes its kind and the key that a person gets once a day.

Revision ID: 0014
Revises: 0013
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_ADDRESS = re.compile(r"<([^<>\s]+@[^<>\s]+)>")
_ERASED = re.compile(r"^Người số (\d+)\b")
"""What is written for a person whose data were erased (services/privacy/erase_person)."""
_CHILDREN = {"score_round": ("score", "score_evidence", "score_draft", "score_dossier"), "report_file": ()}
"""What hangs on a table that is made anew, parents first."""
_BY = {"score_round": ("submitted_by", "approved_by"), "report_file": ("uploaded_by",)}


def upgrade() -> None:
    _subjects()
    _people()
    _mails()


def _subjects() -> None:
    # ALTER TABLE ADD COLUMN, not a new table: on SQLite the guarding triggers would go with the old one
    op.add_column("audit_event", sa.Column("subject_type", sa.String(length=24), nullable=True))
    op.add_column("audit_event", sa.Column("subject_id", sa.Integer(), nullable=True))
    op.create_index("ix_audit_event_subject_id", "audit_event", ["subject_type", "subject_id"])


def _people() -> None:
    for table, names in _BY.items():
        with _kept(table), op.batch_alter_table(table, schema=None) as batch_op:
            for name in names:
                batch_op.add_column(sa.Column(f"{name}_id", sa.Integer(), nullable=True))
                key = batch_op.f(f"fk_{table}_{name}_id_person")
                batch_op.create_foreign_key(key, "person", [f"{name}_id"], ["id"], ondelete="SET NULL")
    rounds = "SELECT id, authority_id, submitted_by, approved_by FROM score_round"
    for key, authority, submitted, approved in _rows(rounds):
        for name, who in (("submitted_by", submitted), ("approved_by", approved)):
            _note("score_round", key, name, _person(authority, who))
    files = "SELECT f.id, r.authority_id, f.who FROM report_file f JOIN report r ON r.id = f.report_id"
    for key, authority, who in _rows(files):
        _note("report_file", key, "uploaded_by", _person(authority, who))


def _rows(query: str) -> list[sa.Row[tuple[object, ...]]]:
    return list(op.get_bind().execute(sa.text(query)))


def _person(authority: object, who: object) -> object | None:
    """The person of an authority that a text like "An <an@x.example> (dòng lệnh: an)" names."""
    text = str(who or "")
    address, erased = _ADDRESS.search(text), _ERASED.match(text)
    if address is None and erased is None:
        return None
    condition = "email = :said" if address else "id = :said"
    said: object = address[1].lower() if address else int(erased[1]) if erased else 0
    query = sa.text(f"SELECT id FROM person WHERE authority_id = :authority AND {condition}")  # noqa: S608
    return op.get_bind().execute(query, {"authority": authority, "said": said}).scalar()


def _note(table: str, key: object, name: str, person: object | None) -> None:
    if person is not None:
        change = sa.text(f"UPDATE {table} SET {name}_id = :person WHERE id = :key")  # noqa: S608
        op.get_bind().execute(change, {"person": person, "key": key})


_KINDS: tuple[tuple[str, str, str], ...] = (
    (r"rep(\d+)a(\d+)", "report_ask", "a"),
    (r"rep(\d+)v(\d+)", "report_approve", "v"),
    (r"rep(\d+)b(\d+)", "report_return", "b"),
    (r"rep(\d+)s()", "report_send", "s"),
    (r"scr(\d+)-ask()", "score_ask", ""),
    (r"scr(\d+)-desk()", "score_desk", ""),
    (r"scr(\d+)-approve()", "score_approve", ""),
    (r"scr(\d+)-explain()", "score_explain", ""),
    (r"link-(\d+)()", "link", ""),
    (r"act(\d+)()", "act", ""),
)
"""The kinds of mails that name something, as they were written, and what stood between two numbers."""
_PLAIN = ("digest", "weekly", "alert", "test", "score_dossier")


def _mails() -> None:
    op.alter_column("message", "kind", new_column_name="dedupe_key") if _postgres() else op.execute(
        "ALTER TABLE message RENAME COLUMN kind TO dedupe_key"
    )
    op.add_column("message", sa.Column("kind", sa.String(length=24), server_default="other", nullable=False))
    change = sa.text("UPDATE message SET kind = :kind, dedupe_key = :key WHERE dedupe_key = :old")
    for (old,) in _rows("SELECT DISTINCT dedupe_key FROM message"):
        kind, key = _kind(str(old))
        op.get_bind().execute(change, {"old": old, "kind": kind, "key": key})


def _kind(old: str) -> tuple[str, str]:
    """The kind and key of a mail's old kind; what nobody knows any more keeps its text as key."""
    if old in _PLAIN:
        return old, old
    for pattern, kind, _ in _KINDS:
        if found := re.fullmatch(pattern, old):
            return kind, f"{kind}:{found[1]}" + (f"/{found[2]}" if found[2] else "")
    return "other", old


def _old(kind: str, key: str) -> str:
    """The kind as it was written before."""
    for pattern, name, between in _KINDS:
        if name == kind:
            first, _, second = key.partition(":")[2].partition("/")
            start = re.match(r"[a-z]+-?", pattern.replace(r"(\d+)", "0"))
            return (
                f"{start[0] if start else ''}{first}{between}{second}"
                if between or name in ("link", "act")
                else (f"scr{first}-{name.removeprefix('score_')}")
            )
    return key


def _postgres() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def downgrade() -> None:
    change = sa.text("UPDATE message SET dedupe_key = :old WHERE dedupe_key = :key")
    for kind, key in _rows("SELECT DISTINCT kind, dedupe_key FROM message"):
        op.get_bind().execute(change, {"old": _old(str(kind), str(key)), "key": key})
    op.drop_column("message", "kind")
    op.alter_column("message", "dedupe_key", new_column_name="kind") if _postgres() else op.execute(
        "ALTER TABLE message RENAME COLUMN dedupe_key TO kind"
    )
    for table, names in _BY.items():
        with _kept(table), op.batch_alter_table(table, schema=None) as batch_op:
            for name in names:
                batch_op.drop_constraint(batch_op.f(f"fk_{table}_{name}_id_person"), type_="foreignkey")
                batch_op.drop_column(f"{name}_id")
    op.drop_index("ix_audit_event_subject_id", table_name="audit_event")
    op.drop_column("audit_event", "subject_id")
    op.drop_column("audit_event", "subject_type")


@contextmanager
def _kept(table: str) -> Iterator[None]:
    """SQLite makes a table anew, and dropping the old one would take the rows that hang on it along: they wait."""
    waiting = _CHILDREN[table] if op.get_bind().dialect.name == "sqlite" else ()
    for child in waiting:
        op.execute(f"CREATE TEMPORARY TABLE kept_{child} AS SELECT * FROM {child}")  # noqa: S608 - names written above
    yield
    for child in waiting:
        op.execute(f"DELETE FROM {child}")  # noqa: S608
        op.execute(f"INSERT INTO {child} SELECT * FROM kept_{child}")  # noqa: S608
        op.execute(f"DROP TABLE kept_{child}")
