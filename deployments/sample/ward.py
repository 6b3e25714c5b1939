"""The sample ward, with a plan of the current year.

The document goes through the same reader as every other; only its days are made so that,
whenever it is started, some items are overdue, some due this week, some later.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from sqlalchemy.orm import Session

from models.authority import Role
from services.actor import Actor
from services.plans.importing import Imported

if TYPE_CHECKING:
    from deployments.sample.answers import SampleItem

_PLACE = re.compile(r"\{(?P<days>[+-]\d+)\}")
_QUARTERS = ("I", "II", "III", "IV")
_WIDTHS_CM = (1.3, 7.2, 4.2, 4.2, 4.2, 4.6)
_HEAD = ("Số TT", "Nhiệm vụ", "Tiến độ", "Cơ quan chủ trì", "Cơ quan phối hợp", "Kết quả/sản phẩm")
_PARTS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")


@dataclass(frozen=True, slots=True)
class Sample:
    """The files of the sample."""

    plan: Path
    units: Path
    criteria: Path


def write_sample(folder: Path, today: date) -> Sample:
    """Write the sample's plan, units and criteria into a folder."""
    from deployments.sample.answers import write_criteria

    folder.mkdir(parents=True, exist_ok=True)
    source = files("config") / "sample"
    plan = folder / f"ke-hoach-phuong-son-ca-{today.year}.docx"
    units = folder / "don-vi-phuong-son-ca.yaml"
    _document(_filled(_content(), today), today).save(str(plan))
    units.write_text((source / "units.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    return Sample(plan, units, write_criteria(folder, today))


def install_sample(folder: Path, today: date, actor: Actor) -> Imported | None:
    """Install the sample. None when there is an authority already.

    One transaction: whoever is killed on the way leaves an empty database, and the next start begins anew.
    """
    from deployments.sample.answers import live_in
    from models.session import exclusive, reading, transaction
    from services.database import open_database
    from services.staff.queries import authority_codes

    open_database()
    with reading() as session:
        if authority_codes(session):
            return None
    sample = write_sample(folder, today)
    with transaction() as session:
        exclusive(session, "sample")
        if authority_codes(session):  # somebody else was faster
            return None
        _bring_units(session, sample.units, today, actor)
        done = _bring_plan(session, sample.plan, today, actor)
        live_in(session, done.diff.code, sample.criteria, _sample_items(), today, actor, near=day_near)
    return done


def _bring_units(session: Session, path: Path, today: date, actor: Actor) -> None:
    from documents.reading.staff.unit_list import read_unit_list
    from services.office.unit_list import store_unit_list

    store_unit_list(session, read_unit_list(path), None, today, actor)
    session.expire_all()


def _bring_plan(session: Session, path: Path, today: date, actor: Actor) -> Imported:
    """Import the document as any other."""
    from config.settings import load_settings
    from documents.reading.plan.interpret import read_plan
    from services.documents import keep_document
    from services.plans.importing import import_plan, request_for
    from services.policy import terms_of
    from services.staff.queries import the_authority, unit_book

    read = read_plan(path, units=unit_book(session, the_authority(session)))
    kept = keep_document(path, load_settings().documents)
    done = import_plan(session, replace(request_for(read), document=kept), actor, terms_of(today))
    session.expire_all()
    return done


def _sample_items() -> "list[SampleItem]":
    """The sample's items by their codes."""
    from deployments.sample.answers import SampleItem

    return [
        SampleItem(f"{part}.{number}", item)
        for part, section in zip(_PARTS, _content()["sections"], strict=False)
        for number, item in enumerate(section["items"], 1)
    ]


def sample_visitors(session: Session) -> dict[str, int]:
    """People to try the portal as; empty without the sample."""
    from services.staff.queries import authority_named, people_of

    units = yaml.safe_load((files("config") / "sample" / "units.yaml").read_text(encoding="utf-8"))
    owner = authority_named(session, units["authority"]["name"])
    if owner is None:
        return {}
    people = people_of(session, owner.id)
    wanted = {
        "Trang các đơn vị": [one for one in people if one.is_mailbox and one.unit_id == owner.focal_unit_id],
        "Trang quản trị": [one for one in people if one.role is Role.ADMIN],
        "Trang lãnh đạo": [one for one in people if one.role is Role.LEADER],
    }
    return {name: found[0].id for name, found in wanted.items() if found}


def _content() -> Any:
    source = files("config") / "sample" / "plan.yaml"
    return yaml.safe_load(source.read_text(encoding="utf-8"))


def day_near(today: date, days: int) -> date:
    """A weekday near so many days from today, within the year."""
    first, last = date(today.year, 1, 2), date(today.year, 12, 31)
    day = min(max(today + timedelta(days=days), first), last)
    back = days < 0 or day > last - timedelta(days=3)
    while day.isoweekday() > 5:
        day += timedelta(days=-1 if back else 1)
    return day


def _filled(value: Any, today: date) -> Any:
    """The content with its days, year, quarter and month put in."""
    if isinstance(value, Mapping):
        return {key: _filled(part, today) for key, part in value.items()}
    if isinstance(value, list):
        return [_filled(part, today) for part in value]
    if not isinstance(value, str):
        return value
    text = _PLACE.sub(lambda found: f"{day_near(today, int(found['days'])):%d/%m/%Y}", value)
    words = {"year": today.year, "quarter": _QUARTERS[(today.month - 1) // 3], "month": f"{today.month:02}"}
    for name, word in words.items():
        text = text.replace(f"{{{name}}}", str(word))
    return text


def _issued(today: date) -> date:
    """The signing day: six weeks ago, within the year."""
    return day_near(today, -42)


def _document(plan: Mapping[str, Any], today: date) -> Any:
    from docx import Document
    from docx.shared import Cm, Pt

    document = Document()
    style = document.styles["Normal"]
    style.font.name, style.font.size = "Times New Roman", Pt(13)
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin, section.right_margin = Cm(3), Cm(1.5)
    _letterhead(document, plan, _issued(today))
    _line(document, "KẾ HOẠCH", bold=True, centred=True)
    _line(document, plan["title"], bold=True, centred=True)
    for part in plan["body"]:
        _line(document, part["head"] if isinstance(part, Mapping) else part, bold=isinstance(part, Mapping))
    _signature(document, plan)
    _annex(document, plan, _issued(today))
    return document


def _letterhead(document: Any, plan: Mapping[str, Any], issued: date) -> None:
    day = f"ngày {issued.day:02} tháng {issued.month:02} năm {issued.year}"
    table = document.add_table(rows=2, cols=2)
    left, right = table.rows[0].cells
    left.text = f"{plan['superior']}\n{plan['authority']}"
    right.text = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc"
    left, right = table.rows[1].cells
    left.text = f"Số: {plan['number']}/{plan['symbol']}"
    right.text = f"{plan['place']}, {day}"
    for row in table.rows:
        for cell in row.cells:
            for paragraph in cell.paragraphs:
                paragraph.alignment = 1


def _line(document: Any, text: str, *, bold: bool = False, centred: bool = False) -> None:
    paragraph = document.add_paragraph()
    paragraph.add_run(text).bold = bold
    paragraph.alignment = 1 if centred else 3


def _signature(document: Any, plan: Mapping[str, Any]) -> None:
    table = document.add_table(rows=1, cols=2)
    left, right = table.rows[0].cells
    left.text = "Nơi nhận:\n" + ";\n".join(f"- {name}" for name in plan["recipients"]) + "."
    right.text = f"TM. ỦY BAN NHÂN DÂN\nCHỦ TỊCH\n\n\n{plan['signer']}"
    for paragraph in right.paragraphs:
        paragraph.alignment = 1


def _annex(document: Any, plan: Mapping[str, Any], issued: date) -> None:
    """The table of items on a page of its own, lying."""
    from docx.enum.section import WD_ORIENT
    from docx.shared import Cm

    section = document.add_section()
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Cm(29.7), Cm(21)
    section.left_margin = section.right_margin = Cm(2)
    _line(document, "PHỤ LỤC", bold=True, centred=True)
    number = f"{plan['number']}/{plan['symbol']} ngày {issued:%d/%m/%Y}"
    _line(document, f"(Kèm theo Kế hoạch số {number} của UBND phường Sơn Ca)", centred=True)
    table = document.add_table(rows=1, cols=len(_HEAD), style="Table Grid")
    for cell, name in zip(table.rows[0].cells, _HEAD, strict=True):
        cell.text = name
    for cells in _rows(plan["sections"]):
        row = table.add_row().cells
        if len(cells) == 2:
            row[1].merge(row[-1])
        for cell, text in zip(row, cells, strict=False):
            cell.text = text
    for column, width in zip(table.columns, _WIDTHS_CM, strict=True):
        for cell in column.cells:
            cell.width = Cm(width)


def _rows(sections: list[Mapping[str, Any]]) -> Iterator[tuple[str, ...]]:
    """The rows of the sample's table."""
    for part, section in zip(_PARTS, sections, strict=False):
        yield part, section["title"]
        for number, item in enumerate(section["items"], 1):
            yield str(number), item["title"], item["timing"], item["lead"], item["with"], item["result"]
