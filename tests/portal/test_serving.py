"""The command, the port, the proxies believed, and fifty people at once on either database."""

import os
import re
import signal
import stat
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from config.portal_key import portal_key
from config.settings import SettingsError, load_settings
from deployments.cli.app import run
from models import AuditEvent, PortalLink, Progress
from models.session import engine_for, transaction
from portal.serve import bound
from portal.web.site import make_site
from tests.portal.browsing import free_port, served
from tests.portal.crowd import crowd
from tests.portal.town import Town, make_town, song_mai

CROWD = 50


def test_the_key_is_made_once_for_its_owner_alone(home: Path) -> None:
    settings = load_settings(home=home)
    keys: list[bytes] = []
    threads = [threading.Thread(target=lambda: keys.append(portal_key(settings))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(keys)) == 1
    assert stat.S_IMODE((home / "portal.key").stat().st_mode) == 0o600
    assert sorted(path.name for path in home.iterdir()) == ["portal.key"]
    (home / "portal.key").write_bytes(b"short")
    with pytest.raises(SettingsError, match="bị hỏng"):
        portal_key(settings)


def test_a_file_type_nobody_knows_is_said_at_the_start(home: Path) -> None:
    with pytest.raises(SettingsError, match="DONDOC_PORTAL_FILE_TYPES"):
        make_site(load_settings(home=home, portal_file_types="pdf exe"))


def test_a_taken_port_is_one_clear_sentence() -> None:
    taken = bound("127.0.0.1", free_port())
    with pytest.raises(SettingsError, match="Không mở được cổng"):
        bound("127.0.0.1", taken.getsockname()[1])
    taken.close()


def test_an_administrator_makes_a_link_by_hand_and_it_is_audited(
    town: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["link", "Phong-VHXH@song-mai.example", "--plan", "song-mai-2025"]) == 0
    address = capsys.readouterr().out.strip()
    path = re.sub(r"^http://127\.0\.0\.1:4100", "", address)
    assert town.anybody().post(path).status_code == 303
    with town.read() as session:
        row = session.scalars(select(PortalLink)).one()
        assert row.purpose == "hand"
        made = session.scalars(select(AuditEvent).where(AuditEvent.action == "link.make")).one()
        assert address not in str((made.subject, made.after, made.note))
    assert run(["link", "phong-vhxh@song-mai.example", "--revoke"]) == 0
    assert town.anybody().post(path).status_code == 410
    assert run(["link", "la@x.example"]) == 2
    assert run(["link", "phong-vhxh@song-mai.example", "--plan", "khac"]) == 2
    assert run(["link"]) == 2
    assert run(["link", "--revoke-all"]) == 0
    assert "Traceback" not in capsys.readouterr().err


def test_the_command_serves_answers_to_health_and_ends_in_order(town: Town) -> None:
    port = free_port()
    command = [str(Path(sys.executable).parent / "dondoc"), "portal", "--port", str(port)]
    process = subprocess.Popen(command, env={**os.environ}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        end = time.monotonic() + 30
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
                    assert answer.read() == b"ok\n"
                    break
            except OSError:
                assert time.monotonic() < end, process.stderr
                time.sleep(0.1)
    finally:
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=20)
    assert "GET /healthz 200" in errors
    assert "Traceback" not in errors


def test_the_portal_runs_without_prefect() -> None:
    loaded = "import sys, portal.serve, deployments.cli.commands.portal; print('prefect' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_the_health_page_says_when_the_database_is_not_there(home: Path) -> None:
    from starlette.testclient import TestClient

    from portal.app import create_app

    home.mkdir(parents=True)
    client = TestClient(create_app(make_site(load_settings(home=home))))
    assert client.get("/healthz").status_code == 503


@pytest.mark.parametrize(("proxies", "believed"), [("", False), ("10.9.9.9", False), ("127.0.0.1", True)])
def test_only_named_proxies_are_believed(home: Path, sqlite_url: str, proxies: str, believed: bool) -> None:
    assert sqlite_url
    port = free_port()
    town = make_town(home, song_mai, portal_proxies=proxies)
    with served(town.site, port):
        answer = httpx.post(
            f"http://127.0.0.1:{port}{town.link('officer')}", headers={"x-forwarded-proto": "https"}, trust_env=False
        )
    assert ("Secure" in answer.headers["set-cookie"]) is believed
    assert ("strict-transport-security" in answer.headers) is believed


def test_fifty_people_answering_at_once_all_get_their_answer_stored(home: Path, database_url: str) -> None:
    port = free_port()
    town = make_town(home, song_mai, database_url=database_url)
    with transaction(town.site.database) as session:
        ids = crowd(session, town.people["officer"], CROWD)
    links = [town.link("officer") for _ in range(CROWD)]
    statuses: list[int] = []

    def person(number: int) -> None:
        base = f"http://127.0.0.1:{port}"
        with httpx.Client(base_url=base, follow_redirects=False, timeout=60, trust_env=False) as client:
            statuses.append(client.post(links[number]).status_code)
            page = client.get(f"/viec/{ids[number]}")
            token = re.search(r'name="khoa" value="([^"]+)"', page.text)
            assert token, page.text
            data = {"khoa": token[1], "seen": "0", "state": "done", "note": f"Người thứ {number}"}
            files = [("files", ("a.pdf", b"%PDF-1.4\n" + str(number % 5).encode(), "application/pdf"))]
            statuses.append(client.post(f"/viec/{ids[number]}", data=data, files=files).status_code)

    with served(town.site, port):
        threads = [threading.Thread(target=person, args=(number,)) for number in range(CROWD)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert statuses == [303] * (2 * CROWD)
    with town.read() as session:
        assert len(session.scalars(select(Progress.id)).all()) == CROWD
        from services import audit

        assert audit.verify(session) is None
    engine_for(town.site.database).dispose()
