"""The directory of an OLE file (.doc, .xls, locked .docx): which streams stand at its root."""

import struct

from documents.reading.formats.limits import damaged

MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")
_FREE = 0xFFFFFFFA
_MOST_SECTORS = 4_096
_ENTRY = 128
_NOTHING = 0xFFFFFFFF


def root_streams(data: bytes) -> dict[str, bytes]:
    """Names at the root, each with the first 512 bytes of its stream. Raises RefusedDocument if it is broken."""
    try:
        return _Directory(data).root()
    except (struct.error, IndexError, UnicodeDecodeError):
        damaged()


class _Directory:
    def __init__(self, data: bytes) -> None:
        self._data = data
        shift = struct.unpack_from("<H", data, 30)[0]
        if shift not in (9, 12):
            damaged()
        self._size = 1 << shift
        self._fat_sectors = [s for s in struct.unpack_from("<109I", data, 76) if s < _FREE]

    def root(self) -> dict[str, bytes]:
        entries = b"".join(self._sector(s) for s in self._chain(struct.unpack_from("<I", self._data, 48)[0]))
        found: dict[str, bytes] = {}
        waiting, seen = [struct.unpack_from("<I", entries, 76)[0]], set[int]()
        while waiting:
            at = waiting.pop()
            if at == _NOTHING or at in seen or (at + 1) * _ENTRY > len(entries):
                continue
            seen.add(at)
            left, right = struct.unpack_from("<2I", entries, at * _ENTRY + 68)
            waiting += [left, right]
            length = struct.unpack_from("<H", entries, at * _ENTRY + 64)[0]
            name = entries[at * _ENTRY : at * _ENTRY + max(0, min(length, 64) - 2)].decode("utf-16-le")
            start = struct.unpack_from("<I", entries, at * _ENTRY + 116)[0]
            found[name] = self._sector(start)[:512] if start < _FREE else b""
        return found

    def _sector(self, number: int) -> bytes:
        at = (number + 1) * self._size
        return self._data[at : at + self._size]

    def _chain(self, sector: int) -> list[int]:
        chain: list[int] = []
        per_sector = self._size // 4
        while sector < _FREE and len(chain) < _MOST_SECTORS:
            chain.append(sector)
            fat = self._fat_sectors[sector // per_sector]
            sector = struct.unpack_from("<I", self._sector(fat), 4 * (sector % per_sector))[0]
        return chain
