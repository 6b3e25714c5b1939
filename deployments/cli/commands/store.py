"""`dondoc init`, `status`, `backup`, `restore`, `audit`."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from config.clock import ZONE, now, today
from config.settings import load_settings
from deployments.cli.commands.options import FILE, JSON, print_json

if TYPE_CHECKING:
    from config.settings import Settings
    from services.figures.picture import Picture
    from services.privacy.restore import Manifest


@click.command()
@click.option("--authority", metavar="TÊN", help="Tên cơ quan, ví dụ: UBND phường Hoa Sen.")
@click.option("--place", metavar="ĐỊA_DANH", help="Địa danh ghi trên văn bản.")
@click.option("--admin-email", metavar="ĐỊA_CHỈ", help="Thư điện tử của người quản trị đầu tiên.")
@click.option("--admin-name", metavar="HỌ_TÊN", help="Họ tên người quản trị.")
@click.option("--sample", is_flag=True, help="Nạp phường mẫu và kế hoạch mẫu của năm nay để thử.")
def init(
    authority: str | None, place: str | None, admin_email: str | None, admin_name: str | None, sample: bool
) -> None:
    """Tạo hoặc nâng cấp cơ sở dữ liệu; tạo cơ quan và người quản trị đầu tiên. Chạy lại không ảnh hưởng dữ liệu."""
    from services.database import DatabaseState, create_or_upgrade

    email = _email(admin_email) if admin_email else None
    settings = load_settings()
    settings.documents.mkdir(parents=True, exist_ok=True)
    found = create_or_upgrade(settings)
    words = {DatabaseState.READY: "đã sẵn sàng", DatabaseState.OLD: "đã được nâng cấp"}
    click.echo(f"Cơ sở dữ liệu {words.get(found, 'đã được tạo')}: {_shown_address(settings.database)}")
    if sample:
        _sample()
    else:
        _found_authority(authority, place, email, admin_name)


def _sample() -> None:
    from deployments.cli.prompts import actor
    from deployments.sample.ward import install_sample

    done = install_sample(load_settings().home / "sample", today(), actor())
    if done is None:
        click.echo("Cơ sở dữ liệu đã có cơ quan; không nạp dữ liệu mẫu.")
    else:
        click.echo(f"Đã nạp kế hoạch mẫu {done.diff.code}: {len(done.diff.items)} nhiệm vụ, {done.synced.added} kỳ.")


def _email(text: str) -> str:
    from rules.staff.values import check_email

    try:
        return check_email(text)
    except ValueError as error:
        raise click.UsageError(f"--admin-email: {error}.") from None


def _shown_address(address: str) -> str:
    """The database's address without its password."""
    from models.session import address_of

    return address_of(address).render_as_string(hide_password=True)


def _found_authority(name: str | None, place: str | None, email: str | None, admin_name: str | None) -> None:
    """Create the authority and its administrator if missing."""
    from deployments.cli.prompts import actor
    from models.session import transaction
    from services.staff.queries import authority_codes, authority_named, make_admin, new_authority, the_authority

    with transaction() as session:
        there = authority_named(session, name) if name else None
        if name and there is None:
            there = new_authority(session, name, actor(), place)
            click.echo(f"Đã tạo cơ quan {there.name} (mã {there.code}).")
        if email is not None:
            there = there or the_authority(session)
            if make_admin(session, there, email, admin_name, actor()):
                click.echo(f"Người quản trị của {there.name}: {email}.")
        if there is None and not authority_codes(session):
            click.echo(
                'Việc tiếp theo: dondoc init --authority "UBND phường …" --admin-email ten@co-quan.gov.vn, '
                "rồi dondoc units import TỆP và dondoc plan import TỆP."
            )


@click.command()
@click.option("--authority", help="Chỉ một cơ quan (mã hoặc tên).")
@JSON
def status(authority: str | None, as_json: bool) -> None:
    """Tình hình hôm nay: nhiệm vụ theo trạng thái, đơn vị quá hạn, thư, buổi sáng gần nhất."""
    from models.session import reading
    from services.database import DatabaseState, database_state
    from services.figures.picture import picture, picture_json
    from services.figures.status import Asked
    from services.policy import office_policy
    from services.staff.queries import the_authority

    if database_state() is DatabaseState.ABSENT:
        raise click.ClickException("Chưa có cơ sở dữ liệu. Chạy: dondoc init")
    with reading() as session:
        chosen = the_authority(session, authority).id if authority else None
        seen = picture(session, Asked(today(), office_policy().soon_days, chosen))
    if as_json:
        print_json(picture_json(seen))
        return
    click.echo(_status_text(seen))


