"""What the portal's pages stand on: settings, signing key, clock, and who carries its mails away."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol, cast

from fastapi import Request

from config.clock import ZONE
from config.clock import now as clock_now
from config.settings import Settings, SettingsError
from documents.reading.evidence.filetypes import FileType, allowed_types
from rules.reminders.ladder import Ladder, ladder_of
from services.access.links import Door, door_of
from services.office.proposals import Weigh
from services.policy import Terms, office_calendar, office_policy

Deliver = Callable[[Sequence[int]], None]
"""Sends these queued messages now. The portal only queues; whoever starts it knows how mail travels."""


class RehearsedLine(Protocol):
    """A line of a rehearsed mail; `due` is None where the item itself is asked about."""

    @property
    def item(self) -> str:
        """The item's code."""

    @property
    def due(self) -> date | None:
        """Its printed day."""


class RehearsedMail(Protocol):
    """A mail that would go out; `to` is None where the unit has no mailbox yet."""

    @property
    def date(self) -> date:
        """Its morning."""

    @property
    def to(self) -> str | None:
        """Its address."""

    @property
    def name(self) -> str:
        """Its reader."""

    @property
    def unit(self) -> str | None:
        """The code of the reader's unit."""

    @property
    def subject(self) -> str:
        """Its subject."""

    @property
    def lines(self) -> Sequence[RehearsedLine]:
        """What it speaks of."""


Rehearse = Callable[[str, date, date | None, tuple[date, date] | None], Sequence[RehearsedMail]]
"""A plan's mails from a day to another, with an outage. The portal only shows them."""


def left_in_the_outbox(_messages: Sequence[int]) -> None:
    """Without a carrier mails wait in the outbox for the next run of the mail sender."""


@dataclass(frozen=True, slots=True)
class Site:
    """One portal. `database` is its address, `clock` gives aware moments, `opened_at` is when it was started."""

    settings: Settings
    database: str
    door: Door
    file_types: dict[str, FileType]
    clock: Callable[[], datetime] = clock_now
    deliver: Deliver = left_in_the_outbox
    rehearse: Rehearse | None = None
    weigh: Weigh | None = None
    opened_at: datetime | None = None

    @property
    def file_limit(self) -> int:
        """The largest file that is taken, in bytes."""
        return self.settings.portal_file_mb * 1024 * 1024

    def today(self) -> date:
        """The calendar day in Vietnam."""
        return self.clock().astimezone(ZONE).date()

    def terms(self) -> Terms:
        """By what occurrences are made, as the office's files say now."""
        policy = office_policy(self.settings)
        return Terms(office_calendar(self.settings), policy.ladder, self.today(), self.clock(), policy.scheme)

    def ladder(self) -> Ladder:
        """The office's ladder on its calendar, as its files say now."""
        return ladder_of(office_calendar(self.settings), office_policy(self.settings).ladder)


def make_site(
    settings: Settings,
    *,
    clock: Callable[[], datetime] = clock_now,
    deliver: Deliver = left_in_the_outbox,
    rehearse: Rehearse | None = None,
    weigh: Weigh | None = None,
) -> Site:
    """The site of the settings. Raises SettingsError for a setting that cannot be used."""
    try:
        types = allowed_types(settings.portal_file_types)
    except ValueError as error:
        raise SettingsError(f"Cài đặt DONDOC_PORTAL_FILE_TYPES không dùng được: {error}.") from None
    return Site(settings, settings.database, door_of(settings), types, clock, deliver, rehearse, weigh, clock())


def site_of(request: Request) -> Site:
    """The site behind a request."""
    return cast(Site, request.app.state.site)
