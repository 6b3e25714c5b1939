"""Small plan documents of an invented ward, made as Word files, and the command line run in this process."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any

import pytest
from docx import Document

from deployments.cli.app import run

ROWS = (
    ("1", "Rà soát thủ tục hành chính", "Chậm nhất ngày 30/6/2026", "Phòng Văn hóa - Xã hội", "Báo cáo rà soát"),
    ("2", "Báo cáo cải cách hành chính", "Hằng quý", "Văn phòng HĐND và UBND phường", "Báo cáo quý"),
    ("3", "Kiểm kê hồ sơ lưu trữ", "Theo quy định", "Văn phòng HĐND và UBND phường", "Biên bản"),
    ("4", "Góp ý dự thảo", "05 ngày làm việc kể từ ngày nhận văn bản", "Phòng Văn hóa - Xã hội", "Văn bản góp ý"),
    ("5", "Xây dựng tủ sách pháp luật", "Quý III/2026", "Tổ Công nghệ số cộng đồng", "Tủ sách"),
)


def plan_file(path: Path, rows: Sequence[Sequence[str]] = ROWS, title: str = "Cải cách hành chính năm 2026") -> Path:
    """A plan with these rows: number, task, timing, lead, result."""
    document = Document()
    for line in ("UBND PHƯỜNG HOA SEN", "Số: 07/KH-UBND", "Hoa Sen, ngày 12 tháng 01 năm 2026", "KẾ HOẠCH", title):
        document.add_paragraph(line)
    document.add_paragraph("Căn cứ chương trình công tác năm 2026, UBND phường ban hành Kế hoạch như sau:")
    table = document.add_table(rows=1, cols=5)
    for row in (("STT", "Nhiệm vụ", "Tiến độ", "Cơ quan chủ trì", "Kết quả"), *rows):
        cells = table.rows[0].cells if row[0] == "STT" else table.add_row().cells
        for cell, text in zip(cells, row, strict=True):
            cell.text = text
    document.save(str(path))
    return path


def set_clock(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    """Let this process believe that it is `moment`: what these plans say depends on the day."""

    class Clock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> "Clock":
            return cls.fromtimestamp(moment.timestamp(), tz)

    monkeypatch.setattr("config.clock.datetime", Clock)


NOON = datetime(2026, 11, 20, 5, tzinfo=UTC)
"""A Friday noon in Vietnam."""


class Dondoc:
    """The command line: `code` and the text of the last command."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self.code = 0
        self.out = self.err = ""

    def __call__(self, *arguments: object, code: int = 0) -> str:
        """Run a command that must end with `code`; its standard output."""
        self._capsys.readouterr()
        self.code = run([str(argument) for argument in arguments])
        self.out, self.err = self._capsys.readouterr()
        assert self.code == code, f"{arguments}: {self.code}\n{self.out}\n{self.err}"
        assert "Traceback" not in self.err
        return self.out

    def json(self, *arguments: object) -> Any:
        """Run a command with --json; what it printed."""
        return json.loads(self(*arguments, "--json"))
