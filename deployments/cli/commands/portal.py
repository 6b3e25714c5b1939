"""`dondoc portal` and `dondoc link`."""

import logging
from collections.abc import Sequence

import click
from sqlalchemy.orm import Session

from config.clock import now
from config.settings import load_settings
from deployments.cli.prompts import actor
from models import Person
from models.access import LinkPurpose
from models.session import transaction
from rules.audit import AuditAction, SubjectKind
from services.access.links import door_of, link_for, revoke_all, revoke_links
from services.audit import Subject, record
from services.database import open_database
from services.errors import UnknownNameError
from services.plans.queries import plan_ids
from services.staff.queries import people_at

log = logging.getLogger("portal.mail")


@click.command()
@click.option("--host", help="Địa chỉ lắng nghe (mặc định: DONDOC_PORTAL_HOST, 127.0.0.1).")
@click.option("--port", type=click.IntRange(1, 65535), help="Cổng (mặc định: DONDOC_PORTAL_PORT, 4100).")
def portal(host: str | None, port: int | None) -> None:
    """Chạy riêng trang của các đơn vị: mở liên kết trong thư, xem danh sách, báo cáo, nộp tài liệu kiểm chứng."""
    from portal.serve import serve
    from portal.web.site import make_site
    from services.reminders.effects import weigh
    from services.reminders.rehearsal import rehearsed

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    given = {name: value for name, value in (("portal_host", host), ("portal_port", port)) if value is not None}
    settings = load_settings(**given)
    open_database(settings)
    site = make_site(settings, deliver=send_now, rehearse=rehearsed, weigh=weigh)
    click.echo(f"Trang của các đơn vị: {settings.portal_address} (Ctrl-C để dừng)")
    serve(site, settings.portal_host, settings.portal_port)


def send_now(messages: Sequence[int]) -> None:
    """Send mails at once; what fails stays in the outbox."""
    from notifications.mailer import MailServerProblem
    from services.reminders.morning import send

    try:
        sent = send(only=messages)
    except (MailServerProblem, OSError) as problem:
        log.warning("%d thư còn trong hàng chờ: %s", len(messages), problem)
        return
    log.info("%s%s", sent.words(), f" ({sent.problem})" if sent.problem else "")


@click.command()
@click.argument("email", metavar="[ĐỊA_CHỈ_THƯ]", required=False)
@click.option("--plan", "plans", multiple=True, metavar="MÃ", help="Chỉ mở kế hoạch này (lặp lại được).")
@click.option("--revoke", is_flag=True, help="Thu hồi mọi liên kết của người này thay vì tạo mới.")
@click.option("--revoke-all", is_flag=True, help="Thu hồi mọi liên kết của mọi người.")
def link(email: str | None, plans: tuple[str, ...], revoke: bool, revoke_all: bool) -> None:
    """Tạo liên kết vào trang của các đơn vị cho một người, khi thư không tới được; có ghi nhật ký."""
    if revoke_all:
        _revoke_everything()
        return
    if email is None:
        raise click.UsageError("Thiếu địa chỉ thư.")
    with transaction() as session:
        people = _people(session, email)
        if revoke:
            count = revoke_links(session, [person.id for person in people], now())
            for person in people:
                record(session, actor(), AuditAction.LINK_REVOKE, person, after={"links": count})
            click.echo(f"Đã thu hồi {count} liên kết của {email}.")
            return
        door = door_of(load_settings())
        wanted = _plan_ids(session, plans)
        for person in people:
            by = actor()
            made = link_for(session, door, person.id, wanted, now(), purpose=LinkPurpose.HAND, made_by=by.name)
            after = {"plans": list(plans), "days": door.link_days}
            record(session, by, AuditAction.LINK_MAKE, person, after=after)
            click.echo(made)


def _revoke_everything() -> None:
    with transaction() as session:
        count = revoke_all(session, now())
        record(session, actor(), AuditAction.LINK_REVOKE, Subject(SubjectKind.LINKS, None, ""), after={"links": count})
    click.echo(f"Đã thu hồi {count} liên kết.")


def _people(session: Session, email: str) -> list[Person]:
    people = people_at(session, email)
    if not people:
        raise UnknownNameError(f"Không có ai dùng địa chỉ “{email}”. Xem danh sách: dondoc units list")
    return people


def _plan_ids(session: Session, codes: Sequence[str]) -> list[int] | None:
    if not codes:
        return None
    found = plan_ids(session, codes)
    for code in codes:
        if code not in found:
            raise UnknownNameError(f"Không có kế hoạch mã “{code}”. Xem danh sách: dondoc plan list")
    return list(found.values())
