"""The second round's dossier: the explanation and what it brings in letter, workbook and files; sent once."""

import json
import zipfile
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

import docx
import openpyxl
import pytest
from sqlalchemy import select

from config.settings import load_settings
from documents.reading.criteria.score_return import read_verification
from models import Authority, Evidence, Message, ScoreRound
from models.mail import MessageKind
from models.session import reading, transaction
from rules.scoring.round import RoundState
from services.documents import keep_document, stored_document
from services.errors import StoreError
from services.scoring import steps as scoring
from services.scoring import steps as scoring_steps
from services.scoring.criteria import criteria_of
from services.scoring.dossier import mail as scoring_mails
from services.scoring.dossier import record as scoring_dossier
from services.scoring.dossier.sending import Handover
from services.scoring.run import run_rounds
from tests.scoring import by
from tests.services.scoring.test_year import FIRST, HERE, LATER, OFFICE, approved, commune, verified, workbook

__all__ = ["commune"]

TODAY = date(2026, 1, 12)


def brought(tmp_path: Path) -> list[int]:
    """A signed decision as a file, and a report that is only named."""
    pdf = tmp_path / "Quyết định 88.pdf"
    pdf.write_bytes(b"%PDF-1.4\n% quyet dinh 88\n%%EOF\n")
    with transaction() as session:
        owner = session.scalars(select(Authority)).one()
        kept = keep_document(pdf, load_settings().documents)
        head = {"authority_id": owner.id, "unit_id": owner.focal_unit_id, "created_at": OFFICE.at}
        file = Evidence(document=stored_document(session, kept, OFFICE.at), name=kept.name, **head)
        named = Evidence(reference="12/BC-UBND", issued_on=date(2025, 11, 20), place="trang 4", **head)
        session.add_all([file, named])
        session.flush()
        return [file.id, named.id]


@pytest.fixture
def asked(commune: str, tmp_path: Path) -> None:
    """The superior has given its points and asks about 1.1; the dossier went by mail."""
    approved()
    sheet = workbook(tmp_path)
    scoring_mails.send_dossier(None, None, OFFICE, LATER)
    scoring_steps.import_verification(HERE, verified(tmp_path, sheet, FIRST), by("Sở Nội vụ"))


def dossier_mails() -> int:
    with reading() as session:
        return len(session.scalars(select(Message).where(Message.kind == MessageKind.SCORE_DOSSIER)).all())


def test_the_second_dossier_holds_the_explanation_and_what_it_brings(asked: None, tmp_path: Path) -> None:
    before = scoring.shown(None, None)["total"]
    scoring_steps.explain_score(HERE, "1.1", "Báo cáo quý đã gửi", OFFICE, brought(tmp_path))
    scoring_steps.explain_score(HERE, "1.1", "Báo cáo quý đã gửi đúng hạn", OFFICE)
    scoring_steps.second_round(HERE, OFFICE)
    sealed = scoring_dossier.seal(None, None, OFFICE)
    assert (sealed.version, scoring.shown(None, None)["total"]) == (2, before)
    with zipfile.ZipFile(sealed.path) as archive:
        assert b"% quyet dinh 88" in b"".join(archive.read(one) for one in archive.namelist() if "Quyết" in one)
        manifest = json.loads(archive.read("MANIFEST.json"))
        letter = docx.Document(BytesIO(archive.read("01-to-trinh-va-phu-luc.docx")))
        book = openpyxl.load_workbook(BytesIO(archive.read("02-bang-tong-hop.xlsx")))
        archive.extract("02-bang-tong-hop.xlsx", tmp_path)
    assert sum("Quyết định 88" in one["path"] for one in manifest["files"]) == 1
    assert any("thẩm định lần hai" in paragraph.text for paragraph in letter.paragraphs)
    (row,) = [[cell.text for cell in row.cells] for row in letter.tables[-1].rows][1:]
    assert row[0] == "1.1"
    assert row[3:5] == ["Giải trình mức độ hoàn thành", "Báo cáo quý đã gửi đúng hạn"]
    assert "12/BC-UBND ngày 20/11/2025, trang 4 (bổ sung khi giải trình)" in row[5]
    assert "Quyết định 88.pdf]" in row[5]
    assert book["Giải trình lần hai"]["F2"].value == "Báo cáo quý đã gửi đúng hạn"
    with reading() as session:
        criteria = criteria_of(session.scalars(select(ScoreRound)).one().criteria)
    assert read_verification(tmp_path / "02-bang-tong-hop.xlsx", criteria)


