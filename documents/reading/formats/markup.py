"""XML from strangers, read as a stream: no DOCTYPE, no entities, no endless depth."""

import re
from collections.abc import Callable, Mapping
from xml.parsers import expat

from documents.reading.formats.limits import XML_DEPTH, damaged, refuse

Start = Callable[[str, dict[str, str]], None]
End = Callable[[str], None]
Text = Callable[[str], None]

Enter = Callable[[dict[str, str]], object]
Leave = Callable[[], None]

_DECLARATIONS = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
_TOO_DEEP = "cấu trúc bên trong tệp lồng nhau quá sâu; hãy mở bằng Word, lưu lại rồi nộp lại"


def refuse_declaration(*_: object) -> None:
    """Refuse a document type or entity declaration: office files never need one, attacks do."""
    refuse("tệp chứa khai báo DOCTYPE hoặc ENTITY không an toàn; hãy mở bằng Word hoặc Excel, lưu lại rồi nộp lại")


def refuse_declarations_in(data: bytes) -> None:
    """Refuse XML bytes that declare a document type or an entity, whatever Unicode form they are written in."""
    plain = data.replace(b"\0", b"") if b"\0" in data[:200] else data
    if _DECLARATIONS.search(plain):
        refuse_declaration()


def parse(data: bytes, start: Start, end: End, text: Text | None = None) -> None:
    """Call the handlers for every element of `data`. Names are "namespace-uri local-name".

    Raises RefusedDocument for XML that is not well formed, declares a document
    type, or is nested deeper than 300 elements.
    """
    depth = 0

    def deeper(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > XML_DEPTH:
            refuse(_TOO_DEEP)
        start(name, attributes)

    def higher(name: str) -> None:
        nonlocal depth
        depth -= 1
        end(name)

    _run(data, deeper, higher, text)


def walk(data: bytes, starts: Mapping[str, Enter], ends: Mapping[str, Leave], text: Text | None = None) -> None:
    """Call the handler of each element that has one; the others are passed through.

    A handler that returns True leaves out all that stands inside its element.
    Raises RefusedDocument as `parse` does.
    """
    depth = skipped = 0

    def enter(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth, skipped
        depth += 1
        if depth > XML_DEPTH:
            refuse(_TOO_DEEP)
        if not skipped and (handler := starts.get(name)) is not None and handler(attributes) is True:
            skipped = depth

    def leave(name: str) -> None:
        nonlocal depth, skipped
        depth -= 1
        if not skipped:
            if (handler := ends.get(name)) is not None:
                handler()
        elif depth < skipped:
            skipped = 0

    def letters(found: str) -> None:
        if not skipped and text is not None:
            text(found)

    _run(data, enter, leave, letters if text is not None else None)


def _run(data: bytes, start: Start, end: End, text: Text | None) -> None:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse_declaration
    parser.EntityDeclHandler = refuse_declaration
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    if text is not None:
        parser.CharacterDataHandler = text
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError, LookupError):
        damaged("nội dung bên trong tệp")
