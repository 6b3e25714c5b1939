"""What stands around every answer of the portal: security headers, and an access log that tells no secret.

The log names the route ("/vao/{token}"), never the address itself: a link's token is a
key. Error reports name no address either.
"""

import logging
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

log = logging.getLogger("portal.access")

CSP = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = (
    (b"content-security-policy", CSP.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    (b"x-robots-tag", b"noindex, nofollow"),
)
HSTS = (b"strict-transport-security", b"max-age=31536000")
NO_STORE = (b"cache-control", b"no-store")


class Guard:
    """The outermost layer: adds what every answer must carry, and logs each request by its route."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started, status = time.perf_counter(), 500

        async def guarded(message: MutableMapping[str, Any]) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = _headers(message.get("headers", ()), scope["scheme"] == "https")
            await send(message)

        try:
            await self.app(scope, receive, guarded)
        finally:
            route = getattr(scope.get("route"), "path", "-")
            took = (time.perf_counter() - started) * 1000
            log.info("%s %s %d %.0f ms", scope["method"], route, status, took)


def _headers(given: Any, encrypted: bool) -> list[tuple[bytes, bytes]]:
    """The answer's own headers win: a file to be saved has a stricter policy than a page."""
    own = list(given)
    names = {name for name, _ in own}
    own.extend(header for header in HEADERS if header[0] not in names)
    if b"cache-control" not in names:
        own.append(NO_STORE)
    if encrypted:
        own.append(HSTS)
    return own
