"""The options of our tasks."""

from typing import Any

from prefect.cache_policies import NO_CACHE

ONCE: dict[str, Any] = {"cache_policy": NO_CACHE, "persist_result": False}
"""Nothing is cached or kept by Prefect: a repeated step finds in the database what is left to do."""

RETRIED: dict[str, Any] = {**ONCE, "retries": 2, "retry_delay_seconds": [30, 120]}
"""A step that Prefect takes again by itself when it fails: safe, because each is one transaction."""
