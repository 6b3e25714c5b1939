"""An administrator opens the yearly round in the portal: chosen, looked at, confirmed; and notes how a dossier went."""

from copy import deepcopy
from datetime import date

import pytest
from sqlalchemy import select

from models import AuditEvent, Plan, ScoreRound
from models.scoring import ScoreDossier
from models.session import transaction
from rules.scoring.round import RoundState
from services.access.links import MACHINE
from services.actor import Actor
from services.documents import KeptDocument, stored_document
from services.scoring.rounds import RoundDays, open_round
from tests.portal.town import MORNING, TODAY, Town, text_of
from tests.scoring import SET, stored_set

OPEN = "/dot-cham-diem/mo"
GIVEN = {"bo": "BO-NHO", "den_ngay": "15/12/2025", "gui_ngay": "31/12/2025"}


@pytest.fixture
def plan_id(town: Town) -> int:
    """The plan of Sông Mai; the small set is brought in, no round is open."""
    with transaction(town.site.database) as session:
        stored_set(session)
        return session.scalars(select(Plan.id).where(Plan.code == "song-mai-2025")).one()


def rounds(town: Town) -> list[ScoreRound]:
    with town.read() as session:
        return list(session.scalars(select(ScoreRound)))


def test_what_would_be_opened_is_shown_first_and_opened_only_when_confirmed(town: Town, plan_id: int) -> None:
    admin = town.enter("admin")
    assert OPEN in admin.get("/cham-diem")
    assert "Bộ tiêu chí nhỏ" in admin.get(OPEN)
    shown = text_of(admin.post(OPEN, GIVEN, 200).text)
    assert "15/12/2025" in shown
    assert "31/12/2025" in shown
    assert "Số tiêu chí 4" in shown
    assert "Điều tra xã hội học (không tự chấm): 1 tiêu chí" in shown
    assert rounds(town) == []
    sent = admin.post(OPEN, {**GIVEN, "ke_hoach": str(plan_id), "xac_nhan": "1"})
    assert sent.headers["location"] == "/cham-diem?da=mo"
    (found,) = rounds(town)
    assert (found.units_until, found.sending_on, found.plan_id) == (date(2025, 12, 15), date(2025, 12, 31), plan_id)
    with town.read() as session:
        event = session.scalars(select(AuditEvent).where(AuditEvent.action == "score_round.open")).one()
    assert event.actor != MACHINE
    assert "Đã mở đợt chấm điểm" in admin.get("/cham-diem?da=mo")
    admin.post(OPEN, {**GIVEN, "xac_nhan": "1"}, 422)
    assert len(rounds(town)) == 1


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"bo": "KHONG-CO"}, "Hãy chọn một bộ tiêu chí"),
        ({"den_ngay": "mai"}, "cần viết như 31/12/2025"),
        ({"den_ngay": "30/11/2025"}, "từ hôm nay trở đi"),
        ({"gui_ngay": "10/12/2025"}, "không trước hạn tự chấm"),
    ],
)
def test_what_cannot_be_opened_is_said_and_what_was_typed_stays(
    town: Town, plan_id: int, wrong: dict[str, str], words: str
) -> None:
    page = town.enter("admin").post(OPEN, {**GIVEN, **wrong, "xac_nhan": "1"}, 422).text
    assert words in page
    assert {**GIVEN, **wrong}["gui_ngay"] in page
    assert rounds(town) == []


def test_a_set_of_another_year_is_offered_beside_a_round_that_is_open(town: Town, plan_id: int) -> None:
    admin = town.enter("admin")
    admin.post(OPEN, {**GIVEN, "xac_nhan": "1"})
    assert "Mọi bộ tiêu chí đã có đợt" in admin.get(OPEN)
    with transaction(town.site.database) as session:
        stored_set(session, {**deepcopy(SET), "code": "BO-2026", "year": 2026})
    assert "BO-2026" in admin.get(OPEN)
    assert "BO-NHO" not in admin.get(OPEN)


@pytest.fixture
def desk(town: Town) -> str:
    """A round that the leader has approved."""
    with transaction(town.site.database) as session:
        plan = session.scalars(select(Plan).where(Plan.code == "song-mai-2025")).one()
        days = RoundDays(TODAY, date(2025, 12, 15), date(2025, 12, 31))
        round_, _ = open_round(session, plan.authority, stored_set(session), plan, days, Actor("máy", MORNING))
        round_.state = RoundState.APPROVED
        return f"/dot-cham-diem/{round_.id}"


def sealed(town: Town) -> None:
    with transaction(town.site.database) as session:
        round_ = session.scalars(select(ScoreRound)).one()
        document = stored_document(session, KeptDocument("a" * 64, "ho-so.zip", 9), MORNING)
        row = ScoreDossier(round_id=round_.id, version=1, document=document, total=1, manifest={}, sealed_at=MORNING,
                           sealed_by="máy")  # fmt: skip
        session.add(row)


SENT = {"so": "12/TTr-UBND", "ngay_gui": f"{TODAY:%d/%m/%Y}", "cach_gui": "Trục liên thông văn bản"}


def test_a_dossier_sent_by_other_means_is_noted_with_number_day_and_way(town: Town, desk: str) -> None:
    officer = town.enter("officer")
    assert "đang chờ gửi" in officer.post(f"{desk}/da-gui", SENT, 422).text
    sealed(town)
    assert "Ghi nhận đã gửi" in officer.get(f"{desk}/tham-dinh")
    refused = officer.post(f"{desk}/da-gui", {**SENT, "cach_gui": " "}, 422).text
    assert "Hãy ghi cách gửi" in refused
    assert "12/TTr-UBND" in refused
    assert "đến hôm nay" in officer.post(f"{desk}/da-gui", {**SENT, "ngay_gui": "01/01/2026"}, 422).text
    officer.post(f"{desk}/da-gui", SENT)
    (found,) = rounds(town)
    assert found.state is RoundState.SENT
    words = f"gửi bằng cách khác: Trục liên thông văn bản, số 12/TTr-UBND, ngày {TODAY:%d/%m/%Y}"
    assert words in text_of(officer.get(f"{desk}/tham-dinh"))
    assert words in text_of(town.enter("leader").get("/cham-diem"))
    officer.post(f"{desk}/da-gui", SENT, 422)
