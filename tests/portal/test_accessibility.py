"""WCAG 2.2 AA, judged by axe-core in a real browser, on a telephone and on a desk; nothing scrolls sideways."""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from models.session import transaction
from portal.web.site import make_site
from tests.portal.browsing import chromium, free_port, served
from tests.portal.town import Town, make_town, song_mai

pytestmark = pytest.mark.browser

VERSION = "4.10.3"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def axe() -> str:
    """The source of axe-core from the npm registry, kept in the temporary folder between runs."""
    folder = Path(tempfile.gettempdir()) / f"dondoc-axe-{VERSION}"
    source = folder / "node_modules" / "axe-core" / "axe.min.js"
    if not source.exists():
        npm = shutil.which("npm")
        if npm is None:
            pytest.skip("npm is not here: axe-core cannot be installed for the check")
        folder.mkdir(exist_ok=True)
        command = [npm, "install", "--prefix", str(folder), "--no-audit", "--no-fund", "--ignore-scripts"]
        done = subprocess.run(
            [*command, f"axe-core@{VERSION}"], capture_output=True, text=True, timeout=120, check=False
        )
        if done.returncode:
            pytest.skip(f"npm registry not reached: {done.stderr.strip()[-200:]}")
    return source.read_text(encoding="utf-8")


@pytest.fixture
def front(home: Path, sqlite_url: str) -> Iterator[tuple[Town, Any]]:
    assert sqlite_url
    port = free_port()
    town = make_town(home, song_mai)
    settings = town.settings.model_copy(update={"portal_url": f"http://127.0.0.1:{port}"})
    town.settings, town.site = settings, make_site(settings, clock=town.clock)
    with served(town.site, port), chromium() as browser:
        yield town, browser


def judged(page: Any, axe: str, name: str) -> list[str]:
    """What axe-core finds wrong with a page, each with the element."""
    page.evaluate(axe)
    asked = {"runOnly": RULES, "resultTypes": ["violations"]}
    found = page.evaluate(f"axe.run(document, {json.dumps(asked)})")
    return [
        f"{name}: {one['id']} {one['help']} {node['html'][:160]}"
        for one in found["violations"]
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("width", [360, 1280])
def test_every_page_passes_wcag_and_fits_its_screen(front: tuple[Town, Any], axe: str, width: int) -> None:
    town, browser = front
    prepare(town)
    page = browser.new_context(viewport={"width": width, "height": 800}, locale="vi-VN").new_page()
    base, first, second = town.site.door.base, town.due["A.I.1"], town.due["A.I.2"]
    page.goto(base + town.link("officer"))
    problems = judged(page, axe, "vao")
    page.get_by_role("button").click()
    steps = {
        "hom-nay": lambda: page.goto(f"{base}/hom-nay?vai_tro=lead"),
        "viec": lambda: page.goto(f"{base}/viec/{first}"),
        "viec, a returned one": lambda: page.goto(f"{base}/viec/{second}"),
        "viec, with errors": lambda: page.get_by_role("button", name="Gửi báo cáo").click(),
        "lich": lambda: page.goto(f"{base}/lich"),
        "ban-giao": lambda: page.goto(f"{base}/ban-giao"),
        "khong co": lambda: page.goto(f"{base}/khong-co"),
        "lien-ket-moi": lambda: page.goto(f"{base}/lien-ket-moi"),
        "lien-ket-moi, with an error": lambda: page.get_by_role("button").click(),
    }
    for name, step in steps.items():
        step()
        if name == "viec, a returned one":
            page.get_by_label("Không thực hiện được").check()
            page.get_by_label("Tỷ lệ hoàn thành (%)").fill("abc")
        for summary in page.locator("summary").all():
            summary.click()
        problems += judged(page, axe, name)
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            problems.append(f"{name}: {wide} px wide on a screen of {width}")
    assert problems == []


def prepare(town: Town) -> None:
    """Something of everything on the pages: an answer with a proof, a part, a request, one sent back."""
    from rules.work.answers import Answer, ExtensionAsked
    from rules.work.evidence import Reference
    from services.work.answers import answer, held, new_batch
    from services.work.evidence import Brought, attach
    from services.work.extensions import ask_extension
    from services.work.reviews import return_answer
    from tests.portal.town import TODAY

    officer, partner, admin = town.actor("officer"), town.actor("partner"), town.actor("admin")
    with transaction(town.site.database) as session:
        of = held(session, officer.visitor, town.due["A.I.1"])
        part = held(session, partner.visitor, town.due["A.I.1"])
        answer(session, partner, part, Answer("under_way", 40, "Đang tổng hợp"), seen=0, batch=new_batch())
        stored = answer(session, officer, of, Answer("under_way", 70, "Đang rà soát"), seen=0, batch=new_batch())
        reference = Reference("12/BC-UBND", TODAY, "UBND phường", "trang 4", "https://phuong.example/vb/12")
        attach(session, officer, of, stored, Brought(reference=reference), town.settings.documents)
        ask_extension(session, officer, of, ExtensionAsked(TODAY.replace(day=25), "Chờ số liệu"))
        second = held(session, officer.visitor, town.due["A.I.2"])
        done = answer(session, officer, second, Answer("done", 100, done_on=TODAY), seen=0, batch=new_batch())
        return_answer(session, admin, done.id, "Thiếu số quyết định", town.site.ladder())
