"""The steps of a yearly self-scoring round, and what each may follow. Pure: days are parameters.

open → units score → focal unit reviews, returns → leader approves → dossier → the
superior verifies, asks for explanations → second round → final.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from rules.numbers import read_small


class RoundState(StrEnum):
    """Where a round stands."""

    SCORING = "scoring"
    REVIEW = "review"
    APPROVAL = "approval"
    APPROVED = "approved"
    SENT = "sent"
    VERIFIED = "verified"
    SECOND = "second"
    FINAL = "final"

    @property
    def words(self) -> str:
        """In Vietnamese, for people and for the Prefect UI."""
        return ROUND_WORDS[self]


ROUND_WORDS = {
    RoundState.SCORING: "Các đơn vị đang tự chấm",
    RoundState.REVIEW: "Cơ quan đầu mối đang rà soát",
    RoundState.APPROVAL: "Chờ lãnh đạo duyệt",
    RoundState.APPROVED: "Lãnh đạo đã duyệt",
    RoundState.SENT: "Đã gửi hồ sơ, chờ thẩm định",
    RoundState.VERIFIED: "Đã có điểm thẩm định, đang giải trình",
    RoundState.SECOND: "Đã giải trình, chờ thẩm định lần hai",
    RoundState.FINAL: "Đã có kết quả chính thức",
}

_NEXT = {
    RoundState.SCORING: {RoundState.REVIEW},
    RoundState.REVIEW: {RoundState.SCORING, RoundState.APPROVAL},
    RoundState.APPROVAL: {RoundState.REVIEW, RoundState.APPROVED},
    RoundState.APPROVED: {RoundState.REVIEW, RoundState.SENT},
    RoundState.SENT: {RoundState.REVIEW, RoundState.VERIFIED},
    RoundState.VERIFIED: {RoundState.SECOND, RoundState.FINAL},
    RoundState.SECOND: {RoundState.VERIFIED, RoundState.FINAL},
    RoundState.FINAL: {RoundState.VERIFIED},
}


"""Back to REVIEW, SCORING or from FINAL goes only who says why (services/scoring/reopening)."""


def may_follow(now: RoundState, then: RoundState) -> bool:
    """Whether a round may go from one state to another."""
    return then in _NEXT[now]


class ScoreState(StrEnum):
    """Where the self-score of one criterion stands."""

    OPEN = "open"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"


SCORE_WORDS = {
    ScoreState.OPEN: "Chưa chấm",
    ScoreState.SUBMITTED: "Đã chấm, chờ rà soát",
    ScoreState.RETURNED: "Bị trả lại",
    ScoreState.ACCEPTED: "Đã rà soát",
}

LOST_REASONS = {
    "late": "Thực hiện chậm so với quy định",
    "no_evidence": "Không có hoặc thiếu tài liệu kiểm chứng",
    "not_signed": "Văn bản chưa ký số",
    "content": "Nội dung chưa bảo đảm yêu cầu",
    "not_done": "Chưa triển khai thực hiện",
    "other": "Nguyên nhân khác",
}
"""Why points were lost, as the plans that make good for them name it."""


@dataclass(frozen=True, slots=True)
class Verification:
    """What the superior says of one criterion: its score, a remark, a question that wants an explanation, why lost."""

    criterion: str
    score: Decimal | None
    remark: str = ""
    question: str = ""
    lost_because: str | None = None


def read_verified(text: str) -> Decimal | None:
    """Points as a superior's score is typed, to four decimals; None for nothing. Raises ValueError (Vietnamese)."""
    if not text.strip():
        return None
    number = read_small(text)
    if number is None:
        raise ValueError(f"“{text.strip()}” không phải là số; viết như 4,5 hoặc 4.5")
    return round(number, 4)


def may_enter(
    state: RoundState, score: ScoreState, today: date, until: date, reopened_until: date | None
) -> str | None:
    """Why a unit may not change its score now, in one Vietnamese sentence; None when it may."""
    if reopened_until is not None and today <= reopened_until and state in (RoundState.SCORING, RoundState.REVIEW):
        return None
    if state is RoundState.REVIEW and score is ScoreState.RETURNED:
        return None
    if state is not RoundState.SCORING:
        return f"Đợt chấm điểm đang ở bước “{ROUND_WORDS[state]}” nên không sửa điểm được."
    if today > until and score is not ScoreState.RETURNED:
        return f"Đã hết hạn tự chấm ngày {until:%d/%m/%Y}; đề nghị cơ quan đầu mối mở lại kèm lý do."
    return None


def may_explain(state: RoundState, question: str | None, today: date, until: date | None) -> str | None:
    """Why a unit may not explain its score now, in one Vietnamese sentence; None when it may. `until` None: no day."""
    if state is not RoundState.VERIFIED:
        return "Chưa có kết quả thẩm định để giải trình, hoặc giải trình đã gửi."
    if not question:
        return "Cơ quan thẩm định không yêu cầu giải trình tiêu chí này."
    if until is not None and today > until:
        return f"Đã hết hạn giải trình ngày {until:%d/%m/%Y}; đề nghị cơ quan đầu mối mở lại kèm lý do."
    return None


def asked_since(opened_on: date, until: date, today: date, reopened_on: date | None = None) -> date:
    """The newest day, up to today, on which units that owe scores are to be asked.

    They are asked on the opening day, a week later, and three, one and no days before their last day; also on the
    day on which the round was opened again. Whoever had no mail since then is due one: a missed day is made up for.
    """
    before_last = [until - timedelta(days=days) for days in (3, 1, 0)]
    days = [opened_on + timedelta(days=7), *before_last, *([reopened_on] if reopened_on else [])]
    return max((day for day in days if opened_on <= day <= today), default=opened_on)
