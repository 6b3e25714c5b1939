"""The address under which a superior without an account takes a large dossier: signed, and for some days only."""

from datetime import date

from sqlalchemy.orm import Session

from models.entering import Door
from models.scoring_tables import ScoreDossier

PURPOSE = "score-dossier"


def dossier_link(door: Door, dossier_id: int, sha256: str, until: date) -> str:
    """The address of a dossier, good until the end of a day."""
    name = f"{dossier_id}-{until:%Y%m%d}"
    return f"{door.base}/ho-so/{name}.{door.sign(PURPOSE, f'{name}.{sha256}')}"


def linked_dossier(session: Session, door: Door, token: str, today: date) -> ScoreDossier | None:
    """The dossier that an address leads to; None when the address is not ours or its day has passed."""
    name, _, signature = token.partition(".")
    number, _, until = name.partition("-")
    if not (number.isascii() and number.isdigit() and len(number) < 10 and len(until) == 8 and until.isdigit()):
        return None
    if f"{today:%Y%m%d}" > until:
        return None
    dossier = session.get(ScoreDossier, int(number))
    if dossier is None or not door.signed(PURPOSE, f"{name}.{dossier.document.sha256}", signature):
        return None
    return dossier
