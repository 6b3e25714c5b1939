"""XML from strangers, read as a stream: no DOCTYPE, no entities, no endless depth."""

from collections.abc import Callable
from xml.parsers import expat

from documents.reading.formats.limits import XML_DEPTH, damaged, refuse

Start = Callable[[str, dict[str, str]], None]
End = Callable[[str], None]
Text = Callable[[str], None]

_DECLARATIONS = (b"<!DOCTYPE", b"<!ENTITY")


def refuse_declaration(*_: object) -> None:
    """Refuse a document type or entity declaration: office files never need one, attacks do."""
    refuse("tệp chứa khai báo DOCTYPE hoặc ENTITY không an toàn; hãy mở bằng Word hoặc Excel, lưu lại rồi nộp lại")


def refuse_declarations_in(data: bytes) -> None:
    """Refuse XML bytes that declare a document type or an entity, whatever Unicode form they are written in."""
    plain = data.replace(b"\0", b"") if b"\0" in data[:200] else data
    if any(mark in plain for mark in _DECLARATIONS):
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
            refuse("cấu trúc bên trong tệp lồng nhau quá sâu; hãy mở bằng Word, lưu lại rồi nộp lại")
        start(name, attributes)

    def higher(name: str) -> None:
        nonlocal depth
        depth -= 1
        end(name)

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse_declaration
    parser.EntityDeclHandler = refuse_declaration
    parser.StartElementHandler = deeper
    parser.EndElementHandler = higher
    if text is not None:
        parser.CharacterDataHandler = text
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError, LookupError):
        damaged("nội dung bên trong tệp")
