"""The door of the reading room: a path in, a document out, and a broken file harms nobody.

Every byte of the document is looked at in a child process; this one only opens
the file, waits, and builds the answer.
"""

import json
import os
import signal
import stat
import sys
import tempfile
import time
from pathlib import Path
from typing import IO

from documents.reading.formats.blocks import Document, RefusedDocument
from documents.reading.formats.cleaning import shown_name
from documents.reading.formats.limits import ANSWER_BYTES, FILE_BYTES, MEGABYTE, WALL_SECONDS, refuse
from documents.reading.sandbox import wire
from documents.reading.sandbox.process import run

_ROOT = str(Path(__file__).resolve().parents[3])
_BOOT = "import sys; sys.path.insert(0, sys.argv[1]); from documents.reading.sandbox.child import main; main()"


def read_document(path: Path) -> Document:
    """Read a plan document of any supported format; its content decides, not its extension.

    Takes at most 30 seconds. Raises RefusedDocument with one Vietnamese
    sentence: which file, what is wrong with it and what to do.
    """
    try:
        return _read(path)
    except RefusedDocument as refusal:
        raise RefusedDocument(f"Không đọc được tệp “{shown_name(path.name)}”: {refusal}.") from None


def _read(path: Path) -> Document:
    deadline = time.monotonic() + WALL_SECONDS
    with opened(path) as source:
        answer = _ask_child(source, deadline)
        if not isinstance(answer, dict) or "doc" not in answer:
            return _document(answer)
        from documents.reading.sandbox.office import converted

        with converted(source, deadline, answer["doc"]) as docx:
            return _document(_ask_child(docx, deadline), form="doc")


def opened(path: Path) -> IO[bytes]:
    """The file, opened without waiting: a named pipe or a device must not hold us."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    except FileNotFoundError:
        refuse("không tìm thấy tệp; hãy kiểm tra lại đường dẫn")
    except PermissionError:
        refuse("không có quyền mở tệp; hãy cấp quyền đọc hoặc chép tệp ra thư mục khác")
    except (OSError, ValueError):
        refuse("đường dẫn không hợp lệ; hãy kiểm tra lại đường dẫn")
    try:
        _check_kind(os.fstat(descriptor))
        return os.fdopen(descriptor, "rb")
    except RefusedDocument:
        os.close(descriptor)
        raise


def _check_kind(status: os.stat_result) -> None:
    if stat.S_ISDIR(status.st_mode):
        refuse("đây là thư mục, không phải tệp; hãy chọn tệp bên trong")
    if not stat.S_ISREG(status.st_mode):
        refuse("đây không phải là tệp thông thường; hãy chọn tệp lưu trên đĩa")
    if status.st_size == 0:
        refuse("tệp rỗng, không có nội dung; hãy kiểm tra lại tệp rồi nộp lại")
    if status.st_size > FILE_BYTES:
        refuse(f"tệp lớn hơn {FILE_BYTES // MEGABYTE} MB; hãy bỏ bớt hình ảnh hoặc chỉ nộp phần kế hoạch và phụ lục")


def _ask_child(source: IO[bytes], deadline: float) -> object:
    """Let a child read `source`, and return its parsed JSON answer. Raises RefusedDocument if it dies or hangs."""
    os.lseek(source.fileno(), 0, os.SEEK_SET)
    with tempfile.TemporaryFile() as answer:
        code = run([sys.executable, "-I", "-c", _BOOT, _ROOT], deadline, source, answer)
        if code == -signal.SIGXCPU or code is None:
            refuse(
                "đọc quá lâu, có thể tệp bị hỏng hay phức tạp; hãy mở bằng phần mềm đã tạo ra nó, lưu lại rồi nộp lại"
            )
        answer.seek(0)
        text = answer.read(ANSWER_BYTES)
    try:
        if code == 0:
            return text if text.startswith(b'{"format"') else json.loads(text)
    except ValueError:
        pass
    refuse("nội dung tệp bị hỏng hoặc bất thường; hãy mở bằng phần mềm đã tạo ra nó, lưu lại rồi nộp lại")


def _document(answer: object, form: str | None = None) -> Document:
    if isinstance(answer, dict) and isinstance(answer.get("refused"), str):
        refuse(answer["refused"])
    try:
        if isinstance(answer, bytes):
            document = wire.load(answer)
            return document if form is None else Document(form, document.blocks, document.pages, document.notes)
    except ValueError:
        pass
    refuse("nội dung tệp bị hỏng hoặc bất thường; hãy mở bằng phần mềm đã tạo ra nó, lưu lại rồi nộp lại")
