"""Every route for every kind of visitor: nobody sees or changes what is not theirs, however it is asked for."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from fastapi import FastAPI
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from starlette.routing import Mount, Route

from models import (
    AuditEvent,
    Base,
    DraftState,
    Evidence,
    EvidenceUse,
    Extension,
    Handover,
    Occurrence,
    Part,
    Plan,
    PlanDraft,
    PortalSession,
    Progress,
    Report,
    ReportFile,
    Responsibility,
    Scope,
    StoredDocument,
)
from models.session import transaction
from portal.app import create_app
from rules.reporting.steps import ReportState
from rules.scoring.entry import Entry
from rules.work.answers import Answer, ExtensionAsked
from rules.work.evidence import Reference
from services.access.links import revoke_links
from services.actor import Actor
from services.scoring.rounds import RoundDays, open_round
from services.scoring.scores import Given, enter, find_score
from services.staff.leave import hand_over
from services.work.answers import answer, held, new_batch
from services.work.coordinators import name_coordinators
from services.work.evidence import Brought, attach
from services.work.extensions import ask_extension
from tests.portal.town import MORNING, TODAY, Browser, Town
from tests.scoring import stored_set
from tests.services.readings import item, reading, undetermined

INSIDE = ("officer", "head", "partner", "office", "leader", "admin", "auditor", "stranger")
OUTSIDE = ("anonymous", "expired", "revoked")
VISITORS = (*INSIDE, *OUTSIDE)
OURS = ("officer", "head")
DECIDING = ("leader", "admin")
READING = (*DECIDING, "auditor")
SEEING = (*OURS, "partner", *READING)


@dataclass(frozen=True)
class Rule:
    """Who may do this; everybody else gets `refused`. `form` is what a good request of the officer would send."""

    may: tuple[str, ...]
    form: Callable[["Scene"], dict[str, str]] | None = None
    refused: tuple[int, ...] = (403, 404)
    good: tuple[int, ...] = (200, 303)


@dataclass(frozen=True)
class Scene:
    """What the officer's unit has of everything, by the names in addresses, and who is asking."""

    town: Town
    ids: dict[str, int]
    batch: str
    answered: int
    who: str = ""
    plan: str = "song-mai-2025"


def nothing(_scene: Scene) -> dict[str, str]:
    return {}


def leave(scene: Scene) -> dict[str, str]:
    people = scene.town.people
    days = {"first_day": "01/12/2025", "last_day": "05/12/2025"}
    return {"from": str(people["officer"]), "to": str(people["head"]), **days}


def progress(scene: Scene) -> dict[str, str]:
    return {"state": "under_way", "seen": str(0 if scene.who == "partner" else scene.answered)}