def _status_text(seen: "Picture") -> str:
    from deployments.cli.output.tables import table
    from services.mail.sender import WORDS

    found = seen.figures
    parts = [f"Tình hình ngày {found.day:%d/%m/%Y}"]
    for plan in found.plans:
        closed = " (đã đóng)" if plan.status == "closed" else ""
        counts = ", ".join(f"{state.value} {count}" for state, count in plan.states.items() if count)
        parts.append(f"{plan.code}{closed}: {plan.title}\n  {plan.items} nhiệm vụ: {counts or 'chưa có'}")
        if plan.without_lead:
            parts[-1] += f"\n  {plan.without_lead} nhiệm vụ chưa có cơ quan chủ trì: dondoc item list {plan.code}"
        if plan.lapsed:
            parts[-1] += f"\n  {plan.lapsed} kỳ đã qua không có kết quả"
    if not found.plans:
        parts.append("Chưa có kế hoạch nào: dondoc plan import TỆP")
    if found.units:
        head = ("Đơn vị", "Quá hạn", "Sắp đến hạn", "Đang mở", "Đúng hạn", "Muộn", "")
        rows = [
            (u.name, str(u.overdue), str(u.due_soon), str(u.open), str(u.done), str(u.done_late),
             "" if u.reachable else "chưa có hộp thư")
            for u in found.units
        ]  # fmt: skip
        parts.append(table(head, rows, (1, 0, 0, 0, 0, 0, 0)))
    parts += _pressing(seen)
    mails = ", ".join(f"{count} {WORDS[state]}" for state, count in found.messages.items() if count)
    parts.append(f"Thư: {mails or 'chưa có thư nào'}.")
    parts += [_morning_text(morning) for morning in found.mornings]
    return "\n\n".join(parts)


def _pressing(seen: "Picture") -> list[str]:
    """Longest overdue, last week, unproven and waiting items."""
    said = []
    if seen.slipping:
        lines = [f"  {s.plan} {s.item} ({s.unit}): quá hạn {s.days_late} ngày, đã nhắc {s.told}" for s in seen.slipping]
        said.append("\n".join(["Quá hạn lâu nhất:", *lines[:5]]))
    if len(seen.trend) > 1:
        last, now_ = seen.trend[-2:]
        said.append(
            f"So với tuần trước: quá hạn {last.overdue} → {now_.overdue}, hoàn thành {last.done} → {now_.done}."
        )
    if seen.without_evidence:
        said.append(f"{seen.without_evidence} kỳ đã hoàn thành nhưng chưa có tài liệu kiểm chứng.")
    if seen.waiting:
        said.append(f"{seen.waiting} yêu cầu gia hạn đang chờ quyết định.")
    return said


def _morning_text(morning: Any) -> str:
    ended = "đã xong" if morning.finished_at else "CHƯA xong; chạy lại bằng dondoc remind"
    counts = f"{morning.notices} lời nhắc, {morning.messages} thư"
    return f"Buổi sáng gần nhất của {morning.authority}: {morning.day:%d/%m/%Y}, {ended} ({counts})."


@click.command()
@click.argument("file", type=FILE, metavar="TỆP")
@click.option("--with-key", is_flag=True, help="Gồm cả khóa ký liên kết của cổng (bí mật: cất tệp như mật khẩu).")
def backup(file: Path, with_key: bool) -> None:
    """Sao lưu cơ sở dữ liệu, văn bản, quy định và ngày làm việc của cơ quan vào một tệp; chạy được khi đang làm việc.

    Không gồm dondoc.env (mật khẩu, địa chỉ của riêng máy này) và, nếu không có --with-key, khóa ký liên kết: khôi phục
    ở máy khác thì liên kết đã gửi hết giá trị, mọi người xin liên kết mới ở cổng.
    """
    from models.session import engine_for
    from services.database import DatabaseState, database_state
    from services.privacy.backup import back_up
    from services.privacy.office_files import places

    settings = load_settings()
    if database_state(settings) is DatabaseState.ABSENT:
        raise click.ClickException("Chưa có cơ sở dữ liệu để sao lưu. Chạy: dondoc init")
    done = back_up(
        engine_for(settings.database),
        settings.documents,
        file.absolute(),
        now(),
        office=places(settings),
        with_key=with_key,
    )
    click.echo(f"Đã sao lưu {sum(done.rows.values())} dòng và {done.documents} văn bản vào {done.path}.")
    if done.files:
        click.echo(f"Tệp của cơ quan: {', '.join(done.files)}.")
    if done.missing_documents:
        click.echo(f"Thiếu {len(done.missing_documents)} văn bản trong {settings.documents}.", err=True)


