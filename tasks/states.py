"""Names of runs and final states in the UI."""

from typing import Any

from prefect import runtime
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import State, StateType


def named_state(kind: str, name: str, message: str) -> State[Any]:
    """A final state with a name of our own."""
    return State(type=StateType(kind), name=name, message=message)


def name_run(name: str) -> None:
    """Name a run started by hand; rungs have names."""
    if runtime.flow_run.id is None or " · " in (runtime.flow_run.name or ""):
        return
    with get_client(sync_client=True) as client:
        client.set_flow_run_name(runtime.flow_run.id, name)
