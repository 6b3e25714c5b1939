"""Links in mails that are kept: the row's number stands there, the link is made when the mail is handed over.

So nothing in the database, in a backup or in an export opens a door without the key. A
placeholder ends in a letter that no token has, and is filled in only where the row
belongs to the mail's own reader: text that people write can call up nobody else's link.
"""

import re
from collections.abc import Callable, Iterator
from datetime import datetime

from sqlalchemy import Connection, select

from models.access import PortalLink
from models.access_pending_acts import PendingAct
from models.mail import MessageKind
from models.scoring import ScoreDossier
from services.access.links import Door, link_token

DOSSIER_PURPOSE = "score-dossier"

_SIGNATURE = r"[A-Za-z0-9_-]{43}"
_LINK = re.compile(rf"(/vao/(\d+)~)(\d+)~\d+~[a\d.]+~{_SIGNATURE}")
_ACT = re.compile(rf"(/xac-nhan/\d+~){_SIGNATURE}")
_DOSSIER = re.compile(rf"(/ho-so/\d+-\d{{8}}\.){_SIGNATURE}")
_HIDDEN = re.compile(r"/(vao|xac-nhan)/(\d{1,15})~\*|/(ho-so)/((\d{1,9})-\d{8})\.\*")

_link = PortalLink.metadata.tables["portal_link"]
_act = PendingAct.metadata.tables["pending_act"]
_dossier = ScoreDossier.metadata.tables["score_dossier"]
_document = ScoreDossier.metadata.tables["document"]


def hidden(text: str, kind: MessageKind, person_id: int | None) -> str:
    """A mail's text as it is kept: every link that can be made again has a placeholder for its token."""
    text = _LINK.sub(lambda found: f"{found[1]}*" if int(found[3]) == person_id else found[0], text)
    if kind is MessageKind.ACT:
        text = _ACT.sub(r"\1*", text)
    return _DOSSIER.sub(r"\1*", text) if kind is MessageKind.SCORE_DOSSIER else text


def opened(
    connection: Connection, door: Callable[[], Door], kind: MessageKind, person_id: int | None, texts: tuple[str, ...]
) -> tuple[str, ...]:
    """The texts as they go out, each placeholder of this reader's filled in. `door` is asked only where one is."""
    if not any(_HIDDEN.search(text) for text in texts):
        return texts
    known: dict[str, str] = {}

    def fill(found: re.Match[str]) -> str:
        if found[0] not in known:
            token = next(_tokens(connection, door(), kind, person_id, found), None)
            known[found[0]] = found[0] if token is None else f"/{found[1] or found[3]}/{token}"
        return known[found[0]]

    return tuple(_HIDDEN.sub(fill, text) for text in texts)


def _tokens(
    connection: Connection, door: Door, kind: MessageKind, person_id: int | None, found: re.Match[str]
) -> Iterator[str]:
    if found[1] == "vao":
        columns = (_link.c.id, _link.c.person_id, _link.c.expires_at, _link.c.plan_ids)
        links = select(*columns).where(_link.c.id == int(found[2]), _link.c.person_id == person_id)
        yield from (link_token(door, *row) for row in connection.execute(links).tuples())
    elif found[1] and kind is MessageKind.ACT:
        acts = select(_act.c.id, _act.c.person_id, _act.c.expires_at).where(
            _act.c.id == int(found[2]), _act.c.person_id == person_id
        )
        yield from (act_token(door, *row) for row in connection.execute(acts).tuples())
    elif found[3] and kind is MessageKind.SCORE_DOSSIER:
        files = select(_document.c.sha256).join(_dossier, _dossier.c.document_id == _document.c.id)
        for sha256 in connection.scalars(files.where(_dossier.c.id == int(found[5]))):
            yield f"{found[4]}.{door.sign(DOSSIER_PURPOSE, f'{found[4]}.{sha256}')}"


def act_token(door: Door, act_id: int, person_id: int, expires_at: datetime) -> str:
    """The token that confirms an act (services/privacy/confirmations), made again from its row."""
    return f"{act_id}~{door.sign('act', f'{act_id}~{person_id}~{expires_at.timestamp():.0f}')}"
