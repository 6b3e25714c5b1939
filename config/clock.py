"""The one place that reads the clock. Edges (commands, flows, portal) ask here and pass `today` on."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from config.settings import TIME_ZONE

ZONE = ZoneInfo(TIME_ZONE)


def now() -> datetime:
    """This moment, aware, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The calendar day in Vietnam."""
    return datetime.now(ZONE).date()
