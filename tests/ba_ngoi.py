"""The real plan of Ba Ngòi with units and people, brought in through the command line."""

from pathlib import Path

from sqlalchemy import select

from deployments.cli.app import run
from models import Authority
from models.session import reading

UNITS = """
authority: {name: UBND phường Ba Ngòi, place: Ba Ngòi, focal_unit: Phòng Văn hóa - Xã hội}
units:
  - {name: Phòng Văn hóa - Xã hội, mailbox: vhxh@x.example, head: "Trưởng phòng Văn hóa <truong.vhxh@x.example>"}
  - {name: Văn phòng HĐND và UBND, mailbox: vp@x.example, head: "Chánh Văn phòng <truong.vp@x.example>"}
  - {name: Trung tâm Phục vụ hành chính công, mailbox: hcc@x.example, head: "Giám đốc <truong.hcc@x.example>"}
  - {name: "Phòng Kinh tế, Hạ tầng và Đô thị", mailbox: kt@x.example, head: "Trưởng phòng <truong.kt@x.example>"}
people:
  - {name: Chủ tịch, email: chu-tich@x.example, role: leader}
"""


def import_ba_ngoi(shared: Path, folder: Path) -> str:
    """Init, units and plan in the database of the settings. Returns the authority's code."""
    units = folder / "don-vi.yaml"
    units.write_text(UNITS, encoding="utf-8")
    assert run(["init", "--authority", "UBND phường Ba Ngòi", "--admin-email", "quan-tri@x.example"]) == 0
    assert run(["units", "import", str(units)]) == 0
    assert run(["plan", "import", str(shared / "plans" / "files" / "ba-ngoi-2025.docx"), "--yes"]) == 0
    with reading() as session:
        return session.scalars(select(Authority.code)).one()
