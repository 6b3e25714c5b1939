"""A plan document imported from the Prefect UI."""

from pathlib import Path
from typing import Annotated

from prefect import flow, get_run_logger, runtime
from prefect.client.schemas.objects import State
from pydantic import Field

from config.clock import today
from services.plans.import_document import Options
from services.plans.proposal_page import headline
from tasks import housekeeping as keeping
from tasks import plan_import
from tasks.states import named_state


def _run_name() -> str:
    given = runtime.flow_run.parameters
    return f"nhập {Path(str(given.get('path', ''))).name}{' · chạy thử' if given.get('dry_run', True) else ''}"


@flow(name="import-plan", flow_run_name=_run_name, persist_result=False)
def run_import(
    path: Annotated[Path, Field(title="Tệp kế hoạch", description="Đường dẫn trên máy chạy worker.")],
    dry_run: Annotated[bool, Field(title="Chạy thử", description="Chỉ cho xem đọc được gì, không ghi.")] = True,
    code: Annotated[str | None, Field(title="Mã kế hoạch", description="Để trống: lấy theo văn bản.")] = None,
    year: Annotated[int | None, Field(title="Năm", description="Để trống: lấy theo văn bản.", ge=2000, le=2100)] = None,
    authority: Annotated[str | None, Field(title="Mã cơ quan", description="Để trống khi chỉ có một cơ quan.")] = None,
) -> State[None]:
    """Đọc văn bản kế hoạch, cho xem sẽ thêm, đổi, bỏ gì; tắt “Chạy thử” thì lưu và đặt lịch Prefect."""
    log = get_run_logger()
    proposal = plan_import.read_document(path, Options(code=code, year=year, authority=authority))
    log.info("%s", headline(proposal))
    if dry_run:
        return named_state("COMPLETED", "Chạy thử", f"{headline(proposal)} Chưa ghi gì.")
    stored = plan_import.store_plan(proposal, today())
    log.info("Lịch chạy: %s", keeping.refresh_schedule())
    return named_state("COMPLETED", "Đã nhập", stored)
