"""A document named as proof: number and symbol, date, who issued it, where in it, and a link.

Pure: what was typed comes in as text, problems go out tied to their fields.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from rules.work.answers import Problem, clean_text, read_day

LIMITS = {"reference": 120, "issued_by": 300, "place": 300, "url": 2_000}
_NAMES = {
    "reference": "Số, ký hiệu",
    "issued_by": "Cơ quan ban hành",
    "place": "Trang, mục",
    "url": "Liên kết",
}


@dataclass(frozen=True, slots=True)
class Reference:
    """A document that proves: "12/BC-UBND" of a day, by a body, the page or section, and where to read it."""

    reference: str | None = None
    issued_on: date | None = None
    issued_by: str | None = None
    place: str | None = None
    url: str | None = None

    @property
    def words(self) -> str:
        """The document in one line."""
        day = f"ngày {self.issued_on:%d/%m/%Y}" if self.issued_on else None
        by = f"của {self.issued_by}" if self.issued_by else None
        return " ".join(filter(None, (f"số {self.reference}" if self.reference else None, day, by))) + (
            f", {self.place}" if self.place else ""
        )


def read_reference(
    fields: Mapping[str, str], today: date, *, complete: bool = False
) -> tuple[Reference | None, tuple[Problem, ...]]:
    """The reference in what was typed (`reference`, `issued_on`, `issued_by`, `place`, `url`); None: nothing typed.

    `complete`: number, day and page or section must all be there, as those who verify scores ask for them.
    """
    texts = {name: " ".join(clean_text(fields.get(name, "")).split()) for name in LIMITS}
    day_text = fields.get("issued_on", "").strip()
    if not any(texts.values()) and not day_text:
        return None, ()
    problems = [
        Problem(name, f"{_NAMES[name]} dài quá {limit} ký tự.")
        for name, limit in LIMITS.items()
        if len(texts[name]) > limit
    ]
    day = read_day(day_text) if day_text else None
    if day_text and day is None:
        problems.append(Problem("issued_on", "Ngày văn bản phải viết theo dạng ngày/tháng/năm, ví dụ 31/12/2025."))
    elif day is not None and day > today:
        problems.append(Problem("issued_on", "Ngày văn bản không thể sau hôm nay."))
    if texts["url"] and not _is_web_address(texts["url"]):
        problems.append(Problem("url", "Liên kết phải bắt đầu bằng http:// hoặc https:// và không có dấu cách."))
    if not texts["reference"] and not texts["url"]:
        problems.append(Problem("reference", "Hãy ghi số, ký hiệu văn bản (ví dụ 12/BC-UBND) hoặc liên kết."))
    elif complete:
        problems += _missing(texts, day_text)
    if problems:
        return None, tuple(problems)
    return Reference(texts["reference"] or None, day, *_rest(texts)), ()


def _missing(texts: Mapping[str, str], day_text: str) -> list[Problem]:
    """What a complete reference still needs."""
    wanted = {"reference": texts["reference"], "issued_on": day_text, "place": texts["place"]}
    words = {"reference": "số, ký hiệu", "issued_on": "ngày", "place": "trang hoặc mục"}
    return [
        Problem(name, f"Cơ quan quy định văn bản dẫn chiếu phải ghi {words[name]}.")
        for name, text in wanted.items()
        if not text
    ]


def _rest(texts: Mapping[str, str]) -> tuple[str | None, str | None, str | None]:
    return texts["issued_by"] or None, texts["place"] or None, texts["url"] or None


def _is_web_address(url: str) -> bool:
    return url.lower().startswith(("http://", "https://")) and " " not in url and len(url) > len("https://")
