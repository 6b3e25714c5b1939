"""A visit: one request of a person with an open session, in one database transaction.

`looking` only reads; `acting` checks the form's token and commits when the block ends.
Both refuse whoever has no session: what they raise becomes a page (see portal/app.py).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

from fastapi import Request
from sqlalchemy.orm import Session

from models.session import reading, transaction
from portal.web.forms import Form, session_token
from portal.web.site import Site, site_of
from services.access.links import visitor_of
from services.actor import Actor, Visitor

TOKEN_FIELD = "khoa"  # noqa: S105 - a field's name
OWN_SITES = ("same-origin", "none")


class FormError(Exception):
    """A form that cannot be taken; `form` is what was sent, so that nothing typed is lost."""

    def __init__(self, form: Form | None = None) -> None:
        super().__init__()
        self.form = form


class NobodyError(FormError):
    """No open session: the visitor must enter by a link first."""


class ForeignFormError(FormError):
    """The form was not made by a page of this session. Nothing was done."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Who acts, when, in which transaction, and the token their forms must carry."""

    request: Request
    site: Site
    session: Session
    visitor: Visitor
    now: datetime
    form_token: str

    @property
    def actor(self) -> Actor:
        """The visitor as the one who writes."""
        return Actor.of(self.visitor, self.now)

    @property
    def today(self) -> date:
        """The calendar day in Vietnam."""
        return self.actor.today


@contextmanager
def looking(request: Request) -> Iterator[Visit]:
    """A visit that only reads. Raises NobodyError."""
    site = site_of(request)
    with reading(site.database) as session:
        yield _visit(request, site, session, None)


@contextmanager
def acting(request: Request, form: Form) -> Iterator[Visit]:
    """A visit that writes; committed when the block ends. Raises NobodyError, ForeignFormError."""
    site = site_of(request)
    with transaction(site.database) as session:
        visit = _visit(request, site, session, form)
        if not is_own_form(request, form, site):
            raise ForeignFormError(form)
        yield visit


def _visit(request: Request, site: Site, session: Session, form: Form | None) -> Visit:
    token, now = session_token(request), site.clock()
    visitor = visitor_of(session, token, now)
    if visitor is None or token is None:
        raise NobodyError(form)
    return Visit(request, site, session, visitor, now, form_token(site, token))


def form_token(site: Site, session: str) -> str:
    """The token that a session's forms carry: nobody else can make it, and it dies with the session."""
    return site.door.sign("form", session)


def is_own_form(request: Request, form: Form, site: Site) -> bool:
    """Whether a form comes from a page of this session (token), and not from another site (browser's word)."""
    session = session_token(request) or ""
    return comes_from_here(request) and site.door.signed("form", session, form.one(TOKEN_FIELD))


def comes_from_here(request: Request) -> bool:
    """Whether the browser says that the request was made by a page of ours (older browsers say nothing)."""
    return request.headers.get("sec-fetch-site", "none") in OWN_SITES
