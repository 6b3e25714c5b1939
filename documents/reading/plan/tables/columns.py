"""What each column of a plan's table means."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from documents.reading.formats.blocks import Cell, Row
from documents.reading.plan.tables.cells import squeeze
from documents.reading.plan.tables.codes import read_marker
from rules.plan.unit_names import fold


class Role(StrEnum):
    """The columns that plans and tracking sheets have."""

    NUMBER = "number"
    TITLE = "title"
    GROUP = "group"
    TIMING = "timing"
    START = "start"
    END = "end"
    MARK = "mark"
    LEAD = "lead"
    COORDINATING = "coordinating"
    RESULT = "result"
    LEADER = "leader"
    NOTE = "note"
    DOCUMENT = "document"
    ISSUED = "issued"
    PROGRESS = "progress"
    STATE = "state"
    OUTCOME = "outcome"
    MEASURE = "measure"
    OTHER = "other"


_BODY = (
    r"(?:co quan|don vi|bo phan|phong|ban|ca nhan|nguoi|to chuc|cong chuc|can bo|chu the|nganh|dau moi|phong ban"
    r"|dong chi)"
)
_DOES = (
    r"(?:chu tri|thuc hien|phu trach|chiu trach nhiem|tham muu|duoc giao|duoc phan cong|theo doi|xu ly|giai quyet"
    r"|soan thao|du thao|xay dung|chuan bi|dau moi)"
)

_WORDS: tuple[tuple[Role, re.Pattern[str]], ...] = tuple(
    (role, re.compile(pattern))
    for role, pattern in (
        (Role.NOTE, r"^ghi chu|^luu y$"),
        (
            Role.NUMBER,
            r"^(?:so )?(?:tt|stt|thu tu)$|^so\.? ?t\.?t\.?$|^s ?t ?t$|^muc$|^no$"
            r"|^(?:ma|ky hieu)(?: (?:so|hieu))?(?: (?:nhiem vu|nv|cong viec|cv|dau viec|muc))?$",
        ),
        (
            Role.DOCUMENT,
            r"^so ?(?:van ban|vb|hieu|ky hieu|/ ?ky hieu|,? ?ky hieu|den|cong van|cv)"
            r"|^van ban(?: giao(?: viec| nhiem vu)?| chi dao)?$|^nguon giao",
        ),
        (Role.ISSUED, r"^ngay (?:bh|ban hanh|vb|van ban|thang|giao|den|nhan|ky)"),
        (Role.PROGRESS, r"^% ?(?:hoan thanh|tien do)|^(?:ty le|muc do|phan tram) hoan thanh$|^tinh hinh thuc hien"),
        (Role.MEASURE, r"^(?:don vi|dv) (?:tinh|do|do luong)$|^dvt$"),
        (
            Role.OTHER,
            r"kinh phi|can cu|tai lieu kiem chung|^(?:thang )?diem|so luong|ty le|han che|nguyen nhan|^nguon"
            r"|^noi (?:nhan|gui)|^cap trinh|dia diem|^danh gia|vuong mac|kho khan|^ly do|^de xuat|^kien nghi|uu tien"
            r"|tham dinh|^hinh thuc|^loai van ban|^thuc hien (?:nam )?20\d\d$"
            rf"|^{_BODY} (?:ban hanh|trinh|phe duyet|quyet dinh|nhan)",
        ),
        (Role.LEADER, r"lanh dao|nguoi chi dao|chi dao thuc hien|thuong truc (?:ubnd|chi dao)|nguoi theo doi"),
        (
            Role.TITLE,
            r"^(?:noi dung|nhiem vu|cong viec|dau viec|hang muc|y kien chi dao"
            r"|(?:mo ta|dien giai) (?:nhiem vu|cong viec)"
            r"|ten (?:nhiem vu|cong viec|bao cao|noi dung|van ban|de an|chuong trinh|hoat dong))",
        ),
        (Role.LEAD, r"chu tri.*phoi hop"),
        (
            Role.COORDINATING,
            rf"phoi hop|^(?:{_BODY}|thanh phan|luc luong) (?:tham gia|lien quan)|^thanh phan$|^luc luong$",
        ),
        (Role.START, r"(?:thoi gian|ngay|thoi diem)? ?bat dau|tu ngay$"),
        (Role.END, r"(?:thoi gian|ngay|thoi diem)? ?ket thuc$|^den ngay$"),
        (
            Role.TIMING,
            r"tien do|thoi gian|thoi han|^han|thoi diem|^hoan thanh|(?:ngay|moc) hoan thanh|lo trinh|ky han|^ky bao cao"
            r"|^tan suat|^dinh ky$|^deadline|^(?:ngay|tuan|thang|quy|thu)(?:[,/ ]+(?:ngay|tuan|thang|quy))*$",
        ),
        (Role.STATE, r"trang thai|tinh trang"),
        (Role.RESULT, r"ket qua|san pham|dau ra|yeu cau (?:ket qua|san pham)"),
        (
            Role.LEAD,
            rf"chu tri|{_BODY}[^a-z]*(?:,? ?{_BODY})* (?:chinh |truc tiep )?{_DOES}|phan cong|trach nhiem"
            r"|^thuc hien$|^phu trach$",
        ),
        (Role.LEAD, rf"^{_BODY}(?:[,/ ]+{_BODY})*$"),
        (Role.MARK, r"^(?:quy [ivx1-4]+|thang \d{1,2}|t\d{1,2})(?:(?: ?/| nam) ?20\d\d)?$|^nam 20\d\d$"),
        (
            Role.TITLE,
            r"^(?:nhom|mang|khoi)\b|nhiem vu|noi dung|cong viec|giai phap|bien phap|hoat dong|dau viec|linh vuc"
            r"|viec can lam|chi tieu|tieu chi",
        ),
        (Role.RESULT, r"muc tieu|chi so|^yeu cau|^ke hoach (?:nam )?20\d\d$"),
    )
)
_MAX_LABEL = 70


@lru_cache(maxsize=1024)
def role_of(label: str) -> Role | None:
    """The role that a header label names; None for an unknown one."""
    whole = fold(squeeze(label))
    if re.match(r"tien do[^(]{0,20}\( ?%", whole):
        return Role.PROGRESS
    text = re.sub(r"\([^)]*\)", " ", whole)
    text = squeeze(text.replace("*", " ")).strip(" .:;")
    if not text or len(text) > _MAX_LABEL:
        return None
    return next((role for role, pattern in _WORDS if pattern.search(text)), None)


@dataclass(frozen=True, slots=True)
class Layout:
    """The roles of a table's columns with their labels."""

    roles: tuple[Role | None, ...]
    labels: tuple[str, ...]

    @property
    def title(self) -> int:
        """Where the title stands."""
        return self.roles.index(Role.TITLE)

    @property
    def is_tracking(self) -> bool:
        """Whether this is an office's tracking sheet."""
        known = set(self.roles)
        return Role.PROGRESS in known or (Role.STATE in known and Role.TIMING in known)

    def aligned(self, cells: Sequence[Cell]) -> tuple[Cell, ...]:
        """The cells in the header's columns.

        Pasted text prints a header without its second number column.
        """
        if self.labels[-1] or len(cells) < len(self.roles) or not 0 < self.title < len(cells) - 1:
            return tuple(cells)
        title, following = cells[self.title].text, cells[self.title + 1].text
        shifted = bool(cells[-1].text) or (bool(following) and (not title or read_marker(title) is not None))
        if not shifted:
            return tuple(cells)
        return (*cells[: self.title - 1], _both(cells[self.title - 1], cells[self.title]), *cells[self.title + 1 :])


