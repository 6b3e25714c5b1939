"""Many occurrences of one unit, worded as long as a real plan's, for tests and measurements of the list."""

from datetime import date, timedelta

from sqlalchemy.orm import Session

from models import Item, Occurrence, Part, Person, Plan, Responsibility, Scope
from models.plan import Section
from rules.timing.values import Timing, TimingKind

TITLE = "Rà soát, đơn giản hóa thủ tục hành chính thuộc phạm vi quản lý và công khai trên Cổng dịch vụ công, lần {}"
RESULT = "Báo cáo kết quả rà soát; 100% thủ tục hành chính được công khai tại Trung tâm Phục vụ hành chính công"


def crowd(session: Session, person_id: int, count: int, first: date = date(2025, 11, 1)) -> list[int]:
    """Give the person's unit so many occurrences, one after another from a day on; returns their ids."""
    person = session.get_one(Person, person_id)
    plan = session.query(Plan).filter_by(authority_id=person.authority_id).order_by(Plan.id).first()
    assert plan is not None
    plan.sections.append(Section(code="Z", title="Cải cách thủ tục hành chính", position=1))
    rows = []
    for number in range(count):
        due = first + timedelta(days=number)
        item = Item(
            code=f"Z.{number}",
            section="Z",
            position=100 + number,
            title=TITLE.format(number),
            results=[RESULT],
            read_hash="0" * 64,
        )
        item.timing = Timing(phrase=f"Chậm nhất {due:%d/%m/%Y}", kind=TimingKind.DEADLINE, due=due, last_day=due)
        for position, name in enumerate(("Văn phòng HĐND và UBND", "Phòng Kinh tế, Hạ tầng và Đô thị")):
            item.responsibilities.append(
                Responsibility(part=Part.COORDINATOR, scope=Scope.UNKNOWN, printed=name, position=position)
            )
        plan.items.append(item)
        session.flush()
        rows.append(
            Occurrence(
                item_id=item.id,
                unit_id=person.unit_id,
                key=due.isoformat(),
                kind="deadline",
                opens_on=first,
                due_on=due,
                last_day=due,
                label=f"Hạn {due:%d/%m/%Y}",
            )
        )
    session.add_all(rows)
    session.flush()
    return [row.id for row in rows]
