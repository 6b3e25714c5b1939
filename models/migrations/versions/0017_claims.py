"""Claims as tokens, and no live link in a mail that is kept

A link that can be made again from its row and the key becomes a placeholder, in mails that
wait too: they go out with the link as before. The links that confirm an act were random:
they stay in mails that wait (half an hour) and are taken out of all others.

Revision ID: 0017
Revises: 0016
"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_LINK = re.compile(r"(/vao/(\d+)~)(\d+)~\d+~[a\d.]+~[A-Za-z0-9_-]{43}")
_ACT = re.compile(r"(/xac-nhan/)[A-Za-z0-9_-]{43}")
_DOSSIER = re.compile(r"(/ho-so/\d+-\d{8}\.)[A-Za-z0-9_-]{43}")
_WAITING = ("queued", "sending", "retry")


def upgrade() -> None:
    # ALTER TABLE ADD COLUMN, not a new table: what hangs on a mail stays where it is
    op.add_column("message", sa.Column("claim", sa.String(length=32), nullable=True))

    message = sa.table("message", *map(sa.column, ("id", "kind", "state", "person_id", "text", "html")))
    live = sa.or_(*(message.c.text.like(f"%/{door}/%") for door in ("vao", "xac-nhan", "ho-so")))
    connection = op.get_bind()
    query = sa.select(message.c.id).where(live).order_by(message.c.id)
    for key in list(connection.execute(query).scalars()):
        row = connection.execute(sa.select(message).where(message.c.id == key)).one()
        texts = {name: _hidden(getattr(row, name), row) for name in ("text", "html")}
        connection.execute(sa.update(message).where(message.c.id == key).values(texts))


def _hidden(text: str, row: sa.Row[tuple[object, ...]]) -> str:
    text = _LINK.sub(lambda found: f"{found[1]}*" if int(found[3]) == row.person_id else found[0], text)
    if row.kind == "act" and row.state not in _WAITING:
        text = _ACT.sub(r"\1*", text)
    return _DOSSIER.sub(r"\1*", text) if row.kind == "score_dossier" else text


def downgrade() -> None:
    op.drop_column("message", "claim")
