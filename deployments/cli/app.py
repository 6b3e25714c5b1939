"""The `dondoc` command: the administrators' door.

Exit codes: 0 done, 1 something failed, 2 wrong use or unknown name, 3 an
unreadable or refused document. Errors are one Vietnamese sentence on stderr.
"""

import importlib
import sys

import click

from config.own_files import keep_private
from deployments.guard import guarded
from deployments.usage_errors import VietnameseHelp

COMMANDS = {
    "audit": ("deployments.cli.commands.store", "Kiểm tra nhật ký thay đổi còn nguyên vẹn."),
    "backup": ("deployments.cli.commands.store", "Sao lưu toàn bộ dữ liệu vào một tệp."),
    "criteria": ("deployments.cli.commands.scoring.criteria", "Bộ tiêu chí chấm điểm: kiểm tra, nhập, xem."),
    "deploy": ("deployments.cli.commands.prefect", "Đăng ký mỗi nhiệm vụ thành một deployment Prefect có lịch."),
    "deputy": ("deployments.cli.commands.staff.people", "Cử người thay mặt lãnh đạo trong một thời gian."),
    "doctor": (
        "deployments.cli.commands.prefect",
        "Kiểm tra cơ sở dữ liệu, Prefect, máy chủ thư, đồng hồ; nói việc cần làm.",
    ),
    "erase-authority": ("deployments.cli.commands.staff.authority", "Xuất rồi xóa toàn bộ dữ liệu của một cơ quan."),
    "erase-person": ("deployments.cli.commands.privacy", "Xóa dữ liệu cá nhân của một người theo yêu cầu."),
    "export-person": ("deployments.cli.commands.privacy", "Xuất mọi dữ liệu đang lưu về một người."),
    "init": ("deployments.cli.commands.store", "Tạo cơ sở dữ liệu, cơ quan và người quản trị đầu tiên."),
    "item": ("deployments.cli.commands.plans.item", "Xem, sửa, đánh dấu hoàn thành một nhiệm vụ."),
    "link": ("deployments.cli.commands.portal", "Tạo hoặc thu hồi liên kết vào trang của các đơn vị."),
    "messages": ("deployments.cli.commands.mail", "Xem thư đã gửi, đang chờ, bị trả lại; gửi lại bằng tay."),
    "people": (
        "deployments.cli.commands.staff.people",
        "Người trong danh sách: thêm, sửa, ngừng, ghi ngày vắng, thư thử.",
    ),
    "periods": (
        "deployments.cli.commands.reports.report",
        "Các kỳ báo cáo của kế hoạch: ngày đầu kỳ, ngày chốt, ngày gửi.",
    ),
    "plan": ("deployments.cli.commands.plans.plan", "Đọc, nhập, xuất, xem và gỡ kế hoạch."),
    "policy": ("deployments.cli.commands.office.policy", "Quy định đôn đốc: xem, kiểm tra, xem ảnh hưởng, áp dụng."),
    "portal": ("deployments.cli.commands.portal", "Chạy riêng trang của các đơn vị (báo cáo tiến độ, tài liệu)."),
    "rehearse": ("deployments.cli.commands.mail", "Diễn tập: mọi thư sẽ gửi cho ai, ngày nào, không gửi thật."),
    "remind": ("deployments.cli.commands.mail", "Chạy một buổi sáng đôn đốc bằng tay."),
    "report": ("deployments.cli.commands.reports.report", "Lập báo cáo một kỳ: Word, PDF, Excel hoặc JSON."),
    "reports": (
        "deployments.cli.commands.reports.reports",
        "Các báo cáo đang làm: chạy bước đến hạn, phê duyệt, trả lại, mở lại.",
    ),
    "restore": ("deployments.cli.commands.store", "Khôi phục dữ liệu từ tệp sao lưu."),
    "run": ("deployments.cli.commands.prefect", "Khởi động toàn bộ sản phẩm: Prefect, worker, hộp thư thử."),
    "score": ("deployments.cli.commands.scoring.score", "Tự chấm điểm: tính từ tệp, dự báo, đợt chấm điểm hằng năm."),
    "status": ("deployments.cli.commands.store", "Tình hình thực hiện các kế hoạch."),
    "timing": ("deployments.cli.commands.plans.timing", "Hiểu một cụm từ chỉ thời hạn."),
    "token": ("deployments.cli.commands.token", "Tạo, xem, thu hồi khóa đọc dữ liệu cho phần mềm khác (API)."),
    "units": ("deployments.cli.commands.staff.units", "Danh sách đơn vị: nhập từ tệp, xem, thêm, sửa."),
    "workdays": (
        "deployments.cli.commands.office.workdays",
        "Ngày nghỉ, ngày làm bù: xem năm, thêm, bỏ, xem ảnh hưởng.",
    ),
    "worker": ("deployments.cli.commands.prefect", "Chạy riêng worker của dondoc."),
}
"""Command name -> module and one line of help. The module has the command in a variable of that name (_ for -)."""


click.Context.formatter_class = VietnameseHelp


class Refused(click.ClickException):
    """A document that cannot or must not be read: exit code 3."""

    exit_code = 3


class LazyGroup(click.Group):
    """A group that lists its commands without importing them: `dondoc timing` answers in 0.1 s."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, in the order of the alphabet."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """The command by its name; None when there is none."""
        if name not in COMMANDS:
            return None
        command: click.Command = getattr(importlib.import_module(COMMANDS[name][0]), name.replace("-", "_"))
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands for --help, from the table above."""
        with formatter.section("Các lệnh"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in sorted(COMMANDS)])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="dondoc", message="dondoc %(version)s")
def cli() -> None:
    """Đôn đốc thực hiện kế hoạch: từ văn bản kế hoạch đến lịch nhắc việc, thư đôn đốc và kết quả."""


def run(arguments: list[str] | None = None) -> int:
    """Run a command and give its exit code; every foreseen error becomes one Vietnamese sentence."""
    return guarded(lambda: cli.main(args=arguments, prog_name="dondoc", standalone_mode=False))


def main() -> None:
    """Entry point of the console script."""
    keep_private()
    sys.exit(run())


if __name__ == "__main__":
    main()
