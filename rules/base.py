"""The base of every value of the rules."""

from pydantic import BaseModel, ConfigDict


class Value(BaseModel):
    """A value object: compared by content, never changed after it was made."""

    model_config = ConfigDict(frozen=True, extra="forbid")
