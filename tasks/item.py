"""An item's steps; no tasks, each costs a sixth."""

from datetime import date

from prefect.artifacts import create_markdown_artifact
from prefect.client.schemas.objects import State

from services.figures import item_page
from services.figures.item_page import ItemPage, artifact_key, page_of
from services.figures.items import ItemOverview
from tasks.schedule.sync import top_up
from tasks.states import named_state


def look(plan: str, code: str) -> ItemOverview | None:
    """The item, or None when it is not (or no longer) followed."""
    return item_page.look(plan, code)


def show(plan: str, code: str, day: date) -> ItemPage:
    """Show the item as an artifact. Raises LookupError."""
    shown = page_of(plan, code, day)
    create_markdown_artifact(
        markdown=shown.page, key=artifact_key(plan, code), description=f"{code}: {shown.state.value}. {shown.message}"
    )
    return shown


def schedule_next(item_id: int) -> str:
    """Make the item's next run stand under Upcoming."""
    return top_up([item_id]).words()


def final_state(shown: ItemPage) -> State[None]:
    """The run's end in our own words, coloured by its type."""
    return named_state(shown.state.type, shown.state.value, shown.message)


def gone(plan: str, item: str) -> State[None]:
    """The end of a run whose item is no longer followed."""
    return named_state("CANCELLED", "Không còn theo dõi", f"Kế hoạch {plan} không còn nhiệm vụ {item}.")
