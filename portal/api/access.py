"""Who calls the API: the token of the request, what it opens, and errors as JSON."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import JSONResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy.orm import Session

from models.access import ApiToken, TokenScope
from models.session import reading, transaction
from portal.web.site import Site, site_of
from services.access.api_tokens import must_note_use, token_behind
from services.figures.status import Asked
from services.policy import office_policy
from services.staff.queries import authority_id_of

bearer = HTTPBearer(auto_error=False, description="Khóa do `dondoc token create` cấp.")


class RefusedError(Exception):
    """Not given: a status and one Vietnamese sentence."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Caller:
    """A client with a token that holds, and the session in which it reads. `authority_id` None: all authorities."""

    site: Site
    session: Session
    now: datetime
    scope: TokenScope
    authority_id: int | None

    @property
    def asked(self) -> Asked:
        """For which day and authorities everything is counted."""
        return Asked(self.site.today(), office_policy(self.site.settings).soon_days, self.authority_id)

    def narrowed(self, code: str | None) -> Asked:
        """The same for one authority of those that the token opens. Raises RefusedError when it does not."""
        if code is None:
            return self.asked
        found = authority_id_of(self.session, code)
        if found is None or self.authority_id not in (None, found):
            raise RefusedError(404, "Không có cơ quan này, hoặc khóa không mở cơ quan này.")
        return Asked(self.asked.day, self.asked.soon_days, found)


def token_of(request: Request) -> str:
    """The bearer token of a request; "" where there is none."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def token_row(site: Site, token: str, now: datetime) -> ApiToken | None:
    """The token's row; its use is written down now and then."""
    with reading(site.database) as session:
        row = token_behind(session, token, now)
    if row is not None and must_note_use(row, now):
        with transaction(site.database) as session:
            session.get_one(ApiToken, row.id).last_used_at = now
    return row


def caller(
    request: Request, _shown: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]
) -> Iterator[Caller]:
    """The caller of a reading endpoint. Raises RefusedError without a token that holds, or of another scope."""
    site = site_of(request)
    now = site.clock()
    row = token_row(site, token_of(request), now)
    if row is None:
        raise RefusedError(401, "Thiếu khóa, hoặc khóa sai, hết hạn, đã thu hồi. Xin cấp: dondoc token create")
    if row.scope is not TokenScope.READ:
        raise RefusedError(403, "Khóa này không có phạm vi đọc dữ liệu (read).")
    with reading(site.database) as session:
        yield Caller(site, session, now, row.scope, row.authority_id)


CallerIn = Annotated[Caller, Depends(caller)]


def refused(_request: Request, error: Exception) -> JSONResponse:
    """A refusal as JSON."""
    status = error.status if isinstance(error, RefusedError) else 500
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    return JSONResponse({"detail": str(error)}, status, headers)


REFUSALS: dict[int | str, dict[str, Any]] = {
    401: {"description": "Thiếu khóa hoặc khóa không còn hiệu lực"},
    403: {"description": "Khóa không có phạm vi này"},
}
