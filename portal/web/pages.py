"""Pages from templates: escaped everywhere, compiled once, the stylesheet beside them under its own hash."""

from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import FileResponse, HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from models.mail import MAIL_WORDS
from portal.web.site import site_of
from portal.web.visits import TOKEN_FIELD, Visit
from portal.web.words import ROLE_WORDS, filters

TITLE, RESULT, NAMES = 140, 70, 48
"""Letters of a title, a product and the names in a line of the list: a hundred lines stay readable."""

_STATIC = Path(__file__).parents[1] / "static"


@cache
def stylesheet() -> tuple[bytes, str]:
    """The stylesheet and the address that changes with it."""
    css = (_STATIC / "portal.css").read_bytes()
    return css, f"/tinh/portal-{sha256(css).hexdigest()[:12]}.css"


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("portal"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters.update(filters())
    environment.globals.update(TOKEN_FIELD=TOKEN_FIELD, ROLE_WORDS=ROLE_WORDS, TITLE=TITLE, RESULT=RESULT, NAMES=NAMES)
    environment.globals.update(MAIL_WORDS=MAIL_WORDS)
    return environment


def page_names() -> set[str]:
    """The names of all pages and their parts; each is compiled."""
    names = _templates().list_templates()
    for name in names:
        _templates().get_template(name)
    return {name.removesuffix(".html") for name in names}


def page(visit: Visit, name: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """A page for a visitor."""
    values |= {
        "visitor": visit.visitor,
        "token": visit.form_token,
        "today": visit.today,
        "here": visit.request.url.path,
    }
    return _response(name, status, values)


def door_page(request: Request, name: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """A page for somebody who has not entered (or not any more)."""
    values |= {"visitor": None, "token": "", "today": site_of(request).today(), "here": request.url.path}
    return _response(name, status, values)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page that offers a fresh link shows: the address typed, what is wrong with it, words to be copied."""

    sent: bool = False
    typed: str = ""
    problem: str = ""
    copy: tuple[tuple[str, str], ...] = ()


def asking_page(
    request: Request,
    title: str = "Nhận liên kết mới",
    message: str = "",
    *,
    status: int = 200,
    asked: Asked | None = None,
) -> HTMLResponse:
    """The page that offers a fresh link, with the reason why it is shown."""
    return door_page(request, "entry/fresh_link", status=status, title=title, message=message, asked=asked or Asked())


def _response(name: str, status: int, values: dict[str, Any]) -> HTMLResponse:
    values["stylesheet"] = stylesheet()[1]
    return HTMLResponse(_templates().get_template(f"{name}.html").render(values), status)


def saved_only(path: Path, name: str, media: str) -> FileResponse:
    """A file from people: always to be saved, never shown by the browser under our address, kept by no cache."""
    return FileResponse(
        path,
        media_type=media,
        filename=name,
        content_disposition_type="attachment",
        headers={"content-security-policy": "sandbox; default-src 'none'", "cache-control": "private, no-store"},
    )
