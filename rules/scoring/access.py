"""Who may see, enter and review scores. Pure: units are numbers here."""

from rules.work.access import ANSWERING_ROLES, READING_ROLES


def is_reviewer(role: str, unit_id: int | None, focal_unit: int | None) -> bool:
    """Whether a person reviews scores: administrators, and who answers for the focal unit."""
    return role == "admin" or (role in ANSWERING_ROLES and unit_id is not None and unit_id == focal_unit)


def sees_score(role: str, unit_id: int | None, score_unit: int | None, focal_unit: int | None) -> bool:
    """Whether a person may look at a score of their authority: their unit's own, or all of them."""
    if role in READING_ROLES or is_reviewer(role, unit_id, focal_unit):
        return True
    return role in ANSWERING_ROLES and unit_id is not None and unit_id == score_unit


def enters_score(role: str, unit_id: int | None, score_unit: int | None, focal_unit: int | None) -> bool:
    """Whether a person may enter a score: for their own unit, or for one that no unit has (a survey) as reviewer."""
    if score_unit is None:
        return is_reviewer(role, unit_id, focal_unit)
    return role in ANSWERING_ROLES and unit_id == score_unit
