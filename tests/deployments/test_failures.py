"""What goes wrong around the program: one Vietnamese sentence that says what to do, and an exit code; no traceback."""

import os
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from deployments.cli.app import run
from models import session as sessions
from models.session import address_of

CRITERIA = Path(__file__).parents[2] / "config" / "criteria" / "all-rules-sample.yaml"


def _said(capsys: pytest.CaptureFixture[str]) -> str:
    """The one sentence on stderr, which is no English and no traceback."""
    said = capsys.readouterr().err.strip()
    assert said.startswith("Lỗi: ") and len(said.splitlines()) == 1, said
    assert "Errno" not in said and "Error" not in said
    return said


@pytest.mark.parametrize(
    "address",
    ["mysql://x/y", "oracle://x/y", "không phải địa chỉ", "sqlite://", "postgresql://a:b@máy:cổng/x", "postgresql://a"],
)
def test_an_address_of_no_database_we_know_is_a_wrong_setting(
    address: str, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DONDOC_DATABASE_URL", address)
    for command in (["plan", "list"], ["init"], ["status"], ["backup", "x.zip"], ["portal"]):
        assert run(command) == 2, command
        assert "DONDOC_DATABASE_URL" in _said(capsys)


def test_the_addresses_we_document_are_understood() -> None:
    assert address_of("sqlite:////srv/dondoc.db").database == "/srv/dondoc.db"
    assert address_of("postgresql+psycopg://a:b@may-chu/ten").host == "may-chu"


def test_a_postgresql_that_is_not_there_is_said(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as held:  # bound and not listening: nobody answers there
        held.bind(("127.0.0.1", 0))
        monkeypatch.setenv("DONDOC_DATABASE_URL", f"postgresql://a:b@127.0.0.1:{held.getsockname()[1]}/x")
        assert run(["plan", "list"]) == 1
    assert "Không kết nối được máy chủ PostgreSQL" in _said(capsys)


@pytest.mark.postgres
def test_a_postgresql_without_our_database_or_role_is_said(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DONDOC_DATABASE_URL", address_of(postgres_url).set(database="khac").render_as_string(False))
    assert run(["plan", "list"]) == 1
    assert "createdb khac" in _said(capsys)
    monkeypatch.setenv("DONDOC_DATABASE_URL", address_of(postgres_url).set(username="la").render_as_string(False))
    assert run(["plan", "list"]) == 1
    assert "từ chối tên hoặc mật khẩu" in _said(capsys)


def test_a_file_that_is_no_database_is_said(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home.mkdir()
    (home / "dondoc.db").write_bytes(b"This is a letter, not a database." * 100)
    assert run(["plan", "list"]) == 1
    assert "bị hỏng hoặc không phải của dondoc" in _said(capsys)


def test_a_folder_in_the_place_of_the_database_is_said(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "dondoc.db").mkdir(parents=True)
    assert run(["plan", "list"]) == 1
    assert "Không mở được tệp cơ sở dữ liệu" in _said(capsys)


def test_a_database_that_another_program_holds_is_said(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sessions, "SQLITE_WAIT_MS", 50)
    holder = sqlite3.connect(address_of(sqlite_url).database or "", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        assert run(["token", "create", "Bảng theo dõi"]) == 1
    finally:
        holder.close()
    assert "đang bị chương trình khác giữ" in _said(capsys)


def test_a_database_that_may_only_be_read_is_said(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = address_of(sqlite_url).database
    monkeypatch.setenv("DONDOC_DATABASE_URL", f"sqlite:///file:{path}?mode=ro&uri=true")
    assert run(["token", "create", "Bảng theo dõi"]) == 1
    assert "chỉ cho đọc" in _said(capsys)


def test_a_home_that_is_a_file_is_said(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home.write_text("một tệp", encoding="utf-8")
    assert run(["init"]) == 1
    assert str(home) in _said(capsys)


def test_a_step_of_the_start_that_fails_says_so_in_one_sentence(home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "deployments.child", "prepare"],
        env={**os.environ, "DONDOC_DATABASE_URL": "mysql://x/y"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert done.returncode == 2
    assert done.stderr.startswith("Lỗi: Cài đặt DONDOC_DATABASE_URL") and len(done.stderr.splitlines()) == 1


def test_settings_of_another_encoding_are_a_wrong_setting(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home.mkdir()
    (home / "dondoc.env").write_text("DONDOC_MAIL_FROM_NAME=Đôn đốc", encoding="utf-16")
    assert run(["plan", "list"]) == 2
    assert "UTF-8" in _said(capsys)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("DONDOC_SMTP_PORT", "mail", "phải là số nguyên"),
        ("DONDOC_SMTP_PORT", "99999", "không được quá 65535"),
        ("DONDOC_SMTP_TIMEOUT", "lâu", "phải là số"),
        ("DONDOC_SMTP_TIMEOUT", "0", "phải lớn hơn 0"),
        ("DONDOC_SMTP_SECURITY", "tls", "'none', 'starttls' hoặc 'ssl'"),
        ("DONDOC_PORTAL", "có lẽ", "phải là true hoặc false"),
        ("DONDOC_PORTAL_URL", "cong.example", "bắt đầu bằng http://"),
    ],
)
def test_a_bad_setting_says_in_vietnamese_what_it_may_be(
    name: str, value: str, says: str, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(name, value)
    assert run(["plan", "list"]) == 2
    said = _said(capsys)
    assert name in said and says in said and "Input should" not in said


def test_a_place_that_cannot_be_written_is_said(
    sqlite_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nowhere, folder = tmp_path / "không có" / "a.yaml", tmp_path / "thư mục"
    folder.mkdir()
    assert run(["criteria", "check", str(CRITERIA), "--yaml", str(nowhere)]) == 1
    assert f"{nowhere}: không có tệp hoặc thư mục này" in _said(capsys)
    assert run(["backup", str(folder)]) == 1
    assert f"{folder}: đây là thư mục" in _said(capsys)


@pytest.mark.parametrize(
    "command", [["plan", "read"], ["units", "import"], ["criteria", "check"], ["restore", "--yes"]]
)
def test_a_document_that_cannot_be_opened_is_refused(
    command: list[str], sqlite_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path, says in ((tmp_path / "không có.docx", "không"), (tmp_path, "đây là thư mục")):
        assert run([*command, str(path)]) == 3, command
        said = _said(capsys)
        assert path.name in said and says in said


def test_a_taken_port_is_said(sqlite_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        assert run(["portal", "--port", str(held.getsockname()[1])]) == 2
    assert "đang có chương trình khác dùng" in _said(capsys)