@click.command()
@click.argument("file", type=FILE, metavar="TỆP")
@click.option("--with-key", is_flag=True, help="Dùng cả khóa ký liên kết trong tệp (chỉ khi tệp do chính cơ quan tạo).")
@click.option("--yes", is_flag=True, help="Đồng ý thay toàn bộ dữ liệu, không hỏi lại.")
def restore(file: Path, with_key: bool, yes: bool) -> None:
    """Thay toàn bộ dữ liệu bằng một bản sao lưu, sau khi kiểm tra từng phần của nó."""
    from deployments.cli.prompts import confirm
    from services.privacy.office_files import places
    from services.privacy.restore import check
    from services.privacy.restore import restore as put_back

    manifest = check(file)
    made = f"bản sao lưu ngày {manifest.created_at.astimezone(ZONE):%d/%m/%Y %H:%M} (dondoc {manifest.version})"
    click.echo(_brought(manifest, with_key))
    if not confirm(f"Thay toàn bộ dữ liệu hiện có bằng {made}?", yes):
        click.echo("Chưa thay đổi gì.")
        return
    settings = load_settings()
    put_back(file, settings.database, settings.documents, office=places(settings), with_key=with_key)
    click.echo(f"Đã khôi phục {sum(manifest.tables.values())} dòng, {len(manifest.documents)} văn bản từ {made}.")
    click.echo(_restored_files(manifest, settings, with_key=with_key))


def _brought(manifest: "Manifest", with_key: bool) -> str:
    """What a restore will put in place, named before it is asked for."""
    from services.privacy.office_files import DEPLOYMENTS, KEY, POLICY, WORKING_DAYS

    names = {
        POLICY: "quy định đôn đốc",
        WORKING_DAYS: "ngày làm việc",
        DEPLOYMENTS: "lịch Prefect",
        KEY: "khóa ký liên kết",
    }
    taken = [f"{names[name]} ({name})" for name in manifest.files if with_key or name != KEY]
    parts = [f"{sum(manifest.tables.values())} dòng dữ liệu", f"{len(manifest.documents)} văn bản", *taken]
    said = f"Bản sao lưu sẽ đặt vào: {', '.join(parts)}."
    if KEY in manifest.files and not with_key:
        said += " Khóa ký liên kết trong tệp KHÔNG được dùng (thêm --with-key nếu tệp do chính cơ quan tạo)."
    return said


def _restored_files(manifest: "Manifest", settings: "Settings", *, with_key: bool) -> str:
    """Restored files, and what is still to do."""
    from services.privacy.office_files import KEY

    taken = [name for name in manifest.files if with_key or name != KEY]
    lines = [f"Tệp của cơ quan: {', '.join(taken)}."] if taken else []
    if manifest.format < 2:
        lines.append("Bản sao lưu cũ không có quy định, ngày làm việc của cơ quan; các tệp đang có được giữ nguyên.")
    if KEY not in taken and not (settings.home / KEY).exists():
        lines.append("Không có khóa ký liên kết: liên kết đã gửi hết giá trị, mọi người xin liên kết mới ở cổng.")
    lines.append("Đang chạy dondoc run hoặc dondoc portal thì khởi động lại; rồi chạy: dondoc deploy")
    return "\n".join(lines)


@click.group()
def audit() -> None:
    """Nhật ký thay đổi: không sửa, không xóa được."""


@audit.command("verify")
def verify_audit() -> None:
    """Kiểm tra chuỗi nhật ký còn nguyên vẹn; in số và mã băm cuối cùng để lưu ra ngoài."""
    from models.session import reading
    from services import audit as trail

    with reading() as session:
        broken = trail.verify(session)
        number, newest = trail.head(session)
    if broken is not None:
        raise click.ClickException(
            f"Nhật ký bị sửa hoặc mất dòng: sai từ dòng số {broken}. Hãy so với bản sao lưu gần nhất."
        )
    click.echo(f"Nhật ký nguyên vẹn đến dòng số {number}, mã băm {newest}.")