def _both(first: Cell, second: Cell) -> Cell:
    """Two number cells as one; the nearest to the title wins."""
    return second if second.text else first


def read_header(rows: Sequence[Row], at: int) -> tuple[Layout, int] | None:
    """The header at row `at` with its height; None if none begins."""
    labels = _labels(rows[at])
    first = next(filter(None, labels), "")
    if any(len(label) > _MAX_LABEL for label in labels) or read_marker(first) is not None:
        return None
    roles = [role_of(label) for label in labels]
    if not _is_header(labels, roles):
        return None
    taken = 1
    if Role.NUMBER not in roles and at + 1 < len(rows) and _is_band(labels, rows[at + 1]):
        labels, taken = _under_band(labels, _labels(rows[at + 1])), 2
        roles = [role_of(label) for label in labels]
    while taken < _MOST_HEADER_ROWS and at + taken < len(rows) and _is_sub_header(rows[at + taken], roles):
        for column, label in enumerate(_labels(rows[at + taken])[: len(roles)]):
            if label:
                roles[column] = _sub_role(label, labels[column], roles[column])
                labels[column] = _month_or_quarter(label, labels[column])
        taken += 1
    if at + taken < len(rows) and _is_count(rows[at + taken]):
        taken += 1
    _by_contents(roles, labels, rows[at + taken : at + taken + _LOOKED_AT])
    return Layout(tuple(_settled(roles, labels)), tuple(labels)), taken


