"""`dondoc run` as a person has it: everything comes up, mail is there, Ctrl-C ends it all, nothing is left behind."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import pytest

from config.settings import load_settings
from deployments.prefect.server import server_environment
from deployments.run import ports
from deployments.run.children import Child
from tests.prefect_house import free_port

DONDOC = str(Path(sys.executable).parent / "dondoc")


@dataclass
class Product:
    """A running `dondoc run`: its process, its environment and what it printed."""

    process: "subprocess.Popen[str]"
    environment: dict[str, str]
    said: Path

    @classmethod
    def start(cls, environment: dict[str, str]) -> "Product":
        said = Path(environment["DONDOC_HOME"]).with_suffix(".txt")
        with said.open("w", encoding="utf-8") as output:
            process = subprocess.Popen(
                [DONDOC, "run"], env=environment, stdout=output, stderr=subprocess.STDOUT, text=True
            )
        return cls(process, environment, said)

    def text(self) -> str:
        return self.said.read_text(encoding="utf-8")

    def until_it_says(self, words: str, seconds: float = 120) -> str:
        end = time.monotonic() + seconds
        while words not in self.text():
            assert self.process.poll() is None and time.monotonic() < end, self.text() + logs(self.environment)
            time.sleep(0.2)
        return self.text()

    def descendants(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def command(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run([DONDOC, *arguments], env=self.environment, capture_output=True, text=True, check=False)


def posted(said: str) -> int:
    """How many deployments it said it posted."""
    return int(re.findall(r"Đăng (\d+) deployment", said)[0])


def logs(environment: dict[str, str]) -> str:
    folder = Path(environment["DONDOC_HOME"]) / "logs"
    return "".join(f"\n--- {log.name}\n{log.read_text(encoding='utf-8')[-2000:]}" for log in folder.glob("*.log"))


def an_environment(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DONDOC_", "PREFECT_"))}
    numbers = {name: str(free_port()) for name in ("PREFECT_PORT", "SMTP_PORT", "MAILBOX_WEB_PORT", "PORTAL_PORT")}
    given = {f"DONDOC_{name}": number for name, number in numbers.items()}
    return {**kept, **given, "DONDOC_HOME": str(home), "PREFECT_WORKER_QUERY_SECONDS": "1"}


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The product, started for the first time in an empty home."""
    running = Product.start(an_environment(tmp_path_factory.mktemp("product") / "var"))
    try:
        yield running
    finally:
        if running.process.poll() is None:
            running.process.send_signal(signal.SIGINT)
            running.process.wait(20)


@pytest.mark.prefect
@pytest.mark.slow
def test_the_first_start_brings_a_sample_plan_its_deployments_and_the_first_digests(product: Product) -> None:
    said = product.until_it_says("Dừng: Ctrl-C")
    assert "Đã nhập kế hoạch mẫu" in said
    assert posted(said) >= 33
    assert re.search(r"Buổi sáng: Đã gửi thư\. \d+ thư đã gửi", said), said
    port = product.environment["DONDOC_PREFECT_PORT"]
    assert f"http://127.0.0.1:{port}" in said
    names = {one["name"] for one in httpx.post(f"http://127.0.0.1:{port}/api/deployments/filter", json={}).json()}
    assert len(names) >= 31
    listed = json.loads(product.command("messages", "--state", "sent", "--json").stdout)
    mailbox = f"http://127.0.0.1:{product.environment['DONDOC_MAILBOX_WEB_PORT']}"
    assert httpx.get(mailbox).status_code == httpx.codes.OK
    assert len(listed) == int(re.findall(r"(\d+) thư đã gửi", said)[0])


@pytest.mark.prefect
@pytest.mark.slow
@pytest.mark.parametrize(
    ("door", "page", "heading"),
    [
        ("Trang các đơn vị", "/hom-nay", "Việc của Phòng Văn hóa - Xã hội"),
        ("Trang quản trị", "/ke-hoach", "son-ca-2026"),
        ("Trang lãnh đạo", "/lanh-dao", "son-ca-2026"),
    ],
)
def test_the_addresses_open_the_pages_of_a_unit_the_administrator_and_a_leader(
    door: str, page: str, heading: str, product: Product
) -> None:
    said = product.until_it_says("Dừng: Ctrl-C")
    address = re.findall(rf"{door}: +(http://\S+)", said)[0]
    with httpx.Client(follow_redirects=True) as visitor:
        hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', visitor.get(address).text)
        assert visitor.post(address, data=dict(hidden)).status_code == httpx.codes.OK
        shown = visitor.get(address.partition("/vao/")[0] + page)
    assert shown.status_code == httpx.codes.OK
    assert heading in shown.text


@pytest.mark.prefect
@pytest.mark.slow
def test_the_doctor_finds_it_well_and_tries_a_run(product: Product) -> None:
    product.until_it_says("Dừng: Ctrl-C")
    done = product.command("doctor", "--json", "--mail", "thu@song-mai.example")
    findings = {one["part"]: one for one in json.loads(done.stdout)}
    calendar = findings.pop("Ngày nghỉ, ngày làm bù")["ok"]  # in December next year's is asked for
    assert done.returncode == int(not calendar), done.stdout
    assert all(one["ok"] for one in findings.values())
    assert "worker chạy xong" in findings["Prefect"]["message"]
    assert {"Cơ sở dữ liệu", "Máy chủ thư", "Thư thử", "Đồng hồ, múi giờ", "Dung lượng đĩa"} <= set(findings)


