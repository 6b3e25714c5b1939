"""Type and template of our work pool; imports nothing."""

from typing import Any

TYPE = "dondoc"

POOL_TEMPLATE: dict[str, Any] = {
    # as small as Prefect allows: it validates the template for every run it creates, a third of the price
    "job_configuration": {"labels": {}},
    "variables": {"type": "object", "properties": {}},
}
