"""What the store refuses, in one Vietnamese sentence for the person who asked."""

from enum import StrEnum

from models.occurrence import Progress


class Hint(StrEnum):
    """What helps after a refusal. Each door words it for itself: a command, a page, or nothing."""

    ADDRESS = "address"
    ADMIN = "admin"
    APPROVE_SCORES = "approve_scores"
    AUTHORITY = "authority"
    CRITERIA = "criteria"
    DATABASE = "database"
    DECIDERS = "deciders"
    HAND_OVER_DOSSIER = "hand_over_dossier"
    OPEN_ROUND = "open_round"
    PEOPLE = "people"
    PLAN = "plan"
    SCORE_CHECKS = "score_checks"
    SUPERIOR_MAILBOX = "superior_mailbox"
    TOKENS = "tokens"
    UNIT = "unit"
    UNITS = "units"


class StoreError(Exception):
    """A foreseen refusal: what is wrong, where, what to do. `exit_code` is for the command line."""

    exit_code = 1

    def __init__(self, message: str = "", hint: Hint | None = None) -> None:
        super().__init__(message)
        self.hint = hint


class UnknownNameError(StoreError):
    """No plan, item, unit or person of that name, or a choice that must be made first."""

    exit_code = 2


class BadContentError(StoreError):
    """A list, document or backup whose content contradicts itself or what is stored."""

    exit_code = 3


class NotYoursError(UnknownNameError):
    """The occurrence is not the visitor's to see; said as if there were none."""


class NotAllowedError(StoreError):
    """The visitor sees the occurrence but cannot do this to it, or not any more."""


class AnsweredMeanwhileError(StoreError):
    """Somebody else of the unit has answered since the visitor looked; `newest` is that answer."""

    def __init__(self, newest: Progress | None) -> None:
        super().__init__("Trong lúc bạn nhập, nhiệm vụ này đã được cập nhật.")
        self.newest = newest