def test_explanations_are_sent_once_by_themselves(asked: None, tmp_path: Path) -> None:
    scoring_steps.explain_score(HERE, "1.1", "Đã gửi", OFFICE, brought(tmp_path))
    assert run_rounds(None, TODAY)[0].state is RoundState.VERIFIED
    assert dossier_mails() == 1
    scoring_steps.second_round(HERE, by("đầu mối", TODAY))
    (went,) = run_rounds(None, TODAY)
    assert (went.state, went.problem) == (RoundState.SECOND, None)
    assert "gửi hồ sơ bản 2" in went.steps
    assert run_rounds(None, TODAY)[0].steps == []
    assert dossier_mails() == 2
    with reading() as session:
        newest = session.scalars(select(Message).where(Message.kind == MessageKind.SCORE_DOSSIER)).all()[-1]
        assert "giải trình, đề nghị thẩm định lần hai" in newest.subject
        assert "giải trình 1 tiêu chí" in " ".join(newest.text.split())


def test_explanations_sent_by_other_means_are_not_mailed(asked: None) -> None:
    scoring_steps.explain_score(HERE, "1.1", "Đã gửi", OFFICE)
    scoring_steps.second_round(HERE, OFFICE)
    how = Handover("34/CV-UBND", OFFICE.at.date(), "bản giấy")
    sent = scoring_mails.send_dossier(None, None, OFFICE, LATER, by_hand=True, how=how)
    assert (sent.new, sent.message_id, sent.sealed.version) == (True, None, 2)
    assert not scoring_mails.send_dossier(None, None, OFFICE, LATER, by_hand=True, how=how).new
    assert run_rounds(None, TODAY)[0].steps == []
    assert dossier_mails() == 1


def test_the_last_day_is_held_and_moved_with_a_reason(asked: None) -> None:
    until = date(2025, 12, 20)
    assert scoring_steps.explain_until(HERE, until, "", OFFICE, LATER)
    assert not scoring_steps.explain_until(HERE, until, "", OFFICE, LATER)
    late = by("đơn vị", date(2025, 12, 21))
    with pytest.raises(StoreError, match="Đã hết hạn giải trình ngày 20/12/2025"):
        scoring_steps.explain_score(HERE, "1.1", "Muộn", late)
    with pytest.raises(StoreError, match="hãy ghi lý do"):
        scoring_steps.explain_until(HERE, date(2025, 12, 25), " ", late, date(2025, 12, 21))
    scoring_steps.explain_until(HERE, date(2025, 12, 25), "Mưa lũ", late, date(2025, 12, 21))
    scoring_steps.explain_score(HERE, "1.1", "Kịp", late)
    with pytest.raises(StoreError, match="không yêu cầu giải trình"):
        scoring_steps.explain_score(HERE, "1.2", "Thừa", late)


def test_the_last_day_ends_where_the_day_ends_in_vietnam(asked: None) -> None:
    scoring_steps.explain_until(HERE, date(2025, 12, 20), "", OFFICE, LATER)
    evening = by("đơn vị", LATER)
    scoring_steps.explain_score(
        HERE, "1.1", "Tối muộn", type(evening)("đơn vị", datetime(2025, 12, 20, 16, 59, tzinfo=UTC))
    )
    with pytest.raises(StoreError, match="hết hạn"):
        scoring_steps.explain_score(
            HERE, "1.1", "Sau nửa đêm", type(evening)("đơn vị", datetime(2025, 12, 20, 17, 0, tzinfo=UTC))
        )