_MOST_HEADER_ROWS = 4
_LOOKED_AT = 60
"""Rows under a header whose contents say what its columns mean."""

_PLANNED = re.compile(r"^(?:theo |thoi gian |ngay )?(?:du kien|ke hoach|quy dinh|yeu cau|duoc giao)$")
_ACTUAL = re.compile(r"^(?:thoi gian |ngay |ket qua )?(?:thuc te|thuc hien|da thuc hien|hoan thanh thuc te)$")


def _sub_role(label: str, above: str, role: Role | None) -> Role | None:
    """What a label says under another one."""
    folded = fold(squeeze(label)).strip(" .:;")
    if role in (Role.TIMING, Role.START, Role.END):
        if _PLANNED.match(folded):
            return role
        if _ACTUAL.match(folded):
            return Role.OTHER
    return role_of(_month_or_quarter(label, above))


def _is_band(labels: list[str], following: Row) -> bool:
    """Whether a header is only a band over the real one."""
    if len(following.cells) != len(labels) or len(set(filter(None, labels))) * 2 > len(labels):
        return False
    below = _labels(following)
    roles = [role_of(label) for label in below]
    return Role.NUMBER in roles and all(len(label) <= _MAX_LABEL for label in below) and _is_header(below, roles)


def _under_band(above: list[str], labels: list[str]) -> list[str]:
    return [label or band for band, label in zip(above, labels, strict=True)]


_MEASURES = re.compile(
    r"%|‰|\d*|(?:thu bac|bac|lop|ho|ho so|nguoi|diem|lan|luot|cuoc|van ban|tthc|thu tuc|(?:trieu|ty|nghin|ngan)? ?dong"
    r"|ha|km2?|m2?|met|tan|kg|ta|cai|bo|bai|tin|tin bai|buoi|hoi nghi|mo hinh|sang kien|bao cao|ke hoach|quyet dinh"
    r"|thon|xa"
    r"|truong hop|cong trinh|du an|nhiem vu|chi tieu|ty le|phan tram|ngay|thang|gio|phut|chiec|may|phieu|y kien|don vi"
    r"|doanh nghiep|co so|ho gia dinh|can bo|hoc sinh|dich vu|van ban|giay phep|to|tieu chi|cay|con|suat|xe|lit|giai)"
    r"(?:\s*/\s*\S.{0,20})?"
)
_OFFICE = re.compile(
    r"\b(?:phong|ban|van phong|vp|trung tam|tt|so|ubnd|hdnd|cong an|hoi|doan|tram|truong|chi cuc|cong chuc|bo phan"
    r"|bch|mttq|ubmttq|uy ban|co quan|dang uy|to|thon|khu pho)\b"
)
_FIGURE = re.compile(r"[<>≥≤=]?\s*\d[\d.,/ ]*\s*%?|[-–xX+]")


