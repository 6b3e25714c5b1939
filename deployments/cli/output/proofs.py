"""The proof of an item for the terminal and as JSON."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from config.clock import ZONE
from models.mail import NoticeState
from rules.work.answers import STATE_WORDS
from services.mail.sender import WORDS
from services.work.proof import Answered, OccurrenceProof, ToldRung


def proof_json(proofs: list[OccurrenceProof]) -> list[dict[str, Any]]:
    """Plain values: days and moments in ISO 8601, states by their codes."""
    return [_plain(asdict(proof)) for proof in proofs]


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, (date, datetime)) else value


def proof_text(title: str, proofs: list[OccurrenceProof]) -> str:
    """The proof as a person reads it."""
    parts = [title]
    for proof in proofs:
        name = " – ".join(filter(None, (proof.label, proof.unit, _day("hạn", proof.last_day))))
        state = f"hoàn thành {proof.done_on:%d/%m/%Y}" if proof.done_on else "đã hủy" if proof.cancelled else ""
        parts.append(f"\n{name}{f' ({state})' if state else ''}")
        parts += [f"  {_told_words(told)}" for told in proof.told] or ["  Chưa đến mốc nhắc nào."]
        parts += [f"  {_answer_words(answer)}" for answer in proof.answers] or ["  Chưa có trả lời."]
    return "\n".join(parts)


def _day(word: str, day: date | None) -> str:
    return f"{word} {day:%d/%m/%Y}" if day else ""


def _moment(at: datetime) -> str:
    return f"{at.astimezone(ZONE):%H:%M %d/%m/%Y}"


def _told_words(told: ToldRung) -> str:
    who = f"{told.person} ({told.audience.words})"
    line = f"{told.day:%d/%m/%Y}  {told.why} → {who}: "
    if told.state is NoticeState.PASSED_OVER:
        return line + "bỏ qua, đã nhắc mốc mới hơn"
    if told.state is NoticeState.DROPPED:
        return line + "không nhắc vì đã có trả lời"
    if told.mail_state is None:
        return line + "chờ thư của buổi sáng tới"
    sent = f"thư số {told.message_id} {WORDS[told.mail_state]}"
    if told.sent_at:
        sent += f" lúc {_moment(told.sent_at)}"
    if told.server_reply:
        sent += f", máy chủ: {told.server_code or ''} {told.server_reply}".rstrip()
    return line + sent + (f"; mở trang lúc {_moment(told.opened_at)}" if told.opened_at else "; chưa mở trang")


def _answer_words(answer: Answered) -> str:
    share = f", {answer.percent} %" if answer.percent is not None else ""
    marks = [
        *(["trả lời muộn"] if answer.late else []),
        *([f"{answer.evidence} tài liệu kiểm chứng"] if answer.evidence else []),
        *(["đã hoàn tác"] if answer.withdrawn else []),
    ]
    said = f"{_moment(answer.at)}  {answer.unit}, {answer.person}: {STATE_WORDS[answer.state.value]}{share}"
    note = f" – “{answer.note}”" if answer.note else ""
    return said + (f" ({'; '.join(marks)})" if marks else "") + note
