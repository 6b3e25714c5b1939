"""Settings: one page, from the environment (prefix DONDOC_), then `$DONDOC_HOME/dondoc.env`.

A secret may be given in a file instead: DONDOC_SMTP_PASSWORD_FILE names it.
`config/dondoc.env.sample` documents every setting in Vietnamese.
"""

import os
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from config.homes import DEFAULT_HOME
from config.os_words import reason
from config.toml_files import said

TIME_ZONE = "Asia/Ho_Chi_Minh"

Port = Annotated[int, Field(ge=1, le=65535)]


class SettingsError(Exception):
    """A setting cannot be used. The message is one Vietnamese sentence that names it."""


def _absolute(path: Path) -> Path:
    return path.expanduser().absolute()


def _web_address(url: str | None) -> str | None:
    if url is None:
        return None
    if not url.startswith(("http://", "https://")) or not url.isascii() or " " in url:
        raise ValueError("phải là địa chỉ web bắt đầu bằng http:// hoặc https://")
    return url.rstrip("/")


class Settings(BaseSettings):
    """Every setting of the product with its embedded default (SQLite, demo mailbox, loopback)."""

    model_config = SettingsConfigDict(env_prefix="DONDOC_", extra="ignore", env_ignore_empty=True)

    home: Annotated[Path, AfterValidator(_absolute)] = Field(default=DEFAULT_HOME, validate_default=True)
    database_url: str | None = None

    policy_file: Path | None = None
    working_days_file: Path | None = None

    smtp_host: str = "127.0.0.1"
    smtp_port: Port = 4025
    smtp_security: Literal["none", "starttls", "ssl"] = "none"
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    smtp_password_file: Path | None = None
    smtp_timeout: Annotated[float, Field(gt=0, le=600)] = 20.0
    mail_from: str = "dondoc@localhost"
    mail_from_name: str = "Đôn đốc kế hoạch"
    reply_to: str | None = None
    mail_domain: str = ""

    host: str = "127.0.0.1"
    prefect_port: Port = 4200
    prefect_api_url: str | None = None
    prefect_auth: SecretStr | None = None
    work_pool: str = "dondoc"
    worker_limit: Annotated[int, Field(ge=1, le=16)] = 2

    mailbox: bool = True
    mailbox_web_port: Port = 4080
    mailbox_user: str = "demo"

    portal: bool = True
    portal_url: Annotated[str | None, AfterValidator(_web_address)] = None
    portal_host: str = "127.0.0.1"
    portal_port: Port = 4100
    portal_proxies: str = ""
    portal_link_days: Annotated[int, Field(ge=1, le=365)] = 30
    portal_session_hours: Annotated[int, Field(ge=1, le=24 * 30)] = 12
    portal_file_types: str = "pdf docx xlsx jpg png"
    portal_file_mb: Annotated[int, Field(ge=1, le=500)] = 25

    @model_validator(mode="after")
    def _own_domain(self) -> Self:
        """Greet, name mails and calendar events by the office's domain, which is that of its address."""
        if not self.mail_domain:
            domain = self.mail_from.rpartition("@")[2].strip("> ").lower()
            self.mail_domain = domain if "." in domain else "dondoc.local"
        return self

    @property
    def portal_address(self) -> str:
        """Where people find the portal, without a trailing slash; where it listens unless told otherwise."""
        return self.portal_url or f"http://{self.portal_host}:{self.portal_port}"

    @property
    def database(self) -> str:
        """The SQLAlchemy address of the database; SQLite in the home folder unless told otherwise."""
        url = self.database_url or f"sqlite:///{self.home / 'dondoc.db'}"
        return url.replace("postgres://", "postgresql://", 1).replace("postgresql://", "postgresql+psycopg://", 1)

    @property
    def prefect_api(self) -> str:
        """The address of the Prefect API, without a trailing slash."""
        return (self.prefect_api_url or f"http://{self.host}:{self.prefect_port}/api").rstrip("/")

    @property
    def own_policy(self) -> Path:
        """Where the office's own policy stands, or would stand: in the home folder unless told otherwise."""
        return self.policy_file or self.home / "policy.toml"

    @property
    def own_working_days(self) -> Path:
        """Where the office's own working days stand, or would stand."""
        return self.working_days_file or self.home / "working_days.toml"

    @property
    def documents(self) -> Path:
        """The folder of documents kept by their sha256."""
        return self.home / "documents"

    def password(self) -> str | None:
        """The mail password from the environment or its file; None when there is none."""
        if self.smtp_password is not None:
            return self.smtp_password.get_secret_value()
        if self.smtp_password_file is None:
            return None
        try:
            return self.smtp_password_file.read_text(encoding="utf-8").strip()
        except OSError as error:
            raise SettingsError(
                f"Không đọc được tệp mật khẩu {self.smtp_password_file} (DONDOC_SMTP_PASSWORD_FILE): "
                f"{reason(error)}. Kiểm tra đường dẫn và quyền đọc."
            ) from None


def load_settings(**overrides: object) -> Settings:
    """The settings as they are set now: read again as soon as the environment or the file has changed.

    Raises SettingsError with one Vietnamese sentence naming the first bad setting.
    """
    home = Path(str(overrides.get("home") or os.environ.get("DONDOC_HOME") or DEFAULT_HOME))
    file = home / "dondoc.env"
    if overrides:
        return _build(file, overrides)
    given = tuple(item for item in os.environ.items() if item[0].upper().startswith("DONDOC_"))
    return _remembered(given, Path.cwd(), file, _stamp(file))


@lru_cache(maxsize=8)
def _remembered(given: tuple[tuple[str, str], ...], folder: Path, file: Path, stamp: tuple[int, int]) -> Settings:
    """Reading takes 2 ms and is asked for with each transaction; the arguments are all it depends on."""
    return _build(file, {})


def _stamp(file: Path) -> tuple[int, int]:
    try:
        status = file.stat()
    except OSError:
        return 0, 0
    return status.st_mtime_ns, status.st_size


def _build(file: Path, overrides: dict[str, object]) -> Settings:
    build: Callable[..., Settings] = Settings
    try:
        return build(_env_file=file, **overrides)
    except UnicodeDecodeError:
        raise SettingsError(f"Tệp {file} không phải mã UTF-8. Lưu lại tệp với mã UTF-8.") from None
    except ValidationError as error:
        first = error.errors()[0]
        name = "DONDOC_" + "_".join(str(part) for part in first["loc"]).upper()
        cause = said(first["type"], first.get("ctx", {}))
        raise SettingsError(
            f"Cài đặt {name} không dùng được: {cause}. Sửa trong biến môi trường hoặc tệp {file}."
        ) from None