@pytest.mark.prefect
@pytest.mark.slow
def test_a_child_that_dies_is_started_again_and_said(product: Product) -> None:
    product.until_it_says("Dừng: Ctrl-C")
    mailbox = next(one for one in product.descendants() if "mailbox" in one.cmdline())
    mailbox.kill()
    product.until_it_says("Hộp thư thử dừng đột ngột (mã -9); khởi động lại sau 1 giây", 15)
    end = time.monotonic() + 20
    while not any("mailbox" in one.cmdline() and one.pid != mailbox.pid for one in product.descendants()):
        assert time.monotonic() < end
        time.sleep(0.2)


@pytest.mark.prefect
@pytest.mark.slow
def test_a_plan_changed_while_it_runs_is_followed_in_prefect_by_itself(product: Product) -> None:
    product.until_it_says("Dừng: Ctrl-C")
    items = json.loads(product.command("item", "list", "son-ca-2026", "--json").stdout)
    title = "Công khai thủ tục hành chính đã sửa"
    done = product.command("item", "edit", "son-ca-2026", items[0]["code"], "--title", title, "--yes")
    assert "Đã ghi." in done.stdout, done.stdout + done.stderr
    api = f"http://127.0.0.1:{product.environment['DONDOC_PREFECT_PORT']}/api/deployments/filter"
    wanted = {"deployments": {"name": {"like_": f"son-ca-2026 {items[0]['code']}"}}}
    end = time.monotonic() + 90
    while not any(title in one["description"] for one in httpx.post(api, json=wanted).json()):
        assert time.monotonic() < end, product.text() + logs(product.environment)
        time.sleep(0.5)
    psutil.wait_procs([one for one in product.descendants() if "deploy" in one.cmdline()], timeout=30)


@pytest.mark.prefect
@pytest.mark.slow
def test_a_second_one_in_the_same_home_is_refused(product: Product) -> None:
    product.until_it_says("Dừng: Ctrl-C")
    second = product.command("run")
    assert second.returncode == 1
    assert "dondoc đang chạy với thư mục dữ liệu" in second.stderr


@pytest.mark.prefect
@pytest.mark.slow
def test_ctrl_c_ends_everything_and_the_next_start_keeps_the_data_even_after_a_kill(product: Product) -> None:
    product.until_it_says("Dừng: Ctrl-C")
    children, before = product.descendants(), posted(product.text())
    assert len(children) == 4
    begun = time.monotonic()
    product.process.send_signal(signal.SIGINT)
    assert product.process.wait(15) == 0
    assert time.monotonic() - begun < 12
    assert product.text().endswith("Đã dừng.\n")
    assert not [one for one in children if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]
    again = Product.start(product.environment)
    said = again.until_it_says("Dừng: Ctrl-C")
    assert f"Đăng 0 deployment, {before} không đổi" in said
    assert "kế hoạch mẫu" not in said
    children = again.descendants()
    again.process.kill()
    again.process.wait()
    gone, alive = psutil.wait_procs(children, timeout=15)
    assert not alive, "a supervisor that was killed leaves no process behind"
    assert len(gone) == 4


@pytest.mark.parametrize(
    ("setting", "purpose"),
    [
        ("DONDOC_PREFECT_PORT", "Prefect"),
        ("DONDOC_SMTP_PORT", "hộp thư thử (SMTP)"),
        ("DONDOC_MAILBOX_WEB_PORT", "hộp thư thử (web)"),
    ],
)
def test_a_port_in_use_is_one_sentence_that_names_the_setting(setting: str, purpose: str, tmp_path: Path) -> None:
    environment = an_environment(tmp_path / "var")
    with socket.create_server(("127.0.0.1", int(environment[setting]))):
        done = subprocess.run([DONDOC, "run"], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == (
        f"Lỗi: Cổng {environment[setting]} dành cho {purpose} đang có chương trình khác dùng: "
        f"đặt {setting} sang cổng khác rồi chạy lại.\n"
    )


def test_the_same_port_twice_is_refused(home: Path) -> None:
    port = free_port()
    settings = load_settings(home=home, prefect_port=port, smtp_port=port)
    assert ports.problem(settings) == (
        f"hộp thư thử (SMTP) và Prefect cùng đặt cổng {port}: "
        "đổi DONDOC_SMTP_PORT hoặc DONDOC_PREFECT_PORT rồi chạy lại."
    )


def test_a_real_mail_server_or_a_foreign_prefect_needs_none_of_our_ports(home: Path) -> None:
    settings = load_settings(home=home, smtp_host="mail.example.vn", prefect_api_url="http://prefect.example.vn/api")
    assert [port.setting for port in ports.needed(settings)] == ["DONDOC_PORTAL_PORT"]
    assert ports.needed(settings.model_copy(update={"portal": False})) == []


def test_the_pauses_between_restarts_grow(home: Path) -> None:
    said: list[str] = []
    child = Child("dondoc", "Worker", ["--khong-co"], {}, home / "logs" / "worker.log")
    for _ in range(3):
        child.start()
        assert child.process is not None
        child.process.wait()
        child.watch(said.append)
        child.end(0)
    assert [line.split("sau ")[1].split(" giây")[0] for line in said] == ["1", "2", "4"]
    assert "mã 2" in said[0]


def test_the_server_calls_nobody_and_lets_no_foreign_page_in(home: Path) -> None:
    environment = server_environment(load_settings(home=home, prefect_port=4321, prefect_auth="admin:bí-mật"))
    assert environment["PREFECT_HOME"] == str(home / "prefect")
    assert environment["PREFECT_SERVER_ANALYTICS_ENABLED"] == "false"
    assert environment["DO_NOT_TRACK"] == "1"
    assert environment["PREFECT_SERVER_API_AUTH_STRING"] == environment["PREFECT_API_AUTH_STRING"] == "admin:bí-mật"
    assert environment["PREFECT_SERVER_CORS_ALLOWED_ORIGINS"] == "http://127.0.0.1:4321,http://localhost:4321"
    assert environment["PYTHONTZPATH"] == ""
