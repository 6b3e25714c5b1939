"""What a form sent: fields, and files streamed to the documents folder while their hash is counted.

Nothing stands whole in memory. A file over the limit is read to its end but not kept,
so that the other fields, what a person typed, are still there to be shown again.
"""

import os
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, BinaryIO
from urllib.parse import parse_qsl

from fastapi import Depends, Request
from fastapi import Path as InAddress
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.concurrency import run_in_threadpool

from documents.reading.evidence.filetypes import UnsuitableFileError, check_file, clean_name
from models.occurrence import Progress
from models.session import reading
from portal.web.site import Site, site_of
from rules.work.answers import Problem
from services.access.links import visitor_of
from services.work.evidence import Shown, Upload

FIELDS_AT_MOST = 2_000
FIELD_BYTES = 64 * 1024
TEXT_BYTES = 1024 * 1024
FILES_AT_MOST = 10


class TooMuchError(Exception):
    """The form is larger than anything a person sends."""


class MalformedError(Exception):
    """What was sent is no form."""


@dataclass(slots=True)
class ReceivedFile:
    """A file as it came: under a temporary name, or (path None) not kept because it is too large."""

    name: str
    path: Path | None
    size: int = 0
    sha256: str = ""


@dataclass(slots=True)
class Form:
    """Fields by name, each with its values, and the files; `too_many`: some more were sent and not kept."""

    fields: dict[str, list[str]] = field(default_factory=dict)
    files: list[ReceivedFile] = field(default_factory=list)
    too_many: bool = False

    def one(self, name: str) -> str:
        """The first value of a field; "" where it was not sent."""
        values = self.fields.get(name)
        return values[0] if values else ""

    def many(self, name: str) -> list[str]:
        """All values of a field."""
        return self.fields.get(name, [])

    def number(self, name: str) -> int:
        """A field that a page of ours filled with a number; 0 where it holds anything else."""
        return as_number(self.one(name))

    def numbers(self, name: str) -> list[int]:
        """All such numbers of a field, without what is none; one value may carry several, with commas between."""
        parts = [part for value in self.many(name) for part in value.split(",")]
        return [number for part in parts if (number := as_number(part))]

    def discard(self) -> None:
        """Remove the files that nobody has kept."""
        for received in self.files:
            if received.path is not None:
                received.path.unlink(missing_ok=True)

    def add(self, name: str, value: str) -> None:
        """Add a field's value. Raises TooMuchError beyond what a page of ours has."""
        if sum(map(len, self.fields.values())) >= FIELDS_AT_MOST:
            raise TooMuchError
        self.fields.setdefault(name, []).append(value)


def as_number(text: str) -> int:
    """A whole number above 0 as pages write it; 0 for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else 0


async def read_form(request: Request) -> AsyncIterator[Form]:
    """The request's form, for an endpoint; files nobody kept are removed afterwards.

    Files are written down only for a person with an open session; of others only the fields are read.
    """
    form = Form()
    try:
        await _read(request, site_of(request), form)
        yield form
    finally:
        form.discard()


async def _read(request: Request, site: Site, form: Form) -> None:
    kind, options = parse_options_header(request.headers.get("content-type"))
    if kind == b"application/x-www-form-urlencoded":
        await _read_plain(request, form)
    elif kind == b"multipart/form-data" and options.get(b"boundary"):
        keep = await run_in_threadpool(_is_known, site, request)
        folder = site.settings.documents if keep else None
        await _read_parts(request, form, options[b"boundary"], folder, site.file_limit)
    elif request.headers.get("content-length", "0") != "0":
        raise MalformedError


def _is_known(site: Site, request: Request) -> bool:
    with reading(site.database) as session:
        return visitor_of(session, session_token(request), site.clock()) is not None


Id = Annotated[int, InAddress(ge=1, le=999_999_999)]
"""A row's number in an address."""

COOKIE, SECURE_COOKIE = "dondoc", "__Host-dondoc"


def session_token(request: Request) -> str | None:
    """The session's token in the cookie."""
    return request.cookies.get(SECURE_COOKIE) or request.cookies.get(COOKIE)


async def _read_plain(request: Request, form: Form) -> None:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > TEXT_BYTES:
            raise TooMuchError
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=FIELDS_AT_MOST, errors="replace")
    except ValueError:
        raise MalformedError from None
    for name, value in pairs:
        form.add(name, value)


async def _read_parts(request: Request, form: Form, boundary: bytes, folder: Path | None, limit: int) -> None:
    parts = _Parts(form, folder, limit)
    most = limit * FILES_AT_MOST // 2 + TEXT_BYTES
    try:
        parser = MultipartParser(boundary, parts.callbacks(), max_header_count=20)
        received = 0
        async for piece in request.stream():
            received += len(piece)
            if received > most:
                raise TooMuchError
            parser.write(piece)
        parser.finalize()
        if not parts.complete:  # a line that broke half-way must not become half an answer
            raise MalformedError
    except FormParserError:
        raise MalformedError from None
    finally:
        parts.close()


