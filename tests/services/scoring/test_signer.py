"""Who signs the request for verification: the leader who approved, or a deputy for them in the Decree's form."""

import zipfile
from datetime import date, timedelta
from io import BytesIO

import docx
import pytest
from sqlalchemy import select

from models import Handover, Person, Role, ScoreRound
from models.session import transaction
from services.scoring.dossier import record as scoring_dossier
from tests.services.scoring.test_year import OFFICE, approved, commune

__all__ = ["commune"]


def signature() -> list[str]:
    """The lines of the signature block of the dossier as it would be sealed now."""
    sealed = scoring_dossier.seal(None, None, OFFICE)
    with zipfile.ZipFile(sealed.path) as archive:
        letter = docx.Document(BytesIO(archive.read("01-to-trinh-va-phu-luc.docx")))
    (block,) = [table.rows[0].cells[-1].text for table in letter.tables if "TM. " in table.rows[0].cells[-1].text]
    return block.split("\n")


@pytest.mark.parametrize("ended", [False, True])
def test_a_deputy_who_approved_signs_for_the_head(commune: str, ended: bool) -> None:
    approved()
    with transaction() as session:
        round_ = session.scalars(select(ScoreRound)).one()
        leader = session.scalars(select(Person).where(Person.role == Role.LEADER)).first()
        assert leader is not None
        deputy = Person(authority_id=leader.authority_id, name="Bùi Thị Phó", email="pct@x.example", role=Role.LEADER)
        session.add(deputy)
        session.flush()
        assert round_.approved_at is not None
        day, before = date(2025, 1, 1), round_.approved_at - timedelta(hours=1)
        session.add(
            Handover(
                from_person_id=leader.id,
                to_person_id=deputy.id,
                first_day=day,
                last_day=day + timedelta(days=900),
                created_at=before,
                ended_at=before if ended else None,
            )
        )
        round_.approved_by_id, round_.approved_by = deputy.id, "Bùi Thị Phó <pct@x.example>"
        deputy.email = "pho-chu-tich@x.example"
    lines = ["CHỦ TỊCH"] if ended else ["KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"]
    assert signature() == ["TM. ỦY BAN NHÂN DÂN", *lines, "Bùi Thị Phó"]


def test_the_leader_who_approved_signs(commune: str) -> None:
    approved()
    with transaction() as session:
        leader = session.scalars(select(Person).where(Person.role == Role.LEADER)).first()
        assert leader is not None
        name = leader.name
    assert signature() == ["TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH", name]
