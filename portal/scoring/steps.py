"""What every step with a round has in common: taken in one transaction, or its page shown again with why not."""

from collections.abc import Callable

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from documents.reading.formats.blocks import RefusedDocument
from models.scoring import ScoreRound
from portal.web.forms import Form
from portal.web.visits import Visit, acting
from services.errors import StoreError
from services.scoring.permissions import round_to_review

Step = Callable[[Visit, ScoreRound, Form], str]
"""Does something with a round; returns the word for what was done. Raises StoreError, RefusedDocument."""
Again = Callable[[Visit, ScoreRound, Form, str], Response]
"""Shows the page again with what was typed and what is wrong."""


def take_step(request: Request, round_id: int, form: Form, step: Step, shown: tuple[Again, str]) -> Response:
    """A step of the focal unit with a round; `shown` is how its page is shown again, and its name in the address."""
    again, name = shown
    with acting(request, form) as visit:
        round_ = round_to_review(visit.session, visit.visitor, round_id, lock=True)
        try:
            with visit.session.begin_nested():  # whatever is refused half-way leaves nothing behind
                word = step(visit, round_, form)
        except (StoreError, RefusedDocument) as refusal:
            return again(visit, round_, form, str(refusal))
    return RedirectResponse(f"/dot-cham-diem/{round_id}/{name}?da={word}", 303)
