"""What a visitor may reach: refused by one sentence where they may not."""

from models.authority import Role
from models.plan import Plan
from portal.web.visits import Visit
from services.errors import NotAllowedError, NotYoursError
from services.figures.status import Asked
from services.plans.queries import plan_here
from services.policy import office_policy
from services.staff.provinces import asked_by


def must_be_admin(visit: Visit) -> None:
    """Raises NotAllowedError for everybody but administrators."""
    if visit.visitor.role != Role.ADMIN:
        raise NotAllowedError("Chỉ quản trị viên làm được việc này.")


def must_manage(visit: Visit) -> None:
    """Raises NotAllowedError for everybody but administrators who came by a link that opens every plan.

    What is done here touches the whole authority: a link bound to some plans must not reach it.
    """
    must_be_admin(visit)
    if visit.visitor.plan_ids is not None:
        raise NotAllowedError(
            "Liên kết bạn đang dùng chỉ mở một số kế hoạch, không làm được việc chung của cơ quan. "
            "Hãy thoát rồi nhận liên kết mới ở trang vào."
        )


def counted_for(visit: Visit) -> Asked:
    """What the visitor sees counted. Raises NotAllowedError for roles that see their own unit only."""
    if not visit.visitor.oversees:
        raise NotAllowedError("Trang này dành cho lãnh đạo, quản trị và người kiểm tra của cơ quan.")
    soon = office_policy(visit.site.settings).soon_days
    return asked_by(visit.session, visit.visitor, soon, visit.today)


def plan_named(visit: Visit, plans: tuple[int, ...] | None) -> Plan:
    """The plan that the address names, of the visitor's own authority. Raises NotYoursError."""
    code = visit.request.query_params.get("ke_hoach", "").upper()
    plan = plan_here(visit.session, visit.visitor.authority_id, code)
    if plan is None or (plans is not None and plan.id not in plans):
        raise NotYoursError("Không có kế hoạch này.")
    return plan
