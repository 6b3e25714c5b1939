"""`dondoc deploy`, `doctor`, `run` and `worker`: the product and Prefect."""

import sys

import click

from config.settings import load_settings
from deployments.cli.commands.options import JSON, print_json


@click.command()
@click.argument("plan", required=False, metavar="[KẾ HOẠCH]")
@click.option("--whole", is_flag=True, help="Đặt ngay mọi mốc nhắc sắp tới, không chỉ mốc kế tiếp của mỗi nhiệm vụ.")
def deploy(plan: str | None, whole: bool) -> None:
    """Đăng ký mỗi nhiệm vụ thành một deployment Prefect, đặt lịch chạy. Chạy lại chỉ đăng phần thay đổi."""
    from deployments.prefect.deploy import deploy_everything
    from deployments.prefect.server import use_prefect
    from models.session import reading
    from services.plans.queries import find_plan
    from tasks.schedule.sync import deploy_items

    settings = load_settings()
    use_prefect(settings)
    ahead = None if whole else 1
    if plan is None:
        click.echo(deploy_everything(settings, ahead=ahead).words())
        return
    with reading() as session:
        code = find_plan(session, plan).code
    click.echo(deploy_items(code, settings, ahead=ahead).words())


@click.command()
def run() -> None:
    """Khởi động toàn bộ: cơ sở dữ liệu, Prefect, worker, hộp thư thử, rồi chạy ngay buổi sáng hôm nay."""
    from deployments.run.supervisor import CannotRunError, Supervisor

    try:
        Supervisor(load_settings(), click.echo).run()
    except CannotRunError as error:
        raise click.ClickException(str(error)) from None


@click.command()
@click.option("--limit", type=click.IntRange(1, 16), help="Số lần chạy cùng lúc (mặc định: DONDOC_WORKER_LIMIT).")
def worker(limit: int | None) -> None:
    """Chạy riêng worker: nhận việc đến giờ từ Prefect và làm ngay trong tiến trình này. Dừng: Ctrl-C."""
    from deployments.prefect.server import answers, use_prefect

    settings = load_settings()
    use_prefect(settings)
    if not answers(settings):
        raise click.ClickException(
            f"Không kết nối được Prefect ở {settings.prefect_api}. Khởi động bằng: dondoc run, "
            "hoặc đặt DONDOC_PREFECT_API_URL cho đúng."
        )
    import anyio

    from deployments.prefect.worker import serve

    anyio.run(serve, settings.work_pool, limit or settings.worker_limit)


@click.command()
@JSON
@click.option("--mail", metavar="ĐỊA CHỈ", help="Gửi thêm một thư thử đến địa chỉ này.")
@click.option(
    "--timeout", type=click.IntRange(5, 600), default=90, show_default=True, help="Chờ Prefect tối đa (giây)."
)
def doctor(as_json: bool, mail: str | None, timeout: int) -> None:
    """Kiểm tra mọi thứ và nói việc cần làm. Mã thoát 1 khi có chỗ hỏng."""
    from deployments.run.doctor import examine

    findings = list(examine(load_settings(), mail, timeout))
    if as_json:
        print_json([finding.shown() for finding in findings])
    else:
        for finding in findings:
            click.echo(finding.line())
    sys.exit(0 if all(finding.ok for finding in findings) else 1)