def _by_contents(roles: list[Role | None], labels: list[str], rows: Sequence[Row]) -> None:
    """Correct roles by contents: measures are no units, figures no titles."""
    for column, role in enumerate(roles):
        texts = [squeeze(row.cells[column].text) for row in rows if column < len(row.cells) and row.cells[column].text]
        folded = [fold(text) for text in texts]
        if role is Role.LEAD and fold(labels[column]).strip(" .:") in ("don vi", "dv") and texts:
            measures = sum(1 for text in folded if _MEASURES.fullmatch(text))
            offices = sum(1 for text in folded if _OFFICE.search(text) and not _MEASURES.fullmatch(text))
            if measures > offices:
                roles[column] = Role.MEASURE
        elif role is Role.TITLE and len(texts) > 0 and all(_FIGURE.fullmatch(text) for text in texts):
            others = [one for at, one in enumerate(roles) if one is Role.TITLE and at != column]
            if others:
                roles[column] = Role.RESULT


def repeats(again: Layout, layout: Layout) -> bool:
    """Whether a header inside a table repeats the one above.

    A task may be worded like a header ("Nội dung …", "Phòng …", "Kết quả rà soát").
    """
    if any(role_of(label) is Role.NUMBER for label in again.labels):
        return True
    same = set(map(fold, filter(None, again.labels))) & set(map(fold, filter(None, layout.labels)))
    return len(same) * 2 >= len(set(filter(None, again.labels)))


def _labels(row: Row, fill: bool = True) -> list[str]:
    """The labels of a header row; wide ones stand over each column."""
    labels: list[str] = []
    span, current = 0, ""
    for cell in row.cells:
        if cell.covered and span > 0 and fill:
            span -= 1
            labels.append(current)
        else:
            span, current = cell.span - 1, squeeze(cell.text)
            labels.append("" if cell.covered else current)
    return labels


_SAYS_MORE = re.compile(r":\s*\S|\d\.\d|\d+[.)]\s")
"""In a task ("Nhiệm vụ 2: Đơn giản hóa"), not in a label."""


def _is_header(labels: list[str], roles: list[Role | None]) -> bool:
    known = {role for role in roles if role and role is not Role.OTHER}
    if roles.count(Role.MARK) == 1:
        known.discard(Role.MARK)  # one "Quý IV" is a time, several are columns to mark
    if not any(role is Role.TITLE and not _SAYS_MORE.search(label) for role, label in zip(roles, labels, strict=True)):
        return False
    filled = [label for label in labels if label]
    recognised = sum(1 for role in roles if role)
    return (
        len(known) >= 2
        and len(set(filled)) >= 2
        and recognised * 2 >= len(filled)
        and bool(known - {Role.NUMBER, Role.TITLE})
    )


def _is_sub_header(row: Row, roles: list[Role | None]) -> bool:
    """Whether a row holds only labels, none under title or number."""
    filled = [(column, squeeze(cell.text)) for column, cell in enumerate(row.cells) if cell.text]
    if not filled or len(row.cells) > len(roles):
        return False
    allowed = {
        Role.LEAD,
        Role.COORDINATING,
        Role.TIMING,
        Role.START,
        Role.END,
        Role.MARK,
        Role.RESULT,
        Role.LEADER,
        Role.NUMBER,
    }
    return all(
        roles[column] not in (Role.TITLE, Role.NUMBER)
        and len(label) <= 40
        and (
            role_of(label) in allowed
            or (
                roles[column] in (Role.TIMING, Role.START, Role.END, Role.MARK)
                and (_month_or_quarter(label, "") != label or _qualifies(label))
            )
        )
        for column, label in filled
    )