RULES: dict[tuple[str, str], Rule] = {
    ("GET", "/"): Rule(VISITORS),
    ("GET", "/healthz"): Rule(VISITORS),
    ("GET", "/metrics"): Rule((), refused=(401,)),  # for tokens only; see test_api
    ("GET", "/tinh/{css}"): Rule(VISITORS),
    ("GET", "/lien-ket-moi"): Rule(VISITORS),
    ("POST", "/lien-ket-moi"): Rule(VISITORS, lambda _: {"thu": "ai@x.example"}),
    ("GET", "/vao/{token}"): Rule((), refused=(404,)),
    ("POST", "/vao/{token}"): Rule((), nothing, refused=(404,)),
    ("GET", "/lich/{token}.ics"): Rule((), refused=(404,)),
    ("GET", "/hom-nay"): Rule(INSIDE),
    ("GET", "/lich"): Rule(INSIDE),
    ("GET", "/ban-giao"): Rule(INSIDE),
    ("GET", "/viec/{occurrence_id}"): Rule(SEEING),
    ("GET", "/tai-lieu/{evidence_id}"): Rule((), refused=(404,)),  # the evidence here has no file; see test_answering
    ("POST", "/thoat"): Rule(INSIDE, nothing),
    ("POST", "/hom-nay"): Rule((*OURS, "partner"), lambda s: {"xong": str(s.town.due["A.I.1"]), "moc": "99999"}),
    ("POST", "/hoan-tac"): Rule(OURS, lambda s: {"lan": s.batch}, refused=(403, 404, 409)),
    ("POST", "/viec/{occurrence_id}"): Rule((*OURS, "partner"), progress, refused=(403, 404, 409)),
    ("POST", "/viec/{occurrence_id}/bo-nhap"): Rule(SEEING, nothing),
    ("POST", "/viec/{occurrence_id}/gia-han"): Rule(OURS, lambda _: {"wanted_day": "20/12/2025", "reason": "Mưa lũ"}),
    ("POST", "/viec/{occurrence_id}/rut-gia-han"): Rule(OURS, nothing),
    ("POST", "/viec/{occurrence_id}/phoi-hop"): Rule(OURS, nothing),
    ("POST", "/tai-lieu/{use_id}/go"): Rule(OURS, nothing),
    ("POST", "/ban-giao"): Rule(OURS, leave),
    ("POST", "/ban-giao/{handover_id}/ket-thuc"): Rule(OURS, nothing),
    ("GET", "/lanh-dao"): Rule(READING),
    ("GET", "/xem-xet"): Rule(DECIDING),
    ("GET", "/thu"): Rule(READING),
    ("GET", "/don-vi"): Rule(READING),
    ("GET", "/don-vi/them"): Rule(("admin",)),
    ("GET", "/don-vi/{unit_id}"): Rule(("admin",)),
    ("GET", "/nguoi/them"): Rule(("admin",)),
    ("GET", "/nguoi/{person_id}"): Rule(("admin",)),
    ("GET", "/ke-hoach"): Rule(READING),
    ("GET", "/phien-ban"): Rule((), refused=(403, 404)),  # no plan is named here; see test_desk_plans
    ("GET", "/ke-hoach/sua"): Rule((), refused=(403, 404)),  # no plan is named here; see test_editing
    ("POST", "/ke-hoach/sua"): Rule((), nothing, refused=(403, 404)),
    ("GET", "/quy-dinh"): Rule(READING),
    ("GET", "/ngay-lam-viec"): Rule(READING),
    ("POST", "/quy-dinh/xem-truoc"): Rule((), nothing),  # two authorities share the files here; see test_ruling
    ("POST", "/quy-dinh/ap-dung"): Rule((), nothing),
    ("POST", "/ngay-lam-viec/xem-truoc"): Rule((), nothing),
    ("POST", "/ngay-lam-viec/ap-dung"): Rule((), nothing),
    ("GET", "/dien-tap"): Rule((), refused=(403, 404)),  # no plan is named here; see test_rehearsing
    ("GET", "/ke-hoach/nhap/{draft_id}"): Rule(("admin",)),
    ("GET", "/lanh-dao/nhiem-vu"): Rule(READING),
    ("GET", "/lanh-dao/qua-han"): Rule(READING),
    ("GET", "/lanh-dao/chua-minh-chung"): Rule(READING),
    ("GET", "/lanh-dao/diem"): Rule(READING),
    ("GET", "/nhiem-vu/{item_id}"): Rule(READING),
    ("GET", "/bao-cao"): Rule(READING),
    ("GET", "/bao-cao/{report_id}"): Rule(READING),
    ("GET", "/bao-cao/{report_id}/tep/{file_id}"): Rule((), refused=(404,)),  # its file is not here; see test_reports
    ("POST", "/bao-cao/{report_id}/phe-duyet"): Rule(("leader",), lambda _: {"ban": "1"}),
    ("POST", "/bao-cao/{report_id}/tra-lai"): Rule(("leader",), lambda _: {"ly_do": "Sửa"}),
    ("POST", "/bao-cao/{report_id}/van-ban"): Rule(DECIDING, nothing, good=(422,)),
    ("POST", "/bao-cao/{report_id}/mo-lai"): Rule(("admin",), lambda _: {"den_ngay": "05/12/2025", "vi_sao": "Sót"}),
    ("GET", "/cham-diem"): Rule(INSIDE),
    ("GET", "/cham-diem/{score_id}"): Rule((*OURS, *READING)),
    ("POST", "/cham-diem/{score_id}"): Rule(OURS, lambda _: {"figure": "1/2", "explanation": "Còn A.I.2"}),
    ("POST", "/cham-diem/{score_id}/nhan"): Rule((*OURS, "admin"), nothing),
    ("POST", "/cham-diem/{score_id}/tra-lai"): Rule((*OURS, "admin"), lambda _: {"ly_do": "Thiếu báo cáo"}),
    ("POST", "/cham-diem/{score_id}/giai-trinh"): Rule(OURS, lambda _: {"noi_dung": "Đã gửi"}, good=(422,)),
    ("POST", "/dot-cham-diem/{round_id}/duyet"): Rule(("leader",), nothing, good=(409,)),
    ("POST", "/dot-cham-diem/{round_id}/tra-lai"): Rule(("leader",), nothing, good=(422,)),
    ("GET", "/cham-diem/{score_id}/tai-lieu/{evidence_id}"): Rule((), refused=(404,)),  # no file; test_scoring_after
    ("POST", "/cham-diem/{score_id}/tham-dinh"): Rule((*OURS, "admin"), lambda _: {"diem": "1"}, good=(422,)),
    ("POST", "/cham-diem/{score_id}/bo-nhap"): Rule((*OURS, *READING), nothing),
    ("GET", "/dot-cham-diem/mo"): Rule(("admin",)),
    ("POST", "/dot-cham-diem/mo"): Rule(("admin",), nothing, good=(422,)),
    ("POST", "/dot-cham-diem/{round_id}/da-gui"): Rule((*OURS, "admin"), nothing, good=(422,)),
    ("POST", "/dot-cham-diem/{round_id}/han-giai-trinh"): Rule((*OURS, "admin"), nothing, good=(422,)),
    ("GET", "/dot-cham-diem/{round_id}/kiem-tra"): Rule((*OURS, *READING)),
    ("GET", "/dot-cham-diem/{round_id}/tham-dinh"): Rule((*OURS, "admin")),
    ("POST", "/dot-cham-diem/{round_id}/tham-dinh"): Rule((*OURS, "admin"), nothing, good=(422,)),
    ("POST", "/dot-cham-diem/{round_id}/lan-hai"): Rule((*OURS, "admin"), nothing, good=(422,)),
    ("POST", "/dot-cham-diem/{round_id}/ket-qua"): Rule((*OURS, "admin"), nothing, good=(422,)),
    ("POST", "/dot-cham-diem/{round_id}/mo-lai"): Rule((*OURS, "admin"), nothing, good=(409,)),
    ("POST", "/dot-cham-diem/{round_id}/nhan"): Rule((*OURS, "admin"), nothing),
    ("GET", "/dot-cham-diem/{round_id}/chenh-lech"): Rule((*OURS, *READING)),
    ("GET", "/dot-cham-diem/{round_id}/khac-phuc.docx"): Rule((*OURS, *READING)),
    ("GET", "/dot-cham-diem/{round_id}/ho-so/{dossier_id}"): Rule((), refused=(404,)),  # none here; test_scoring_after
    ("POST", "/dot-cham-diem/{round_id}/kiem-tra"): Rule((*OURS, "admin"), nothing),
    ("POST", "/dot-cham-diem/{round_id}/ra-soat"): Rule((*OURS, "admin"), nothing, good=(409,)),
    ("POST", "/dot-cham-diem/{round_id}/trinh"): Rule((*OURS, "admin"), nothing, good=(409,)),
    ("GET", "/ho-so/{token}"): Rule((), refused=(404,)),
    ("GET", "/xac-nhan/{token}"): Rule((), refused=(404,)),  # good for its asker alone; see test_confirming
    ("POST", "/xac-nhan/{token}"): Rule((), nothing, refused=(404,)),
    ("POST", "/nguoi/{person_id}/xoa-du-lieu"): Rule(("admin",), nothing),
    ("POST", "/ke-hoach/go"): Rule(("admin",), lambda s: {"ma": s.plan}),
    ("POST", "/co-quan/xoa"): Rule(("admin",), nothing),
    ("POST", "/thu/{message_id}/gui-lai"): Rule((), nothing),  # no mail is there; see test_desk
    ("POST", "/ke-hoach"): Rule(("admin",), nothing, good=(422,)),
    ("POST", "/ke-hoach/nhap/{draft_id}"): Rule(("admin",), lambda _: {"dong": "0", "ngay_0": "31/12/2025"}),
    ("POST", "/ke-hoach/nhap/{draft_id}/xac-nhan"): Rule(("admin",), lambda _: {"dau": "x"}, good=(409,)),
    ("POST", "/ke-hoach/nhap/{draft_id}/bo"): Rule(("admin",), nothing),
    ("POST", "/don-vi/{person_id}/thu-nghiem"): Rule(("admin",), nothing),
    ("POST", "/don-vi/them"): Rule(("admin",), lambda _: {"name": "Trạm Y tế", "mailbox": "tyt@x.example"}),
    ("POST", "/don-vi/{unit_id}"): Rule(("admin",), lambda _: {"name": "Đơn vị mới", "active": "1"}),
    ("POST", "/nguoi/them"): Rule(("admin",), lambda _: {"name": "N", "email": "n@x.example", "role": "auditor"}),
    ("POST", "/nguoi/{person_id}"): Rule(
        ("admin",), lambda _: {"name": "N", "email": "m@x.example", "role": "auditor"}
    ),
    ("POST", "/nguoi/{person_id}/vang"): Rule(("admin",), nothing, good=(422,)),
    ("POST", "/nguoi/{person_id}/vang/{handover_id}/ket-thuc"): Rule((), nothing),  # of others; see test_desk_people
    ("POST", "/nguoi/{person_id}/ngung"): Rule(("admin",), nothing),
    ("POST", "/nguoi/{person_id}/dung-lai"): Rule(("admin",), nothing),
    ("POST", "/xem-xet"): Rule(DECIDING, lambda s: {"bao_cao": str(s.answered), "viec": "nhan"}),
    ("POST", "/xem-xet/gia-han/{extension_id}"): Rule(
        DECIDING, lambda _: {"quyet_dinh": "dong-y", "ngay": "25/12/2025"}
    ),
    ("POST", "/xem-xet/mo-lai/{occurrence_id}"): Rule(DECIDING, lambda _: {"ngay": "20/12/2025"}),
    ("POST", "/lich"): Rule(("officer", "head", "partner", "office", "stranger"), nothing),
    ("POST", "/lich/thu-hoi"): Rule(("officer", "head", "partner", "office", "stranger"), nothing),
}
"""Every route of the portal. Whoever adds one must say here who may use it."""


