"""What was posted to Prefect: the name, place and content hash of each deployment."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models.operations import Deployed
from models.plan import Item
from services.figures.items import active_items
from services.privacy.erase_authority import erased_codes


@dataclass(frozen=True, slots=True)
class DeployedNow:
    """A deployment just posted: its name, the server's id, its hash, and whose it is."""

    name: str
    deployment_id: str
    content_hash: str
    plan_id: int | None = None
    item_id: int | None = None


def item_deployments(session: Session, items: Iterable[int] | None = None) -> dict[int, str]:
    """The server's ids by item (None: of all items)."""
    query = select(Deployed.item_id, Deployed.deployment_id).where(Deployed.item_id.is_not(None))
    rows = session.execute(query if items is None else query.where(Deployed.item_id.in_(list(items))))
    return {item: deployment for item, deployment in rows if item is not None}


def deployment_ids(session: Session, names: Iterable[str]) -> dict[str, str]:
    """The server's ids by flow and name, of those that were posted."""
    wanted = set(names)
    rows = session.execute(select(Deployed.name, Deployed.deployment_id))
    return {name: identifier for name, identifier in rows if name in wanted}


def posted_as(session: Session, server: str, hashes: Mapping[str, str]) -> dict[str, str]:
    """The server's ids by name, of what was posted there with these hashes."""
    rows = session.execute(select(Deployed.name, Deployed.deployment_id, Deployed.content_hash, Deployed.server))
    return {name: one for name, one, content, at in rows if at == server and hashes.get(name) == content}


def remember(session: Session, server: str, posted: Sequence[DeployedNow], at: datetime) -> None:
    """Note what was posted to a server."""
    known = {row.name: row for row in session.scalars(select(Deployed))}
    for one in posted:
        row = known.get(one.name) or Deployed(name=one.name)
        row.plan_id, row.item_id, row.deployment_id = one.plan_id, one.item_id, one.deployment_id
        row.server, row.content_hash, row.posted_at = server, one.content_hash, at
        session.add(row)


def no_longer_followed(session: Session, item_flow: str) -> list[Deployed]:
    """What was posted for items that are not followed any more, and for authorities that were erased."""
    followed = set(active_items(session))
    items = select(Deployed).where(Deployed.name.startswith(f"{item_flow}/"))
    gone = [row for row in session.scalars(items) if row.item_id not in followed]
    erased = erased_codes(session)
    return gone + [row for row in own_deployments(session, item_flow) if row.name.rpartition("/")[2] in erased]


def own_deployments(session: Session, item_flow: str) -> list[Deployed]:
    """What was posted for authorities, not for items."""
    return list(session.scalars(select(Deployed).where(~Deployed.name.startswith(f"{item_flow}/"))))


def forget(session: Session, gone: Iterable[Deployed]) -> None:
    """Note that deployments are taken down."""
    session.execute(delete(Deployed).where(Deployed.id.in_([row.id for row in gone])))


def first_looks(session: Session) -> list[tuple[str, str, str]]:
    """The server's id, item code and name of every deployment of an item."""
    query = select(Deployed.deployment_id, Item.code, Deployed.name).join(Item, Item.id == Deployed.item_id)
    return list(session.execute(query).tuples())