def _qualifies(label: str) -> bool:
    folded = fold(squeeze(label)).strip(" .:;")
    return bool(_PLANNED.match(folded) or _ACTUAL.match(folded))


def _month_or_quarter(label: str, above: str) -> str:
    """A bare month or quarter as a full label, with its year."""
    year = year_of(above)
    of_year = f"/{year}" if year and year_of(label) is None else ""
    if re.fullmatch(r"I{1,3}|IV", label) or ("quy" in fold(above) and re.fullmatch(r"[1-4]", label)):
        return f"Quý {label}{of_year}"
    if re.fullmatch(r"0?[1-9]|1[0-2]", label):
        return f"Tháng {int(label)}{of_year}"
    return f"{label}{of_year}" if re.fullmatch(r"(?i)(?:quý|tháng) [\divx]+", label) else label


def year_of(label: str) -> int | None:
    """The one year that a label prints; else None."""
    years = set(re.findall(r"(?<!\d)20\d\d(?!\d)", label))
    return int(years.pop()) if len(years) == 1 else None


def _is_count(row: Row) -> bool:
    """The row "(1) (2) (3) …" that counts the columns."""
    texts = [cell.text.strip(" ()") for cell in row.cells if cell.text.strip()]
    return (
        len(texts) >= 3
        and all(re.fullmatch(r"\d{1,2}|[A-Z]|\d=[\d+x]+", text) for text in texts)
        and (
            [text for text in texts if text.isdigit()] == sorted({text for text in texts if text.isdigit()}, key=int)
            and len([text for text in texts if text.isdigit()]) >= 3
        )
    )


def _settled(roles: list[Role | None], labels: list[str]) -> list[Role | None]:
    """Roles that depend on each other."""
    timings = [column for column, role in enumerate(roles) if role is Role.TIMING]
    progress = [column for column in timings if fold(labels[column]).startswith("tien do")]
    if progress and len(timings) > len(progress):
        for column in progress:
            roles[column] = Role.PROGRESS
    if Role.PROGRESS in roles or (Role.STATE in roles and Role.TIMING in roles):
        roles = [Role.OUTCOME if role is Role.RESULT else role for role in roles]
    roles = _leads_settled(roles, labels)
    title = _title_column(roles, labels)
    settled: list[Role | None] = []
    for column, role in enumerate(roles):
        if role is Role.TITLE and column != title:
            settled.append(Role.GROUP if column < title else Role.RESULT)
        else:
            settled.append(Role.NUMBER if role is None and column < title else role)
    return settled


_IN_CHARGE = re.compile(r"chu tri|dau moi|chiu trach nhiem|soan thao")
_OVERSEES = re.compile(r"theo doi|don doc|giam sat|danh gia|kiem tra")


def _leads_settled(roles: list[Role | None], labels: list[str]) -> list[Role | None]:
    """Beside the unit in charge doers take part and overseers do not."""
    leads = {column: fold(labels[column]) for column, role in enumerate(roles) if role is Role.LEAD}
    charged = {column for column, label in leads.items() if _IN_CHARGE.search(label)}
    overseers = {column for column, label in leads.items() if _OVERSEES.search(label)} - charged
    settled = list(roles)
    for column, label in leads.items():
        if column in overseers and len(overseers) < len(leads):
            settled[column] = Role.OTHER
        elif charged and column not in charged and "thuc hien" in label:
            settled[column] = Role.COORDINATING
    return settled


def _title_column(roles: list[Role | None], labels: list[str]) -> int:
    """The title among several: the last that is no measure."""
    columns = [column for column, role in enumerate(roles) if role is Role.TITLE]
    strong = [
        c for c in columns if not re.match(r"linh vuc|chi tieu|tieu chi|nhom|mang\b|khoi\b|muc tieu", fold(labels[c]))
    ]
    return (strong or columns[:1])[-1]