def routes(town: Town) -> list[tuple[str, str]]:
    """What the application really serves."""
    app = create_app(town.site).app
    assert isinstance(app, FastAPI)
    found = []
    for route in app.routes:
        included = getattr(route, "original_router", None)
        for one in included.routes if included is not None else [route]:
            if isinstance(one, Mount):
                assert one.path == "/api/v1", "who may read it is in test_api"
                continue
            assert isinstance(one, Route), one
            path = "/tinh/{css}" if one.path.startswith("/tinh/") else one.path
            found += [(method, path) for method in sorted(one.methods or ()) if method != "HEAD"]
    return found


def test_the_table_names_every_route_and_no_other(town: Town) -> None:
    assert sorted(routes(town)) == sorted(RULES)


def test_an_auditor_only_reads() -> None:
    """All an auditor can send is leaving, and forgetting a draft of their own."""
    sent = {path for (method, path), rule in RULES.items() if method == "POST" and "auditor" in rule.may}
    forgetting = {"/viec/{occurrence_id}/bo-nhap", "/cham-diem/{score_id}/bo-nhap"}
    assert sent == {"/thoat", "/lien-ket-moi", *forgetting}


def visit(town: Town, who: str) -> Browser:
    """A browser of this kind of visitor; sessions that are over still send their cookie."""
    if who == "anonymous":
        return Browser(town.anybody())
    if who not in OUTSIDE:
        return town.enter(who)
    browser = town.enter("officer")
    if who == "revoked":
        with transaction(town.site.database) as session:
            revoke_links(session, [town.people["officer"]], town.clock())
    else:
        with transaction(town.site.database) as session:
            session.execute(update(PortalSession).values(expires_at=town.clock()))
    return browser


