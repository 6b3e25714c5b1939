"""Running the portal: one process, plain HTTP, on loopback unless told otherwise."""

import socket

import uvicorn

from config.os_words import reason
from config.own_files import keep_private
from config.settings import SettingsError
from portal.app import create_app
from portal.watching import Watcher
from portal.web.site import Site

IDLE_SECONDS = 20
"""A connection that says nothing for so long is closed."""


def bound(host: str, port: int) -> socket.socket:
    """A listening socket. Raises SettingsError with one Vietnamese sentence when the port cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise SettingsError(
            f"Không mở được cổng {port} trên {host} cho trang của các đơn vị: {reason(error)}. "
            "Chọn cổng khác bằng DONDOC_PORTAL_PORT hoặc --port."
        ) from None
    listening.listen(256)
    return listening


def server_of(site: Site) -> uvicorn.Server:
    """The server of a site. It believes what the named proxies say of the caller, and nobody else."""
    proxies = site.settings.portal_proxies.strip()
    config = uvicorn.Config(
        create_app(site),
        access_log=False,  # addresses carry keys: portal.web.guard logs the routes
        log_level="warning",
        server_header=False,
        lifespan="off",
        timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=5,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=proxies or "127.0.0.1",
    )
    return uvicorn.Server(config)


def serve(site: Site, host: str, port: int) -> None:
    """Serve until a signal ends it. Raises SettingsError when the port cannot be had."""
    keep_private()
    listening = bound(host, port)
    try:
        with Watcher(site):
            server_of(site).run(sockets=[listening])
    finally:
        listening.close()
