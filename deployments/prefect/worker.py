"""Our worker type: a thread a run, not an interpreter.

Our flows are small, trusted and safe to repeat; a run costs a tenth of what the
process worker takes. `dondoc worker` starts it, and so does
`prefect worker start --pool dondoc --type dondoc`.
"""

import os
import re
import signal
import socket
from typing import TYPE_CHECKING, Any

import anyio
import anyio.abc
import anyio.to_thread
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
    WorkPoolFilter,
    WorkPoolFilterName,
)
from prefect.client.schemas.objects import State, StateType
from prefect.flow_engine import run_flow_sync
from prefect.flows import Flow, load_flow_from_entrypoint
from prefect.states import AwaitingRetry, Crashed
from prefect.workers.base import BaseJobConfiguration, BaseVariables, BaseWorker, BaseWorkerResult

from config.own_files import keep_private
from deployments.prefect.patches import apply_to_worker
from tasks.schedule.pool import POOL_TEMPLATE, TYPE

if TYPE_CHECKING:
    from prefect.client.schemas.objects import FlowRun

MAX_STARTS = 3
"""A run that was cut off this many times is given up: it may be what kills the worker."""

_LOOK_AGAIN = 0.25
_ENTRYPOINT = re.compile(r"flows\.\w+:\w+")


class RefusedEntrypointError(Exception):
    """A deployment that points elsewhere than to our flows."""


class DondocWorkerResult(BaseWorkerResult):
    """The result; the flow engine has set the state."""


class DondocWorker(BaseWorker[BaseJobConfiguration, BaseVariables, DondocWorkerResult]):
    """Runs our flows in threads of this process."""

    type = TYPE
    job_configuration = BaseJobConfiguration
    job_configuration_variables = BaseVariables
    _description = "Chạy các flow của dondoc ngay trong tiến trình worker."
    _display_name = "Đôn đốc"

    @classmethod
    def get_default_base_job_template(cls) -> dict[str, Any]:
        """The work pool's template."""
        return POOL_TEMPLATE

    async def setup(self) -> None:
        """Connect, then settle runs a dead worker left."""
        keep_private()
        apply_to_worker()
        await super().setup()
        if self._work_pool is not None:
            await self._settle_orphans()

    async def get_and_submit_flow_runs(self) -> "list[FlowRun]":
        """Take what is due, and more as soon as there is room."""
        taken = await super().get_and_submit_flow_runs()
        while taken:
            await anyio.sleep(_LOOK_AGAIN)
            while self._limiter is not None and self._limiter.available_tokens < 1:
                await anyio.sleep(_LOOK_AGAIN)
            taken = await super().get_and_submit_flow_runs()
        return taken

    async def run(
        self,
        flow_run: "FlowRun",
        configuration: BaseJobConfiguration,
        task_status: anyio.abc.TaskStatus[int] | None = None,
    ) -> DondocWorkerResult:
        """Run one flow in a thread; one that cannot be loaded crashes."""
        identifier = f"{socket.gethostname()}:{os.getpid()}"
        deployment = configuration._related_objects["deployment"]  # read for this run a moment ago
        flow = await anyio.to_thread.run_sync(load_flow, getattr(deployment, "entrypoint", None))
        if task_status is not None:
            task_status.started(identifier)  # type: ignore[arg-type] # Prefect stores it as text
        await anyio.to_thread.run_sync(_run, flow, flow_run, limiter=anyio.CapacityLimiter(1))
        return DondocWorkerResult(identifier=identifier, status_code=0)

    async def _settle_orphans(self) -> None:
        """Reschedule orphaned runs; crash them after MAX_STARTS starts."""
        for flow_run in await self._orphans():
            message = "Tiến trình thực hiện bị dừng giữa chừng; "
            if flow_run.run_count < MAX_STARTS:
                state: State[Any] = AwaitingRetry(message=message + "chạy lại ngay. Việc đã làm không bị lặp.")
            else:
                state = Crashed(message=message + f"đã thử {flow_run.run_count} lần nên không chạy lại.")
            await self.client.set_flow_run_state(flow_run.id, state, force=True)
            self._logger.warning("Settled the orphaned run %s as %s", flow_run.name, state.name)

    async def _orphans(self) -> list["FlowRun"]:
        unfinished = FlowRunFilterStateType(any_=[StateType.RUNNING, StateType.PENDING, StateType.CANCELLING])
        found = await self.client.read_flow_runs(
            flow_run_filter=FlowRunFilter(state=FlowRunFilterState(type=unfinished)),
            work_pool_filter=WorkPoolFilter(name=WorkPoolFilterName(any_=[self._work_pool_name])),
            limit=200,
        )
        return [one for one in found if one.labels.get("prefect.worker.name", self.name) == self.name]


def load_flow(entrypoint: str | None) -> "Flow[..., Any]":
    """One of our flows by module path. Raises RefusedEntrypointError."""
    if entrypoint is None or not _ENTRYPOINT.fullmatch(entrypoint):
        raise RefusedEntrypointError(f"Worker chỉ chạy các flow của dondoc (flows.…), không chạy {entrypoint!r}.")
    return load_flow_from_entrypoint(entrypoint, use_placeholder_flow=False)


def _run(flow: "Flow[..., Any]", flow_run: "FlowRun") -> None:
    run_flow_sync(flow, flow_run=flow_run, parameters=flow_run.parameters, return_type="state")


def worker_name() -> str:
    """A name that stays the same on a machine."""
    return re.sub(r"[/%]", "-", f"dondoc-{socket.gethostname()}")


async def serve(pool: str, limit: int) -> None:
    """Work until SIGTERM or SIGINT; runs under way are finished first."""
    worker = DondocWorker(work_pool_name=pool, name=worker_name(), limit=limit, base_job_template=POOL_TEMPLATE)
    async with anyio.create_task_group() as group:
        group.start_soon(_stop_on_signal, group.cancel_scope)
        await worker.start(printer=lambda _text: None)


async def _stop_on_signal(scope: anyio.CancelScope) -> None:
    with anyio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as signals:
        async for _ in signals:
            scope.cancel()
            return