class _Parts:
    """Takes the parser's calls: one part after another, each a field or a file."""

    def __init__(self, form: Form, folder: Path | None, limit: int) -> None:
        self.form, self.folder, self.limit = form, folder, limit
        self.text_bytes, self.complete = 0, False
        self._target: BinaryIO | None = None
        self._file: ReceivedFile | None = None
        self._headers: dict[bytes, bytes] = {}
        self._begin()

    def callbacks(self) -> Any:
        """What the parser calls."""
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._on_header_name,
            "on_header_value": self._on_header_value,
            "on_header_end": self._on_header_end,
            "on_headers_finished": self._on_headers,
            "on_part_data": self._on_data,
            "on_part_end": self._on_end,
            "on_end": self._on_last,
        }

    def close(self) -> None:
        """Leave no file open, also when the line broke in the middle."""
        if self._target is not None:
            self._target.close()
            self._target = None

    def _begin(self) -> None:
        self._header, self._value, self._headers = b"", b"", {}
        self._name, self._file, self._target = "", None, None
        self._digest, self._text = sha256(), bytearray()

    def _on_header_name(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _on_header_end(self) -> None:
        self._headers[self._header.lower()] = self._value
        self._header = self._value = b""

    def _on_headers(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition"))
        self._name = options.get(b"name", b"").decode("utf-8", "replace")
        filename = options.get(b"filename")
        if filename is None:
            return
        self._file = ReceivedFile(clean_name(filename.decode("utf-8", "replace")) if filename else "", None)
        if filename and len(self.form.files) >= FILES_AT_MOST:
            self.form.too_many = True
        elif filename and self.folder is not None:
            self.folder.mkdir(parents=True, exist_ok=True)
            descriptor, path = tempfile.mkstemp(prefix=".new-", dir=self.folder)
            self._target, self._file.path = os.fdopen(descriptor, "wb"), Path(path)
            self.form.files.append(self._file)

    def _on_data(self, data: bytes, start: int, end: int) -> None:
        if self._file is None:
            self._on_text(data[start:end])
            return
        self._file.size += end - start
        if self._target is None:
            return
        if self._file.size > self.limit:
            self._drop()
            return
        piece = data[start:end]
        self._digest.update(piece)
        self._target.write(piece)

    def _on_text(self, piece: bytes) -> None:
        self.text_bytes += len(piece)
        self._text += piece
        if len(self._text) > FIELD_BYTES or self.text_bytes > TEXT_BYTES:
            raise TooMuchError

    def _drop(self) -> None:
        """Too large: the rest is read and forgotten."""
        self.close()
        if self._file is not None and self._file.path is not None:
            self._file.path.unlink(missing_ok=True)
            self._file.path = None

    def _on_last(self) -> None:
        self.complete = True

    def _on_end(self) -> None:
        self.close()
        if self._file is None:
            self.form.add(self._name, self._text.decode("utf-8", "replace"))
        else:
            self._file.sha256 = self._digest.hexdigest()


def checked_files(site: Site, form: Form) -> tuple[list[Upload], list[Problem]]:
    """The files that are what their names say, and a sentence for each of the others."""
    uploads, problems = [], []
    for received in form.files:
        if received.path is None:
            problems.append(f"Tệp “{received.name}” lớn hơn {site.settings.portal_file_mb} MB; hãy giảm dung lượng.")
            continue
        try:
            media = check_file(received.path, received.name, site.file_types)
        except UnsuitableFileError as unsuitable:
            problems.append(str(unsuitable))
        else:
            uploads.append(Upload(received.path, received.sha256, received.size, received.name, media))
    if form.too_many:
        problems.append("Gửi nhiều tệp quá trong một lần; hãy gửi tiếp các tệp còn lại ở lần sau.")
    return uploads, [Problem("files", message) for message in problems]


FormIn = Annotated[Form, Depends(read_form)]


def is_secure(request: Request, site: Site) -> bool:
    """Whether the cookie may travel encrypted only."""
    return request.url.scheme == "https" or site.door.base.startswith("https://")


@dataclass(slots=True)
class Filled:
    """What stands in the form: values by field, problems by field, and words above it."""

    values: dict[str, str] = field(default_factory=dict)
    again: frozenset[int] = frozenset()
    problems: tuple[Problem, ...] = ()
    message: str = ""
    conflict: Progress | None = None
    is_conflict: bool = False
    fresh_files: tuple[Shown, ...] = ()
    draft_at: str = ""

    def problem(self, name: str) -> str:
        """The sentence about a field; "" where it is right."""
        return next((one.message for one in self.problems if one.field == name), "")
