"""The dossier as one .zip, streamed: letter, workbook, evidence files, and a manifest of their sha256."""

import hashlib
import json
import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from documents.writing.official.clean import clean_line
from documents.writing.scoring.letter import score_letter
from documents.writing.scoring.sheet import score_sheet_bytes
from rules.scoring.dossier import DossierFacts

LETTER, SHEET, MANIFEST = "01-to-trinh-va-phu-luc.docx", "02-bang-tong-hop.xlsx", "MANIFEST.json"
_PIECE = 1024 * 1024
_UNSAFE = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')
_PACKED = (".pdf", ".docx", ".xlsx", ".jpg", ".jpeg", ".png", ".zip")


class BrokenEvidenceError(Exception):
    """A file of the dossier is gone or not what it was: one Vietnamese sentence."""


@dataclass(frozen=True, slots=True)
class DossierFile:
    """An evidence file: where it lies, its hash, and its path in the dossier."""

    source: Path
    sha256: str
    path: str


@dataclass(frozen=True, slots=True)
class Written:
    """A finished dossier: the hash and size of the .zip, and its manifest."""

    sha256: str
    size: int
    manifest: dict[str, Any]


def safe_name(name: str, most: int = 80) -> str:
    """A file name that every system takes, with its ending; Vietnamese letters stay."""
    plain = _UNSAFE.sub("-", clean_line(name)).strip(" .-") or "tai-lieu"
    stem, dot, ending = plain.rpartition(".")
    if not dot or len(ending) > 5:
        return plain[:most].rstrip(" .")
    return f"{stem[: most - len(ending) - 1].rstrip(' .')}.{ending}"


def write_dossier(facts: DossierFacts, files: Iterable[DossierFile], target: Path, at: datetime) -> Written:
    """Write the .zip; files go through in pieces, so memory does not grow with them.

    Raises BrokenEvidenceError when a file is missing or its content is not that of its hash.
    """
    stamp = at.timetuple()[:6]
    entries: list[dict[str, Any]] = []
    with zipfile.ZipFile(target, "w", allowZip64=True) as archive:
        for name, content in ((LETTER, score_letter(facts)), (SHEET, score_sheet_bytes(facts))):
            _write_bytes(archive, name, content, stamp)
            entries.append({"path": name, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()})
        entries.extend(_copy(archive, file, stamp) for file in files)
        manifest = _manifest(facts, entries, at)
        _write_bytes(archive, MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=2).encode(), stamp)
    with target.open("rb") as source:
        digest = hashlib.file_digest(source, "sha256").hexdigest()
    return Written(digest, target.stat().st_size, manifest)


def _manifest(facts: DossierFacts, entries: list[dict[str, Any]], at: datetime) -> dict[str, Any]:
    return {
        "authority": facts.authority,
        "criteria": facts.criteria_code,
        "year": facts.year,
        "version": facts.version,
        "total": f"{facts.total:f}",
        "sealed_at": at.isoformat(),
        "files": entries,
    }


def _info(name: str, stamp: tuple[int, ...], packed: bool) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, stamp)  # type: ignore[arg-type]
    info.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
    info.external_attr = 0o640 << 16
    return info


def _write_bytes(archive: zipfile.ZipFile, name: str, content: bytes, stamp: tuple[int, ...]) -> None:
    archive.writestr(_info(name, stamp, packed=name.endswith(_PACKED)), content)


def _copy(archive: zipfile.ZipFile, file: DossierFile, stamp: tuple[int, ...]) -> dict[str, Any]:
    """One file in pieces, hashed on its way."""
    digest, size = hashlib.sha256(), 0
    info = _info(file.path, stamp, packed=file.path.lower().endswith(_PACKED))
    try:
        with file.source.open("rb") as source, archive.open(info, "w", force_zip64=True) as entry:
            while piece := source.read(_PIECE):
                digest.update(piece)
                size += len(piece)
                entry.write(piece)
    except FileNotFoundError:
        raise BrokenEvidenceError(f"Không còn tệp tài liệu kiểm chứng “{file.path}” trong kho dữ liệu.") from None
    if digest.hexdigest() != file.sha256:
        raise BrokenEvidenceError(f"Tệp tài liệu kiểm chứng “{file.path}” đã bị thay đổi, không khớp mã băm đã lưu.")
    return {"path": file.path, "size": size, "sha256": file.sha256}
