"""What foreseen failures mean for the person at the command line."""

from sqlalchemy.exc import OperationalError, ProgrammingError

from documents.reading.blocks import RefusedDocument
from models.errors import StoreError
from notifications.server import MailServerProblem
from tasks.prefect_api import PrefectError


def explain(error: Exception) -> tuple[int, str] | None:
    """Exit code and Vietnamese sentence for a foreseen failure; None for a fault of the program."""
    if isinstance(error, RefusedDocument):
        return 3, str(error)
    if isinstance(error, (MailServerProblem, PrefectError)):
        return 1, str(error)
    if isinstance(error, StoreError):
        return error.exit_code, str(error)
    if isinstance(error, (OperationalError, ProgrammingError)):
        return 1, _database(error)
    if isinstance(error, PermissionError):
        return 1, f"Không có quyền ghi hoặc đọc {error.filename}. Kiểm tra quyền của thư mục dữ liệu (DONDOC_HOME)."
    if isinstance(error, OSError) and error.errno in {28, 30}:
        return 1, f"Không ghi được dữ liệu: {error.strerror}. Giải phóng dung lượng hoặc đổi DONDOC_HOME rồi chạy lại."
    return None


def _database(error: OperationalError | ProgrammingError) -> str:
    cause = str(error.orig).strip().splitlines()[0] if error.orig else ""
    if "no such table" in cause or "does not exist" in cause:
        return "Cơ sở dữ liệu chưa được tạo hoặc chưa nâng cấp. Chạy: dondoc init"
    return f"Không làm việc được với cơ sở dữ liệu ({cause}). Kiểm tra DONDOC_DATABASE_URL và chạy: dondoc doctor"
