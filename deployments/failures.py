"""What foreseen failures mean for the person at the command line."""

import errno
import re

from sqlalchemy.exc import DatabaseError, DBAPIError, OperationalError, ProgrammingError

from config.os_words import foreseen, reason
from deployments.hints import refusal_words
from documents.reading.formats.blocks import RefusedDocument
from notifications.server import MailServerProblem
from services.errors import StoreError
from tasks.schedule.client import PrefectError


def explain(error: Exception) -> tuple[int, str] | None:
    """Exit code and sentence of a foreseen failure, else None."""
    if isinstance(error, RefusedDocument):
        return 3, str(error)
    if isinstance(error, (MailServerProblem, PrefectError)):
        return 1, str(error)
    if isinstance(error, StoreError):
        return error.exit_code, refusal_words(error)
    if isinstance(error, (OperationalError, ProgrammingError)) or type(error) is DatabaseError:
        return 1, database_words(error)
    if isinstance(error, OSError) and foreseen(error):
        return 1, file_words(error)
    return None


_FULL = (errno.ENOSPC, errno.EDQUOT)


def file_words(error: OSError) -> str:
    """What is wrong with a file or folder, and what to do."""
    place = error.filename2 or error.filename
    where = f"Không đọc hoặc ghi được {place}" if place else "Không đọc hoặc ghi được dữ liệu"
    advice = "Giải phóng dung lượng" if error.errno in _FULL else "Kiểm tra đường dẫn và quyền của thư mục"
    return f"{where}: {reason(error)}. {advice} rồi chạy lại."


_CHECK = "Kiểm tra DONDOC_DATABASE_URL và chạy: dondoc doctor"
_CAUSES = (
    (r"no such table|relation .* does not exist", "Cơ sở dữ liệu chưa được tạo hoặc chưa nâng cấp. Chạy: dondoc init"),
    (r'database "(.+)" does not exist', r"Máy chủ PostgreSQL chưa có cơ sở dữ liệu “\1”: tạo bằng createdb \1"),
    (
        r"authentication failed|role .* does not exist|no password",
        "Máy chủ PostgreSQL từ chối tên hoặc mật khẩu ghi trong DONDOC_DATABASE_URL. Sửa cho đúng rồi chạy lại.",
    ),
    (r"resolve host", f"Không tìm thấy máy chủ PostgreSQL. {_CHECK}"),
    (r"connection (?:refused|timeout)|timeout expired", f"Không kết nối được máy chủ PostgreSQL. {_CHECK}"),
    (r"unable to open", f"Không mở được tệp cơ sở dữ liệu. {_CHECK}"),
    (r"readonly|read-only", "Cơ sở dữ liệu chỉ cho đọc. Cấp quyền ghi cho tệp và thư mục dữ liệu rồi chạy lại."),
    (r"is locked", "Cơ sở dữ liệu đang bị chương trình khác giữ quá lâu. Dừng chương trình đó rồi chạy lại."),
    (
        r"not a database|malformed",
        "Tệp cơ sở dữ liệu bị hỏng hoặc không phải của dondoc. Kiểm tra DONDOC_DATABASE_URL, hoặc dời tệp đi rồi "
        "khôi phục bản sao lưu: dondoc restore TỆP",
    ),
    (r"disk is full|disk full", "Hết dung lượng đĩa cho cơ sở dữ liệu. Giải phóng dung lượng rồi chạy lại."),
)
"""What the database says, in lower case, and what that means: the first that is found."""


def database_words(error: DBAPIError) -> str:
    """What is wrong with the database, and what to do."""
    cause = next(iter(str(error.orig).strip().splitlines()), "")
    for pattern, words in _CAUSES:
        found = re.search(pattern, cause, re.IGNORECASE)
        if found:
            return found.expand(words)
    return f"Không làm việc được với cơ sở dữ liệu ({cause}). {_CHECK}"
