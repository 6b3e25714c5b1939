"""The ports that `dondoc run` needs."""

import socket
from dataclasses import dataclass

from config.settings import Settings

LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Port:
    """A port, its purpose and its setting."""

    host: str
    number: int
    purpose: str
    setting: str


def demo_mailbox(settings: Settings) -> bool:
    """Whether mail goes to the demo mailbox."""
    return settings.mailbox and settings.smtp_host in LOOPBACK and settings.smtp_security == "none"


def own_server(settings: Settings) -> bool:
    """Whether we start the Prefect server."""
    return settings.prefect_api_url is None


def needed(settings: Settings) -> list[Port]:
    """The ports that `dondoc run` will listen on."""
    ports = []
    if own_server(settings):
        ports.append(Port(settings.host, settings.prefect_port, "Prefect", "DONDOC_PREFECT_PORT"))
    if demo_mailbox(settings):
        ports.append(Port("127.0.0.1", settings.smtp_port, "hộp thư thử (SMTP)", "DONDOC_SMTP_PORT"))
        ports.append(Port("127.0.0.1", settings.mailbox_web_port, "hộp thư thử (web)", "DONDOC_MAILBOX_WEB_PORT"))
    if settings.portal:
        ports.append(Port(settings.portal_host, settings.portal_port, "trang của các đơn vị", "DONDOC_PORTAL_PORT"))
    return ports


def problem(settings: Settings) -> str | None:
    """What is wrong with a port; None: all are free."""
    seen: dict[int, Port] = {}
    for port in needed(settings):
        if port.number in seen:
            other = seen[port.number]
            return (
                f"{port.purpose} và {other.purpose} cùng đặt cổng {port.number}: "
                f"đổi {port.setting} hoặc {other.setting} rồi chạy lại."
            )
        seen[port.number] = port
        cause = _unusable(port)
        if cause is not None:
            return (
                f"Cổng {port.number} dành cho {port.purpose} {cause}: đặt {port.setting} sang cổng khác rồi chạy lại."
            )
    return None


def _unusable(port: Port) -> str | None:
    try:
        address = socket.getaddrinfo(port.host, port.number, type=socket.SOCK_STREAM)[0]
        with socket.socket(address[0], address[1]) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address[4])
    except socket.gaierror:
        return f"không mở được vì máy này không có địa chỉ {port.host}"
    except PermissionError:
        return "cần quyền cao hơn để mở"
    except OSError:
        return "đang có chương trình khác dùng"
    return None
