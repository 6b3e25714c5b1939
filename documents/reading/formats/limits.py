"""How much a document may hold before it is refused, and the words of a refusal.

A plan of an office is a few hundred kilobytes and a few dozen pages; everything
here is far above that, and far below what would hurt the machine.
"""

from typing import NoReturn

from documents.reading.formats.blocks import RefusedDocument

MEGABYTE = 1024 * 1024

FILE_BYTES = 20 * MEGABYTE
ZIP_MEMBERS = 2_000
UNPACKED_BYTES = 80 * MEGABYTE
RATIO = 120
RATIO_FROM_BYTES = MEGABYTE
TABLE_ROWS = 5_000
TABLE_COLUMNS = 40
PAGES = 200
BLOCKS = 60_000
TEXT_CHARACTERS = 12_000_000
XML_DEPTH = 300

CHILD_MEMORY_BYTES = 1024 * MEGABYTE
CHILD_CPU_SECONDS = 20
PART_CPU_SECONDS = 4
WALL_SECONDS = 30.0
ANSWER_BYTES = 100 * MEGABYTE


def refuse(reason: str) -> NoReturn:
    """Stop reading. `reason` is a Vietnamese clause, what is wrong and then what to do, without a full stop."""
    raise RefusedDocument(reason)


def damaged(what: str = "tệp") -> NoReturn:
    """Refuse a file that is cut short or broken."""
    refuse(f"{what} bị hỏng hoặc bị cắt cụt; hãy mở bằng phần mềm soạn thảo, lưu lại rồi nộp lại")


def check_table(rows: int, columns: int) -> None:
    """Refuse a table beyond 5,000 rows or 40 columns."""
    if rows > TABLE_ROWS:
        refuse(f"một bảng có quá {TABLE_ROWS:,} dòng".replace(",", ".") + "; hãy tách tài liệu thành nhiều tệp nhỏ hơn")
    if columns > TABLE_COLUMNS:
        refuse(f"một bảng có quá {TABLE_COLUMNS} cột; hãy xóa các cột, ô thừa ngoài bảng nhiệm vụ rồi nộp lại")


def check_pages(pages: int) -> None:
    """Refuse a document beyond 200 pages."""
    if pages > PAGES:
        refuse(f"tài liệu có {pages} trang, quá {PAGES} trang; hãy chỉ nộp phần kế hoạch và phụ lục")
