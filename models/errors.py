"""What the store refuses, in one Vietnamese sentence for the person who asked."""


class StoreError(Exception):
    """A foreseen refusal: what is wrong, where, what to do. `exit_code` is for the command line."""

    exit_code = 1


class UnknownNameError(StoreError):
    """No plan, item, unit or person of that name, or a choice that must be made first."""

    exit_code = 2


class BadContentError(StoreError):
    """A list, document or backup whose content contradicts itself or what is stored."""

    exit_code = 3
