"""Our worker type: flows run in this process, in a thread each, not in an interpreter a run.

Our flows are small, trusted and safe to repeat; a run costs a tenth of what the
process worker takes. `dondoc worker` starts it, and so does
`prefect worker start --pool dondoc --type dondoc`.
"""

import os
import re
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import anyio
import anyio.abc
import anyio.to_thread
from prefect import flow_engine
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
    WorkPoolFilter,
    WorkPoolFilterName,
)
from prefect.client.schemas.objects import State, StateType
from prefect.flows import Flow, load_flow_from_entrypoint
from prefect.states import AwaitingRetry, Crashed
from prefect.workers.base import BaseJobConfiguration, BaseVariables, BaseWorker, BaseWorkerResult

from config.own_files import keep_private
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
    """What became of a run; its state was already told to the server by the flow engine."""


class DondocWorker(BaseWorker[BaseJobConfiguration, BaseVariables, DondocWorkerResult]):
    """Runs our flows in threads of this process; at start it settles the runs that a killed worker left behind."""

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
        """Connect, then settle what a worker of this name left Running or Pending."""
        keep_private()
        await super().setup()
        if self._work_pool is not None:
            await self._settle_orphans()

    async def get_and_submit_flow_runs(self) -> "list[FlowRun]":
        """Take what is due; as long as there is more, take it as soon as there is room, not ten seconds later."""
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
        """Run one flow to its end in a thread. A flow that cannot be loaded ends as Crashed, saying why."""
        identifier = f"{socket.gethostname()}:{os.getpid()}"
        deployment = configuration._related_objects["deployment"]  # read for this run a moment ago
        flow = await anyio.to_thread.run_sync(load_flow, getattr(deployment, "entrypoint", None))
        if task_status is not None:
            task_status.started(identifier)  # type: ignore[arg-type] # Prefect stores it as text
        await anyio.to_thread.run_sync(_run, flow, flow_run, limiter=anyio.CapacityLimiter(1))
        return DondocWorkerResult(identifier=identifier, status_code=0)

    async def _propose_submitting_state(self, flow_run: "FlowRun") -> None:
        """Nothing is submitted anywhere: the run starts here and now, and that state would cost 15 ms each time."""

    def _emit_flow_run_submitted_event(self, configuration: BaseJobConfiguration) -> Any:
        """No event either, nor the one at the end that goes with it: the run's own states say the same."""
        return None

    async def _settle_orphans(self) -> None:
        """Give the runs of a killed worker back to the schedule, or give them up after MAX_STARTS starts."""
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


@contextmanager
def _nobody_suspends(*_args: Any, **_named: Any) -> Iterator[None]:
    """Prefect watches every run for being suspended: a thread, an event loop and a websocket each, and up to
    0.2 s at its end. Our runs are over in a second and cannot be suspended."""
    yield


def load_flow(entrypoint: str | None) -> "Flow[..., Any]":
    """The flow of a deployment, imported by its module path. Raises RefusedEntrypointError for any but our own."""
    if entrypoint is None or not _ENTRYPOINT.fullmatch(entrypoint):
        raise RefusedEntrypointError(f"Worker chỉ chạy các flow của dondoc (flows.…), không chạy {entrypoint!r}.")
    return load_flow_from_entrypoint(entrypoint, use_placeholder_flow=False)


def _run(flow: "Flow[..., Any]", flow_run: "FlowRun") -> None:
    flow_engine.observe_flow_run_suspension = _nobody_suspends  # type: ignore[attr-defined]
    flow_engine.run_flow_sync(flow, flow_run=flow_run, parameters=flow_run.parameters, return_type="state")


def worker_name() -> str:
    """The same name after each start on a machine: by it a worker knows its own orphans."""
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
