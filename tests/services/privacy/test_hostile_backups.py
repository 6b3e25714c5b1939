"""A backup made to harm: one sentence, and nothing has changed."""

import hashlib
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from models import Unit
from services.errors import BadContentError
from services.privacy.backup import back_up
from services.privacy.restore import restore
from tests.services.readings import AT, bring_in, item

Members = dict[str, bytes]
Change = Callable[[Members], None]


def sealed(path: Path, change: Change) -> Path:
    """The backup changed, with a list of contents that fits again."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    manifest = json.loads(members["manifest.json"])
    names = [name for name in members if name != "manifest.json"]
    manifest["members"] = {name: hashlib.sha256(members[name]).hexdigest() for name in names}
    tables = [name for name in names if name.startswith("tables/")]
    manifest["tables"] = {name[7:-6]: members[name].count(b"\n") for name in tables}
    members["manifest.json"] = json.dumps(manifest).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def member(name: str, data: bytes) -> Change:
    return lambda members: members.update({name: data})


def row(table: str, *gone: str, **values: object) -> Change:
    """The first row of a table with other values, or without a column."""

    def change(members: Members) -> None:
        first, *rest = members[f"tables/{table}.jsonl"].splitlines(keepends=True)
        made = {name: value for name, value in {**json.loads(first), **values}.items() if name not in gone}
        members[f"tables/{table}.jsonl"] = json.dumps(made).encode() + b"\n" + b"".join(rest)

    return change


@pytest.mark.parametrize(
    "change",
    [
        member("tables/unit.jsonl", b"[1, 2]\n"),
        member("tables/unit.jsonl", b"no json\n"),
        member("tables/unit.jsonl", b'"text"\n'),
        member("tables/unit.jsonl", b"null\n"),
        member("tables/unit.jsonl", b"{}\n"),
        member("tables/unit.jsonl", b"\xff\xfe\n"),
        member("tables/unit.jsonl", b'{"id": 1, "nothing": 2}\n'),
        member("tables/no_such_table.jsonl", b'{"id": 1}\n'),
        member("tables/alembic_version.jsonl", b'{"version_num": "x"}\n'),
        row("plan", authority_id=999),
        row("plan", "code"),
        row("plan", "imported_at"),
        row("plan", imported_at="yesterday"),
        row("authority", name={"a": 1}),
        row("authority", id=10**30),
        member("office/policy.toml", b"[ladder]\nrungs = 7\n"),
        member("office/policy.toml", b"\xff"),
        member("office/policy.toml", b"#" * (30 * 1024 * 1024)),
        member("office/working_days.toml", b"no toml"),
    ],
)
def test_it_is_refused_in_one_sentence_and_nothing_has_changed(
    change: Change, engine: Engine, database_url: str, home: Path, tmp_path: Path
) -> None:
    with Session(engine) as session, session.begin():
        bring_in(session, item("I.1", "Rà soát"))
        before = session.scalar(select(func.count()).select_from(Unit))
    back_up(engine, home / "documents", tmp_path / "b.zip", AT)
    there = tmp_path / "policy.toml"
    there.write_text("# của cơ quan\n")
    with pytest.raises(BadContentError, match=r"[Cc]hưa thay đổi gì"):
        restore(sealed(tmp_path / "b.zip", change), database_url, home / "documents", office={"policy.toml": there})
    assert there.read_text() == "# của cơ quan\n"
    with Session(engine) as session:
        assert session.scalar(select(func.count()).select_from(Unit)) == before
