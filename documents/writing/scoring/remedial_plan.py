"""The draft of a remedial plan (Kế hoạch khắc phục) in the legal form, whose annex `dondoc plan import` reads again."""

from collections.abc import Iterator

from documents.writing.official.docx import Column, Frame, OfficialDocument, Text, roman
from documents.writing.official.form import Signature, full_name
from rules.numbers import number_words
from rules.scoring.difference import Measure, PlanDraft
from rules.scoring.round import LOST_REASONS

_COLUMNS = (
    Column("STT", 6, centred=True),
    Column("Nhiệm vụ, giải pháp khắc phục", 30),
    Column("Tồn tại, hạn chế", 24),
    Column("Cơ quan chủ trì", 14),
    Column("Cơ quan phối hợp", 14),
    Column("Thời gian thực hiện", 11),
    Column("Kết quả, sản phẩm", 17),
)


def remedial_plan_docx(draft: PlanDraft) -> bytes:
    """The draft as .docx: what was lost and why, and the annex of measures with lead, coordinators and timing."""
    plan = OfficialDocument(_frame(draft))
    plan.heading("I. KẾT QUẢ VÀ TỒN TẠI, HẠN CHẾ", 1)
    for text in _results(draft):
        plan.paragraph(text)
    plan.heading("II. NHIỆM VỤ, GIẢI PHÁP KHẮC PHỤC", 1)
    plan.paragraph(
        f"Các nhiệm vụ, giải pháp khắc phục năm {draft.year}, cơ quan chủ trì, phối hợp và thời gian thực hiện "
        "nêu tại Phụ lục kèm theo Kế hoạch này."
    )
    plan.heading("III. TỔ CHỨC THỰC HIỆN", 1)
    plan.paragraph("Các cơ quan, đơn vị được giao chủ trì tổ chức thực hiện và báo cáo kết quả theo các kỳ báo cáo.")
    plan.close()
    plan.annex("Nhiệm vụ, giải pháp khắc phục tồn tại, hạn chế", alone=True)
    plan.table(_COLUMNS, list(_rows(draft.measures)))
    return plan.to_bytes()


def _frame(draft: PlanDraft) -> Frame:
    return Frame(
        issuer=draft.authority,
        symbol="KH-UBND",
        place=draft.place,
        subject=f"Khắc phục tồn tại, hạn chế và nâng cao Chỉ số cải cách hành chính năm {draft.year}",
        signature=Signature(lines=("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"), name=draft.signer),
        kind="KẾ HOẠCH",
        year=draft.year,
        recipients=("Các cơ quan, đơn vị", "Lãnh đạo UBND"),
        archive="VT",
    )


def _results(draft: PlanDraft) -> Iterator[str]:
    last = draft.year - 1
    own = f"tự chấm {number_words(draft.self_total)}/{number_words(draft.self_counted)} điểm"
    verified = ""
    if draft.verified_total is not None:
        verified = f", thẩm định {number_words(draft.verified_total)}/{number_words(draft.verified_counted)} điểm"
        verified += " (gồm điều tra xã hội học)" if draft.verified_counted > draft.self_counted else ""
    yield (
        f"Năm {last}, Chỉ số cải cách hành chính của {full_name(draft.authority)}: {own}{verified}; "
        f"{draft.below}/{draft.of} tiêu chí chưa đạt điểm tối đa."
    )
    if draft.by_reason:
        parts = "; ".join(
            f"{LOST_REASONS[key].lower()}: {number_words(points)} điểm" for key, points in draft.by_reason
        )
        yield f"Điểm bị mất theo nguyên nhân: {parts}."


def _rows(measures: tuple[Measure, ...]) -> Iterator[tuple[Text, ...] | str]:
    """A heading row for each area, then its measures numbered from 1."""
    area, areas, number = "", 0, 0
    for one in measures:
        if one.area_code != area:
            area, areas, number = one.area_code, areas + 1, 0
            yield f"{roman(areas)}. {one.area.upper()}"
        number += 1
        yield (str(number), one.measure, one.shortcoming, one.lead, one.coordinating, one.timing, one.result)
