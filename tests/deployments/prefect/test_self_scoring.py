"""Self-scoring on a real Prefect server: the run ends in the round's own state."""

from datetime import timedelta

import pytest

from config.clock import today
from deployments.prefect.deploy import deploy_everything
from tests.prefect_house import Office
from tests.scoring import SET, stored_set
from tests.world import World

pytestmark = pytest.mark.prefect


def test_the_run_opens_the_round_and_says_so(office: Office, commune: World) -> None:
    day = today()
    stored_set(commune.session, {**SET, "code": f"BO-{commune.authority.code}"[:40], "year": day.year})
    commune.session.commit()
    deploy_everything(office.house.settings)
    name = f"self-scoring/{commune.authority.code}"
    opens = max(day - timedelta(days=3), day.replace(month=1, day=1))
    parameters = {"authority": commune.authority.code, "opens": f"{opens:%m-%d}"}
    state = office.house.finished(office.house.start(name, parameters=parameters))
    assert (state["name"], state["type"]) == ("Các đơn vị đang tự chấm", "COMPLETED")
    assert "mở đợt" in state["message"]
    again = office.house.finished(office.house.start(name, parameters=parameters))
    assert "mở đợt" not in again["message"]
