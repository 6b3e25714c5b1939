"""The directory of an OLE file (.doc, .xls, locked .docx): which streams stand at its root, and their bytes."""

import struct

from documents.reading.formats.limits import damaged

MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")
_FREE = 0xFFFFFFFA
_MOST_SECTORS = 4_096
_MOST_STREAM_SECTORS = 50_000
_ENTRY = 128
_NOTHING = 0xFFFFFFFF


def root_streams(data: bytes) -> dict[str, bytes]:
    """Names at the root, each with the first 512 bytes of its stream. Raises RefusedDocument if it is broken."""
    try:
        return _Directory(data).root()
    except (struct.error, IndexError, UnicodeDecodeError):
        damaged()


def stream(data: bytes, name: str) -> bytes | None:
    """The bytes of a stream at the root, or None where there is none or the file is broken."""
    try:
        return _Directory(data).stream(name)
    except (struct.error, IndexError, UnicodeDecodeError):
        return None


class _Directory:
    def __init__(self, data: bytes) -> None:
        self._data = data
        shift = struct.unpack_from("<H", data, 30)[0]
        if shift not in (9, 12):
            damaged()
        self._size = 1 << shift
        self._fat_sectors = [s for s in struct.unpack_from("<109I", data, 76) if s < _FREE]

    def root(self) -> dict[str, bytes]:
        return {name: self._sector(start)[:512] if start < _FREE else b"" for name, start, _ in self._entries()}

    def stream(self, name: str) -> bytes | None:
        entries = self._entries()
        found = next(((start, size) for other, start, size in entries if other == name), None)
        if found is None:
            return None
        start, size = found
        if size >= struct.unpack_from("<I", self._data, 56)[0]:
            return b"".join(map(self._sector, self._chain(start, _MOST_STREAM_SECTORS)))[:size]
        return self._small(start)[:size]

    def _small(self, start: int) -> bytes:
        """A short stream, which lies in sectors of 64 bytes within the root's own stream."""
        table = b"".join(map(self._sector, self._chain(struct.unpack_from("<I", self._data, 60)[0])))
        raw = self._directory()
        held = b"".join(map(self._sector, self._chain(struct.unpack_from("<I", raw, 116)[0], _MOST_STREAM_SECTORS)))
        parts: list[bytes] = []
        while start < _FREE and len(parts) < _MOST_SECTORS:
            parts.append(held[start * 64 : start * 64 + 64])
            start = struct.unpack_from("<I", table, 4 * start)[0]
        return b"".join(parts)

    def _directory(self) -> bytes:
        return b"".join(self._sector(s) for s in self._chain(struct.unpack_from("<I", self._data, 48)[0]))

    def _entries(self) -> list[tuple[str, int, int]]:
        """Name, first sector and length of each entry at the root."""
        entries = self._directory()
        found: list[tuple[str, int, int]] = []
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
            found.append((name, *struct.unpack_from("<2I", entries, at * _ENTRY + 116)))
        return found

    def _sector(self, number: int) -> bytes:
        at = (number + 1) * self._size
        return self._data[at : at + self._size]

    def _chain(self, sector: int, most: int = _MOST_SECTORS) -> list[int]:
        chain: list[int] = []
        per_sector = self._size // 4
        while sector < _FREE and len(chain) < most:
            chain.append(sector)
            fat = self._fat_sectors[sector // per_sector]
            sector = struct.unpack_from("<I", self._sector(fat), 4 * (sector % per_sector))[0]
        return chain
