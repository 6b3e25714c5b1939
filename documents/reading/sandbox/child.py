"""Reads one document in a process of its own, which may be killed without harm.

Run by `documents.reading.sandbox.files` with the file as standard input and an empty
file as standard output. It imports only what the format needs, may use 1 GB
and 20 seconds of processor time, and may neither open a connection, start a
program nor write a file.
"""

import json
import resource
import sys
from collections.abc import Callable
from typing import Any

from config.own_files import keep_private
from documents.reading.formats.archive import Archive
from documents.reading.formats.blocks import Document, RefusedDocument
from documents.reading.formats.detect import detect
from documents.reading.formats.limits import (
    ANSWER_BYTES,
    CHILD_CPU_SECONDS,
    CHILD_MEMORY_BYTES,
    FILE_BYTES,
    PART_CPU_SECONDS,
)
from documents.reading.sandbox import wire

_FORBIDDEN = (
    "socket.",
    "subprocess.",
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.spawn",
    "os.system",
    "pty.",
    "ftplib.",
)
_TOO_MUCH = "tệp đòi hỏi quá nhiều bộ nhớ để đọc; hãy bỏ bớt hình ảnh, sheet thừa hoặc chia nhỏ tài liệu rồi nộp lại"


def read_in_process(fmt: str, data: bytes, step: Callable[[], None] = lambda: None) -> Document:
    """Read bytes of a known format (as `detect` names it) here, without a process of its own.

    `step` is called before each part that should not take long by itself.
    Raises RefusedDocument with a Vietnamese clause; .doc must be turned into
    .docx before.
    """
    if fmt == "pdf":
        from documents.reading.formats.pdf.pages import read_pdf

        return read_pdf(data, step)
    if fmt == "txt":
        from documents.reading.formats.text import read_text

        return read_text(data)
    if fmt == "xls":
        from documents.reading.formats.sheets.xls import read_xls

        return read_xls(data)
    return _read_zip(fmt, data)


def _read_zip(fmt: str, data: bytes) -> Document:
    archive = Archive(data)
    archive.refuse_declarations()
    if fmt == "docx":
        from documents.reading.formats.word.docx import read_docx

        return read_docx(archive)
    if fmt == "xlsx":
        from documents.reading.formats.sheets.xlsx import read_xlsx

        return read_xlsx(archive)
    from documents.reading.formats.odf.content import read_ods, read_odt

    return read_odt(archive) if fmt == "odt" else read_ods(archive)


def limit() -> None:
    """What a reading process may use: memory, time, one answer; no connections, no programs."""
    resource.setrlimit(resource.RLIMIT_AS, (CHILD_MEMORY_BYTES, CHILD_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CHILD_CPU_SECONDS, CHILD_CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (ANSWER_BYTES, ANSWER_BYTES))
    sys.addaudithook(_forbid)


def _watch() -> None:
    """Give the next part its own short time: reading a page that turns in a circle ends the process (SIGXCPU)."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    most = min(CHILD_CPU_SECONDS, int(used.ru_utime + used.ru_stime) + 1 + PART_CPU_SECONDS)
    resource.setrlimit(resource.RLIMIT_CPU, (most, CHILD_CPU_SECONDS + 1))


def _forbid(event: str, arguments: tuple[Any, ...]) -> None:
    if event.startswith(_FORBIDDEN) and event != "socket.gethostname":
        raise PermissionError(event)


def _cells(data: bytes) -> bytes:
    """The cells of an old Word file's tables, which a converter may run together."""
    from documents.reading.formats.word.cells import tables_of

    return json.dumps({"doc": tables_of(data)}).encode()


def main() -> None:
    """Answer with JSON: a document, {"refused": reason} or {"doc": its tables} for a file to be converted."""
    keep_private()
    limit()
    answer: bytes
    try:
        data = sys.stdin.buffer.read(FILE_BYTES + 1)
        fmt = detect(data)
        answer = _cells(data) if fmt == "doc" else wire.dump(read_in_process(fmt, data, _watch))
    except RefusedDocument as refusal:
        answer = json.dumps({"refused": str(refusal)}).encode()
    except MemoryError:
        answer = json.dumps({"refused": _TOO_MUCH}).encode()
    sys.stdout.buffer.write(answer)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