def prepare(town: Town) -> Scene:
    """Give the officer's unit something of everything: an answer, evidence, a request, a hand-over, an open set."""
    actor = town.actor("officer")
    with transaction(town.site.database) as session:
        of = held(session, actor.visitor, town.due["A.I.1"])
        of.item.responsibilities.append(
            Responsibility(part=Part.COORDINATOR, scope=Scope.RELATED, printed="Các cơ quan có liên quan", position=9)
        )
        session.flush()
        batch = new_batch()
        stored = answer(session, actor, of, Answer("under_way", 10), seen=0, batch=batch)
        brought = Brought(reference=Reference(reference="1/BC"))
        attach(session, actor, of, stored, brought, town.settings.documents)
        ask_extension(session, actor, of, ExtensionAsked(TODAY.replace(day=25), "Mưa"))
        name_coordinators(session, actor, of, [])
        days = (TODAY, TODAY.replace(day=9))
        absence = hand_over(session, actor, town.people["officer"], town.people["head"], days, "")
        report = waiting_report(session, of.item.plan)
        round_id, score_id = scored(session, of.item.plan)
        ids = {
            "round_id": round_id,
            "score_id": score_id,
            "dossier_id": 999,
            "report_id": report.id,
            "file_id": session.scalars(select(ReportFile.id)).one(),
            "occurrence_id": of.occurrence.id,
            "item_id": of.item.id,
            "message_id": 999,
            "draft_id": waiting_draft(session, actor.visitor.authority_id).id,
            "person_id": town.people["head"],
            "unit_id": of.occurrence.unit_id,
            "extension_id": session.scalars(select(Extension.id)).one(),
            "evidence_id": session.scalars(select(Evidence.id)).one(),
            "use_id": session.scalars(select(EvidenceUse.id)).one(),
            "handover_id": absence.id,
        }
        return Scene(town, ids, batch, stored.id)


