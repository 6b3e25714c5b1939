"""Self against verified: where points went, by criterion, unit and reason; the draft of a remedial plan."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from rules.numbers import number_words
from rules.scoring.round import LOST_REASONS

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Compared:
    """One criterion: what counts, the office's own score, the superior's (None: not verified), and why points went.

    `surveyed`: the office could not score it itself, so verification changed nothing there.
    """

    code: str
    name: str
    area_code: str
    area: str
    unit: str
    max: Decimal
    counted: Decimal
    self_score: Decimal
    verified: Decimal | None
    reason: str | None = None
    remark: str = ""
    evidence: tuple[str, ...] = ()
    surveyed: bool = False

    @property
    def last(self) -> Decimal:
        """The score that stands: the superior's where there is one."""
        return self.self_score if self.verified is None else self.verified

    @property
    def difference(self) -> Decimal:
        """What verification changed; negative where points were taken."""
        return ZERO if self.verified is None or self.surveyed else self.verified - self.self_score

    @property
    def lost(self) -> Decimal:
        """Points below what counts."""
        return max(self.counted - self.last, ZERO)


@dataclass(frozen=True, slots=True)
class Difference:
    """A year's comparison with its sums."""

    year: int
    criteria: str
    leaves: tuple[Compared, ...]
    self_total: Decimal
    verified_total: Decimal | None
    by_unit: tuple[tuple[str, Decimal, Decimal], ...]
    by_reason: tuple[tuple[str, Decimal], ...]

    @property
    def below(self) -> tuple[Compared, ...]:
        """Criteria that lost points, in the order of the set."""
        return tuple(one for one in self.leaves if one.lost)

    @property
    def changed(self) -> Decimal:
        """What verification changed of the office's own scores."""
        return sum((one.difference for one in self.leaves), ZERO)

    @property
    def self_counted(self) -> Decimal:
        """The maximum of what the office scored itself."""
        return sum((one.counted for one in self.leaves if not one.surveyed), ZERO)

    @property
    def verified_counted(self) -> Decimal:
        """The maximum of what the superior has scored so far."""
        return sum((one.counted for one in self.leaves if one.verified is not None), ZERO)


@dataclass(slots=True)
class _Sums:
    lost: Decimal = ZERO
    taken: Decimal = ZERO


def compare(
    year: int, criteria: str, leaves: Iterable[Compared], self_total: Decimal, verified_total: Decimal | None
) -> Difference:
    """Sum up a comparison: points lost by unit (with what verification took) and by reason, most first."""
    every = tuple(leaves)
    units: dict[str, _Sums] = defaultdict(_Sums)
    reasons: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for one in every:
        if one.lost or one.difference:
            units[one.unit].lost += one.lost
            units[one.unit].taken += one.difference
        if one.lost:
            reasons[reason_of(one)] += one.lost
    by_unit = sorted(((unit, sums.lost, sums.taken) for unit, sums in units.items()), key=lambda row: (-row[1], row[0]))
    by_reason = sorted(reasons.items(), key=lambda row: (-row[1], row[0]))
    return Difference(year, criteria, every, self_total, verified_total, tuple(by_unit), tuple(by_reason))


def reason_of(one: Compared) -> str:
    """Why points went: as a person said, else from what is known; a key of LOST_REASONS."""
    if one.reason in LOST_REASONS:
        return one.reason
    if not one.evidence and one.verified is None:
        return "no_evidence"
    return "not_done" if one.last == 0 else "other"


@dataclass(frozen=True, slots=True)
class Measure:
    """One line of the remedial plan: shortcoming, what is done about it, by whom, with whom, when, the result."""

    area_code: str
    area: str
    code: str
    shortcoming: str
    measure: str
    lead: str
    coordinating: str
    timing: str
    result: str


_MEASURES = {
    "late": ("Lập lịch theo dõi và hoàn thành đúng thời hạn quy định: {name}", "Quý I/{year}"),
    "no_evidence": (
        "Ban hành, lưu trữ và cập nhật đầy đủ tài liệu kiểm chứng ({evidence}) của nội dung: {name}",
        "Định kỳ hằng quý",
    ),
    "not_signed": ("Ký số đầy đủ các văn bản điện tử phục vụ nội dung: {name}", "Quý I/{year}"),
    "content": ("Rà soát, hoàn thiện nội dung bảo đảm đúng hướng dẫn: {name}", "Trong năm {year}"),
    "not_done": ("Xây dựng kế hoạch và tổ chức triển khai thực hiện: {name}", "Trong năm {year}"),
    "other": ("Khắc phục tồn tại, nâng cao điểm số tiêu chí: {name}", "Trong năm {year}"),
}


def remedial_plan(difference: Difference, focal: str) -> tuple[Measure, ...]:
    """A draft for the year after: one measure for each criterion that lost points, by area. A person completes it."""
    return tuple(_measure(one, difference.year + 1, focal) for one in difference.below)


def _measure(one: Compared, year: int, focal: str) -> Measure:
    reason = reason_of(one)
    words, timing = _MEASURES[reason]
    evidence = "; ".join(one.evidence) or "văn bản, số liệu, hình ảnh"
    cause = LOST_REASONS[reason].lower()
    remark = f"; {one.remark.rstrip('.')}" if one.remark else ""
    lead = one.unit or focal
    return Measure(
        area_code=one.area_code,
        area=one.area,
        code=one.code,
        shortcoming=f"Năm {year - 1} đạt {number_words(one.last)}/{number_words(one.counted)} điểm: {cause}{remark}",
        measure=words.format(name=one.name, evidence=evidence),
        lead=lead,
        coordinating=focal if focal != lead else "",
        timing=timing.format(year=year),
        result=f"Tiêu chí {one.code} đạt điểm tối đa {number_words(one.max)}",
    )


@dataclass(frozen=True, slots=True)
class PlanDraft:
    """The draft plan with what stands around it."""

    authority: str
    place: str
    year: int
    measures: tuple[Measure, ...]
    self_total: Decimal
    verified_total: Decimal | None
    self_counted: Decimal
    verified_counted: Decimal
    below: int
    of: int
    by_reason: tuple[tuple[str, Decimal], ...] = field(default=())
    signer: str = ""
