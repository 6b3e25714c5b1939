"""A row in every table there is, so that a table added later is in the tests as well."""

from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from models.base import Base
from tests.services.readings import AT, TODAY
from tests.world import World


def value_for(column: Any, keys: dict[str, int], number: int) -> Any:
    """Something that fits a column: the key of the row it refers to, or a value of its type."""
    for key in column.foreign_keys:
        return keys[key.column.table.name]
    kind = column.type
    if hasattr(kind, "enums") and kind.enums:
        return next(iter(kind.enum_class)) if kind.enum_class else kind.enums[0]
    fitting = {"UtcDateTime": AT, "Date": TODAY, "JSON": [], "Boolean": False, "Integer": number, "Exact": 1}
    return fitting.get(type(kind).__name__, f"{number:x}")


def fill(db: Session, world: World, number: int) -> None:
    """One more row of every table that holds an authority's data, whatever tables there are."""
    keys = {
        "authority": world.authority.id, "unit": world.units["VAN_PHONG"].id, "person": world.leader.id,
        "plan": world.plan.id, "item": world.plan.items[0].id,
    }  # fmt: skip
    for table in Base.metadata.sorted_tables:
        if table.name in ("authority", "unit", "person", "plan", "item", "audit_event"):
            continue
        values = {
            column.name: value_for(column, keys, number)
            for column in table.columns
            if not column.primary_key and (not column.nullable or column.foreign_keys)
        }
        if table.name == "deployed":
            values["server"] = "x"
        keys[table.name] = db.connection().execute(insert(table).values(values).returning(table.c.id)).scalar_one()
