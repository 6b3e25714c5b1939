"""The authority's own deployments, and the whole deploy.

The file has the form of Prefect's own `prefect.yaml`, so `prefect deploy --all` reads it
too. An own copy in DONDOC_HOME wins over the shipped one.
"""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, get_type_hints

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from config.clock import now
from config.os_words import reason
from config.settings import Settings
from config.toml_files import ConfigError, said
from models.session import reading
from services.deployed import own_deployments
from services.policy import office_policy
from services.staff.queries import authority_codes
from tasks.schedule.client import PrefectApi
from tasks.schedule.item_deployment import FLOW
from tasks.schedule.sync import Deployment, Posted, deploy_items, post, remove

SHIPPED = Path(__file__).parents[1] / "prefect.yaml"
FLOWS = {
    "flows.morning:run_morning": "morning",
    "flows.housekeeping:keep_house": "housekeeping",
    "flows.import_plan:run_import": "import-plan",
    "flows.quarterly_report:run_quarterly_report": "quarterly-report",
    "flows.self_scoring:run_self_scoring": "self-scoring",
}
"""Our entrypoints and their flows' names: known without importing Prefect."""


class DeploymentFileError(ConfigError):
    """The file of deployments cannot be used."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Schedule(_Part):
    slug: str | None = None
    cron: str | None = None
    rrule: str | None = None
    interval: float | None = Field(default=None, gt=0)
    timezone: str = "Asia/Ho_Chi_Minh"
    active: bool = True
    parameters: dict[str, Any] = {}

    def body(self) -> dict[str, Any]:
        given = {"cron": self.cron, "rrule": self.rrule, "interval": self.interval}
        kind = {name: value for name, value in given.items() if value is not None}
        if len(kind) != 1:
            raise DeploymentFileError("mỗi lịch trong “schedules” cần đúng một trong: cron, rrule, interval")
        made: dict[str, Any] = {"schedule": {**kind, "timezone": self.timezone}, "active": self.active}
        if self.slug:
            made["slug"] = self.slug
        return {**made, "parameters": self.parameters} if self.parameters else made


class _Pool(_Part):
    name: str
    work_queue_name: str | None = None
    job_variables: dict[str, Any] = {}


class _Entry(_Part):
    name: str = Field(min_length=1)
    entrypoint: str
    description: str | None = None
    tags: list[str] = []
    parameters: dict[str, Any] = {}
    schedules: list[_Schedule] = []
    work_pool: _Pool
    version: str | None = None
    enforce_parameter_schema: bool = False


def own_file(settings: Settings) -> Path:
    """The office's copy of the file, else the shipped one."""
    copied = settings.home / "prefect.yaml"
    return copied if copied.is_file() else SHIPPED


def authority_deployments(settings: Settings, authority: str) -> list[Deployment]:
    """What the file says for an authority. Raises DeploymentFileError."""
    path = own_file(settings)
    try:
        return list(_read(path, {"DONDOC_AUTHORITY": authority, **_values(settings)}))
    except DeploymentFileError as error:
        raise DeploymentFileError(f"Tệp {path} không dùng được: {error}. Sửa tệp rồi chạy lại.") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        cause = said(first["type"], first.get("ctx", {}))
        raise DeploymentFileError(f"Tệp {path} không dùng được ở “{where}”: {cause}. Sửa rồi chạy lại.") from None
    except UnicodeDecodeError:
        raise DeploymentFileError(f"Tệp {path} không phải mã UTF-8. Lưu lại tệp với mã UTF-8.") from None
    except yaml.MarkedYAMLError as error:
        place = f" ở dòng {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise DeploymentFileError(f"Tệp {path} sai cú pháp YAML{place}. Sửa tệp rồi chạy lại.") from None
    except yaml.YAMLError:
        raise DeploymentFileError(f"Tệp {path} có ký tự không dùng được trong YAML. Sửa tệp rồi chạy lại.") from None
    except OSError as error:
        raise DeploymentFileError(f"Không đọc được tệp {path}: {reason(error)}. Kiểm tra quyền đọc.") from None


