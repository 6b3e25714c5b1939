"""The request for verification (Tờ trình) in the form of Decree 30/2020, with its annexes."""

from documents.writing.official.docx import Column, Frame, OfficialDocument, Run, Text
from documents.writing.official.form import Signature, full_name
from rules.numbers import number_words
from rules.scoring.dossier import DossierFacts, Row, added_proofs, proofs_in

SUBJECT = "Về việc đề nghị {verify} kết quả tự chấm điểm Chỉ số cải cách hành chính năm {year}"


def score_letter(facts: DossierFacts) -> bytes:
    """The letter as .docx: who asks, the total, the areas; annexes with all scores, explanations and evidence."""
    letter = OfficialDocument(_frame(facts))
    _text(letter, facts)
    letter.close()
    letter.annex(f"Bảng tổng hợp điểm tự chấm năm {facts.year}")
    groups = [number for number, row in enumerate(facts.rows) if not row.is_leaf]
    letter.table(_SUMMARY, [_summary_row(row) for row in facts.rows] + [_total_row(facts)], headings=groups)
    letter.annex("Giải trình các tiêu chí chưa đạt điểm tối đa")
    letter.table(_EXPLAINED, [_explained(row) for row in facts.to_explain] or ["Không có."])
    letter.annex("Danh mục tài liệu kiểm chứng")
    index = [(str(n), code, proof.words, proof.path or proof.url or "Văn bản đã nêu") for n, (code, proof) in
             enumerate(proofs_in(facts.rows), 1)]  # fmt: skip
    letter.table(_EVIDENCE, index or ["Không có."])
    if facts.explained_anew:
        letter.annex("Giải trình theo yêu cầu của cơ quan thẩm định")
        letter.table(_ANEW, [_explained_anew(row) for row in facts.explained_anew])
    return letter.to_bytes()


_SUMMARY = (
    Column("Mã", 6, centred=True),
    Column("Lĩnh vực, tiêu chí, tiêu chí thành phần", 30),
    Column("Điểm tối đa", 7, centred=True),
    Column("Điểm tự chấm", 7, centred=True),
    Column("Cách tính điểm", 28),
    Column("Tài liệu kiểm chứng", 22),
)
_EXPLAINED = (
    Column("Mã", 6, centred=True),
    Column("Tiêu chí", 26),
    Column("Điểm tự chấm/tối đa", 10, centred=True),
    Column("Giải trình", 40),
    Column("Đơn vị", 18),
)
_ANEW = (
    Column("Mã", 6, centred=True),
    Column("Tiêu chí", 18),
    Column("Điểm tự chấm; thẩm định", 9, centred=True),
    Column("Yêu cầu giải trình", 19),
    Column("Giải trình", 24),
    Column("Tài liệu bổ sung", 24),
)
_EVIDENCE = (
    Column("STT", 5, centred=True),
    Column("Tiêu chí", 8, centred=True),
    Column("Tài liệu kiểm chứng", 50),
    Column("Tệp trong hồ sơ", 37),
)


def _frame(facts: DossierFacts) -> Frame:
    basis = f"Căn cứ {facts.decision}" if facts.decision else f"Căn cứ {facts.criteria}"
    return Frame(
        issuer=facts.authority,
        symbol=facts.symbol,
        place=facts.place,
        subject=SUBJECT.format(year=facts.year, verify=_verify(facts)),
        signature=Signature(lines=facts.signature, name=facts.signer),
        kind="TỜ TRÌNH",
        year=facts.sealed_on.year,
        addressees=(facts.superior,),
        bases=(basis,),
        recipients=("Như trên", "Các phòng, đơn vị thuộc UBND"),
        archive="VT",
    )


def _text(letter: OfficialDocument, facts: DossierFacts) -> None:
    whole = f"{number_words(facts.total)}/{number_words(facts.counted)} điểm"
    letter.paragraph(
        f"{full_name(facts.authority)} đã tổ chức tự chấm điểm Chỉ số cải cách hành chính năm {facts.year} "
        f"theo {facts.criteria}. Kết quả tự chấm đạt {whole}, cụ thể theo từng lĩnh vực như sau:"
    )
    columns = (Column("TT", 6, centred=True), Column("Lĩnh vực", 60), Column("Điểm tối đa", 14, centred=True),
               Column("Điểm tự chấm", 14, centred=True))  # fmt: skip
    letter.table(
        columns, [(row.code, row.name, number_words(row.counted or row.max), _score(row)) for row in facts.areas]
    )
    if facts.pending:
        letter.paragraph(
            f"Kết quả trên chưa bao gồm {number_words(facts.pending)} điểm điều tra xã hội học do cơ quan thẩm định "
            "xác định."
        )
    if facts.max - facts.counted - facts.pending > 0:
        deducted = number_words(facts.max - facts.counted - facts.pending)
        letter.paragraph(f"Điểm tối đa đã trừ {deducted} điểm của các tiêu chí không áp dụng tại địa phương.")
    explained = len(facts.to_explain)
    proofs = len(proofs_in(facts.rows))
    letter.paragraph(
        f"Kèm theo Tờ trình này là Bảng tổng hợp điểm tự chấm {len(facts.leaves)} tiêu chí (Phụ lục I), giải trình "
        f"{explained} tiêu chí (Phụ lục II) và danh mục {proofs} tài liệu kiểm chứng (Phụ lục III), cùng các tệp "
        "tài liệu trong hồ sơ điện tử."
    )
    if anew := len(facts.explained_anew):
        letter.paragraph(
            f"Thực hiện yêu cầu của cơ quan thẩm định, {full_name(facts.authority)} giải trình {anew} tiêu chí tại "
            "Phụ lục IV, kèm tài liệu bổ sung nếu có."
        )
    letter.paragraph(
        f"{full_name(facts.authority)} kính đề nghị {facts.superior} xem xét, {_verify(facts)} kết quả tự chấm điểm "
        "nêu trên."
    )


def _verify(facts: DossierFacts) -> str:
    return "thẩm định lần hai" if facts.explained_anew else "thẩm định"


def _score(row: Row) -> str:
    if row.is_set_aside:
        return "không áp dụng"
    return "chưa có" if row.score is None or (not row.counted and not row.is_beside) else number_words(row.score)


def _summary_row(row: Row) -> tuple[Text, ...]:
    proofs = "\n".join(proof.words for proof in row.words.proofs)
    cells = (row.code, row.name, number_words(row.max), _score(row), row.calculation, proofs)
    if row.is_leaf:
        return cells
    return tuple((Run(cell, bold=True),) if cell else "" for cell in cells)


def _total_row(facts: DossierFacts) -> tuple[Text, ...]:
    cells = ("", "TỔNG ĐIỂM", number_words(facts.max), number_words(facts.total), "", "")
    return tuple((Run(cell, bold=True),) if cell else "" for cell in cells)


def _explained(row: Row) -> tuple[str, ...]:
    share = f"{_score(row)}/{number_words(row.max)}"
    return row.code, row.name, share, row.words.explanation or row.calculation, row.words.unit


def _explained_anew(row: Row) -> tuple[str, ...]:
    given = "chưa cho điểm" if row.words.verified is None else number_words(row.words.verified)
    return row.code, row.name, f"{_score(row)}; {given}", row.words.question, row.words.reply, added_proofs(row)
