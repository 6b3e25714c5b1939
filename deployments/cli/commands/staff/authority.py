"""`dondoc erase-authority`: an authority leaves; its data are exported, then erased."""

from pathlib import Path

import click

from config.clock import now
from config.settings import load_settings


@click.command("erase-authority")
@click.argument("authority", metavar="CƠ_QUAN")
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path, dir_okay=False),
    help="Tệp .zip ghi toàn bộ dữ liệu trước khi xóa.",
)  # fmt: skip
@click.option("--yes", is_flag=True, help="Đồng ý xóa, không hỏi lại.")
def erase_authority(authority: str, output: Path, yes: bool) -> None:
    """Xuất rồi xóa toàn bộ dữ liệu của một cơ quan; cơ quan khác không đổi, chuỗi nhật ký vẫn kiểm tra được.

    Từ chối khi buổi sáng đang chạy, thư đang gửi hoặc văn bản đang đọc. Lần `dondoc deploy` tới gỡ khỏi Prefect.
    """
    from deployments.cli.prompts import actor, confirm_by_name
    from models.session import reading, transaction
    from services.privacy import erase_authority as erasing
    from services.staff.queries import the_authority

    if output.suffix.lower() != ".zip":
        raise click.UsageError(f"Tệp xuất phải có đuôi .zip: {output.name}.")
    if output.exists():
        raise click.UsageError(f"Tệp {output} đã có; hãy chọn tên khác để không ghi đè bản xuất cũ.")
    with reading() as session:
        owner = the_authority(session, authority)
        erasing.must_rest(session, owner, now())
        code, name = owner.code, owner.name
    question = f"Xóa toàn bộ dữ liệu của {name}? Không khôi phục được, trừ từ bản sao lưu."
    if not confirm_by_name(question, code, yes):
        click.echo("Chưa thay đổi gì.")
        return
    documents = load_settings().documents
    with transaction() as session:
        owner = the_authority(session, code)
        erasing.must_rest(session, owner, now())
        done = erasing.erase_authority(session, owner, actor(), documents, output.absolute())
    with reading() as session:
        files = erasing.remove_files(session, documents)
    click.echo(f"Đã ghi dữ liệu của {name} vào {output} (chỉ chủ tệp đọc được).")
    click.echo(
        f"Đã xóa {sum(done.rows.values())} dòng và {files} văn bản, làm trống {done.audit_rows} dòng nhật ký. "
        "Kiểm tra chuỗi: dondoc audit verify. Gỡ khỏi Prefect: dondoc deploy"
    )
