"""The reports in a real Prefect: registered, run by the worker, ending in a state that people can read."""

from sqlalchemy import select

from deployments.prefect.deploy import deploy_everything
from models import Report
from models.session import reading
from rules.reporting.steps import ReportState
from tests.prefect_house import Office
from tests.reporting_world import SUPERIOR
from tests.world import World


def test_the_flow_takes_the_steps_and_ends_in_the_reports_own_state(office: Office, commune: World) -> None:
    commune.authority.superior, commune.authority.superior_mailbox = "UBND tỉnh", SUPERIOR
    commune.add_item("A.1", commune.plan.imported_at.date().replace(month=12))
    commune.session.commit()
    deploy_everything(office.house.settings)
    name = f"quarterly-report/{commune.authority.code}"
    deployment = office.house.deployment(name)
    assert deployment["schedules"][0]["schedule"]["cron"] == "0 8 * * *"
    given = {"authority": commune.authority.code}
    state = office.house.finished(office.house.start(name, given))
    assert (state["name"], state["type"]) == ("Chờ phê duyệt", "COMPLETED"), state
    with reading() as session:
        rows = session.scalars(select(Report).where(Report.authority_id == commune.authority.id)).all()
        found = {row.period: row.state for row in rows}
    assert found == {"2025-Q3": ReportState.WAITING, "2025": ReportState.WAITING}
    mails = len(office.sink.received)
    again = office.house.finished(office.house.start(name, given))
    assert again["name"] == "Chờ phê duyệt"
    assert len(office.sink.received) == mails
    artifacts = office.house.api.call(
        "POST", "/artifacts/latest/filter", {"artifacts": {"key": {"like_": f"bao-cao-{commune.authority.code}"}}}
    )
    assert "Chờ phê duyệt" in artifacts[0]["data"]
