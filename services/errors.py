"""What the store refuses, in one Vietnamese sentence for the person who asked."""

from models.occurrence import Progress


class StoreError(Exception):
    """A foreseen refusal: what is wrong, where, what to do. `exit_code` is for the command line."""

    exit_code = 1


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