def scored(session: Session, plan: Plan) -> tuple[int, int]:
    """A round of self-scoring in which the officer's unit has entered its criterion; its number and the score's."""
    actor, days = Actor("máy", MORNING), RoundDays(TODAY, TODAY.replace(day=15), TODAY.replace(day=31))
    round_, _ = open_round(session, plan.authority, stored_set(session), plan, days, actor)
    score = find_score(session, round_, "1.1")
    enter(session, score, Given(Entry(passed=None), (), "Còn A.I.2"), actor, TODAY)
    return round_.id, score.id


def waiting_draft(session: Session, authority_id: int) -> PlanDraft:
    """An uploaded plan that was read and waits for an administrator."""
    said = reading(item("I.1", "Rà soát", undetermined()), code="KH-9").model_dump(mode="json")
    row = PlanDraft(
        authority_id=authority_id, name="k.docx", sha256="0" * 64, size=1, state=DraftState.READY, reading_json=said,
        settled={}, created_at=MORNING,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def waiting_report(session: Session, plan: Plan) -> Report:
    """A report of the plan that waits for approval, with one file."""
    days = {
        "first_day": TODAY.replace(month=6),
        "cut_off": TODAY.replace(month=11),
        "opens_on": TODAY.replace(month=10),
    }
    row = Report(
        authority_id=plan.authority_id, plan_id=plan.id, period="2025-Q3", label="Quý III/2025", sending_on=TODAY,
        state=ReportState.WAITING, version=1, opened_at=MORNING, **days,
    )  # fmt: skip
    document = StoredDocument(sha256="0" * 64, name="r.docx", size=1, stored_at=MORNING)
    session.add_all([row, document])
    session.flush()
    file = {"version": 1, "origin": "draft", "format": "docx", "who": "dondoc", "made_at": MORNING}
    session.add(ReportFile(report_id=row.id, document_id=document.id, **file))
    session.flush()
    return row


def fill(path: str, ids: dict[str, int]) -> str:
    return path.format(token="1~2~3~a~x", css="khong-co.css", **ids)


def snapshot(town: Town) -> dict[str, int]:
    """How many rows there are of everything a visitor could change, and the state of what is there."""
    passing = ("portal_session", "portal_link", "link_request")
    states = {"withdrawn": Extension.withdrawn_at, "ended": Handover.ended_at, "gone": EvidenceUse.removed_at}
    with town.read() as session:
        counts = {
            name: session.scalar(select(func.count()).select_from(table)) or 0
            for name, table in Base.metadata.tables.items()
            if name not in passing
        }
        for name, column in states.items():
            counts[name] = session.scalar(select(func.count()).where(column.is_not(None))) or 0
    return counts


@pytest.mark.parametrize("who", VISITORS)
def test_what_each_kind_of_visitor_may_look_at(town: Town, who: str) -> None:
    ids = prepare(town).ids
    browser = visit(town, who)
    for (method, path), rule in RULES.items():
        if method != "GET" or path == "/tinh/{css}":
            continue
        got = browser.client.get(fill(path, ids))
        if who in rule.may:
            assert got.status_code in rule.good, (who, path, got.status_code)
        else:
            allowed = rule.refused if who in INSIDE or path.startswith(("/vao", "/lich/", "/ho-so")) else (401,)
            assert got.status_code in allowed, (who, path, got.status_code)
            assert "A.I.1" not in got.text, (who, path)


@pytest.mark.parametrize("who", VISITORS)
def test_what_each_kind_of_visitor_may_change(town: Town, who: str) -> None:
    """Each form twice: without the page's token, which nobody may send, then as the page would send it."""
    scene = replace(prepare(town), who=who)
    for (method, path), rule in RULES.items():
        if method != "POST" or rule.form is None or path == "/lien-ket-moi":
            continue
        data, address, browser = rule.form(scene), fill(path, scene.ids), visit(town, who)
        before = snapshot(town)
        if not path.startswith("/vao"):
            forged = browser.client.post(address, data=data)
            assert forged.status_code in (401, 403, 404), (who, path, forged.status_code)
        assert snapshot(town) == before, (who, path, "without the token")
        if who in OUTSIDE:
            continue
        sent = browser.client.post(address, data={"khoa": browser.token(), **data})
        if who in rule.may:
            assert sent.status_code in rule.good, (who, path, sent.status_code)
        else:
            assert sent.status_code in rule.refused, (who, path, sent.status_code)
            assert snapshot(town) == before, (who, path)
        set_back(scene)


def set_back(scene: Scene) -> None:
    """Each route meets the same town: what the last request changed is set back."""
    now = scene.town.clock()
    with transaction(scene.town.site.database) as session:
        report = session.get_one(Report, scene.ids["report_id"])
        report.state, report.reopened_until = ReportState.WAITING, None
        for row in session.scalars(select(Progress)):
            row.withdrawn_at = None if row.batch == scene.batch else now
        for use in session.scalars(select(EvidenceUse)):
            use.removed_at = None
        for absence in session.scalars(select(Handover)):
            absence.ended_at = None
        for number, request in enumerate(session.scalars(select(Extension).order_by(Extension.id))):
            request.withdrawn_at = now if number else None
        session.get_one(Occurrence, scene.ids["occurrence_id"]).done_on = None


def test_a_link_to_one_plan_opens_no_other(town: Town) -> None:
    with town.read() as session:
        other = session.scalars(select(Plan.id).where(Plan.code == "song-cau-2025")).one()
    browser = town.enter("officer", [other])
    assert "A.I.1" not in browser.get("/hom-nay")
    browser.get(f"/viec/{town.due['A.I.1']}", status=404)
    browser.get(f"/viec/{town.due['X.1']}", status=404)


def test_a_link_to_some_plans_changes_nothing_of_the_whole_authority(town: Town) -> None:
    """An administrator's link for one plan settles that plan's items; plans, people, mails, rules need a whole link."""
    scene = replace(prepare(town), who="admin")
    with town.read() as session:
        plans = {plan.code: plan.id for plan in session.scalars(select(Plan))}
    mine = town.enter("admin", [plans["song-mai-2025"]])
    mine.get("/ke-hoach/sua?ke_hoach=song-mai-2025&ma=A.I.1")
    for path in (
        "/ke-hoach",
        "/ke-hoach/nhap/{draft_id}/xac-nhan",
        "/ke-hoach/nhap/{draft_id}/bo",
        "/quy-dinh/ap-dung",
    ):
        before = snapshot(town)
        refused = mine.client.post(fill(path, scene.ids), data={"khoa": mine.token(), "dau": "x"})
        assert refused.status_code == 403, path
        assert "chỉ mở một số kế hoạch" in refused.text, path
        assert snapshot(town) == before
    other = town.enter("admin", [plans["song-cau-2025"]])
    other.get("/ke-hoach/sua?ke_hoach=song-mai-2025&ma=A.I.1", status=404)
    other.get(fill("/cham-diem/{score_id}", scene.ids), status=404)
    other.get(fill("/nhiem-vu/{item_id}", scene.ids), status=404)
    other.get(fill("/bao-cao/{report_id}", scene.ids), status=404)
    data = {"khoa": other.token(), "bao_cao": str(scene.answered), "viec": "nhan"}
    assert other.client.post("/xem-xet", data=data).status_code == 404


def test_a_request_another_site_made_is_refused_whatever_it_carries(town: Town) -> None:
    browser = town.enter("officer")
    sent = browser.client.post(
        "/hom-nay",
        data={"khoa": browser.token(), "xong": str(town.due["A.I.1"])},
        headers={"sec-fetch-site": "cross-site"},
    )
    assert sent.status_code == 403
    entered = town.anybody().post(town.link("officer"), headers={"sec-fetch-site": "cross-site"})
    assert entered.status_code == 403
    with town.read() as session:
        assert session.scalars(select(AuditEvent.action)).all() == ["portal.enter"]


@pytest.mark.parametrize(
    "path", ["/viec/abc", "/viec/-1", "/viec/99999999999999999999", "/viec/1/khac", "/tai-lieu/0", "/admin", "/vao/"]
)
def test_an_address_that_is_none_of_ours_is_a_plain_page(town: Town, path: str) -> None:
    page = town.enter("officer").get(path, status=404)
    assert "Không tìm thấy" in page


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"x" * 10, "multipart/form-data; boundary=", 400),
        (b"--b\r\nrubbish", "multipart/form-data; boundary=b", 400),
        (b"{}", "application/json", 400),
        (b"a=" + b"x" * 1_200_000, "application/x-www-form-urlencoded", 413),
        (b"&".join(b"o=1" for _ in range(3000)), "application/x-www-form-urlencoded", 400),
    ],
)
def test_a_body_that_is_no_form_of_ours_is_refused_politely(town: Town, content: bytes, kind: str, status: int) -> None:
    browser = town.enter("officer")
    sent = browser.client.post(f"/viec/{town.due['A.I.1']}", content=content, headers={"content-type": kind})
    assert sent.status_code == status
    assert "Hãy" in sent.text or "không đúng dạng" in sent.text