def _values(settings: Settings) -> dict[str, str]:
    """Work pool and hours, for the file."""
    hour = office_policy(settings).digest_hour
    return {
        "DONDOC_WORK_POOL": settings.work_pool,
        "DONDOC_MORNING_CRON": f"{hour.minute} {hour.hour} * * *",
        "DONDOC_WATCH_CRON": f"{hour.minute} {(hour.hour + 1) % 24} * * *",
    }


def hours_stamp(settings: Settings) -> tuple[str, ...]:
    """A stamp that changes when schedules must be posted again."""
    path = own_file(settings)
    return (str(path), str(path.stat().st_mtime_ns), *_values(settings).values())


def _read(path: Path, values: dict[str, str]) -> Iterator[Deployment]:
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    entries = document.get("deployments") if isinstance(document, dict) else None
    if not isinstance(entries, list):
        raise DeploymentFileError("thiếu danh sách “deployments”")
    for raw in entries:
        entry = _Entry.model_validate(_filled(raw, values))
        if entry.entrypoint not in FLOWS:
            raise DeploymentFileError(f"entrypoint “{entry.entrypoint}” không phải một trong {', '.join(FLOWS)}")
        yield Deployment(FLOWS[entry.entrypoint], _body(entry), costly=partial(_schema, entry.entrypoint))


def _filled(value: Any, values: dict[str, str]) -> Any:
    """Replace "{{ $NAME }}" by values, as Prefect does."""
    if isinstance(value, str):
        for name, text in values.items():
            value = value.replace("{{ $" + name + " }}", text)
        return value
    if isinstance(value, dict):
        return {key: _filled(one, values) for key, one in value.items()}
    return [_filled(one, values) for one in value] if isinstance(value, list) else value


def _body(entry: _Entry) -> dict[str, Any]:
    return {
        "name": entry.name,
        "entrypoint": entry.entrypoint,
        "description": entry.description,
        "tags": entry.tags,
        "parameters": entry.parameters,
        "schedules": [schedule.body() for schedule in entry.schedules],
        "work_pool_name": entry.work_pool.name,
        "enforce_parameter_schema": entry.enforce_parameter_schema,
        "path": None,
        "pull_steps": None,
    }


def _schema(entrypoint: str) -> dict[str, Any]:
    """The flow's parameter form, by Prefect (slow: one second)."""
    from prefect.flows import load_flow_from_entrypoint
    from prefect.utilities.callables import parameter_schema

    flow: Any = load_flow_from_entrypoint(entrypoint, use_placeholder_flow=False)
    schema = parameter_schema(flow.fn).model_dump()
    for name, hint in get_type_hints(flow.fn, include_extras=True).items():
        for field in getattr(hint, "__metadata__", ()):  # Prefect keeps its own titles, the parameters' names
            schema["properties"][name] |= {"title": field.title, "description": field.description}
    return {"parameter_openapi_schema": schema}


def deploy_everything(settings: Settings, *, ahead: int | None = 1) -> Posted:
    """Post what changed of the authorities' own deployments and of all items.

    `ahead` is how many coming runs each item gets now (None: its whole ladder). Raises PrefectError.
    """
    with reading() as session:
        codes = authority_codes(session)
    wanted = [one for code in codes for one in authority_deployments(settings, code)]
    with PrefectApi(settings) as api:
        own = post(api, wanted, settings, now())
        own.removed += _remove_unlisted(api, {one.name for one in wanted})
    items = deploy_items(settings=settings, ahead=ahead)
    return Posted(own.posted + items.posted, own.unchanged + items.unchanged, own.removed + items.removed, items.kept)


def _remove_unlisted(api: PrefectApi, listed: set[str]) -> list[str]:
    with reading() as session:
        rows = own_deployments(session, FLOW)
    return remove(api, [row for row in rows if row.name not in listed])
