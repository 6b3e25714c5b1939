"""The fields of the form of an answer, as they were typed."""

from portal.web.forms import Form
from portal.work.occurrence import TYPED


def typed(form: Form) -> dict[str, str]:
    """What a person typed into the forms of an occurrence's page."""
    own = {*TYPED, "wanted_day", "reason"}
    names = [name for name in form.fields if name in own or name.startswith(("part_", "whole_"))]
    return {name: form.one(name) for name in names}
