"""The steps of importing a plan as Prefect tasks."""

from datetime import date
from pathlib import Path

from prefect import task
from prefect.artifacts import create_markdown_artifact

from config.clock import now
from services.actor import Actor
from services.plans.import_document import Options, Proposal, propose, store
from services.plans.proposal_page import done_words, headline, page
from tasks.options import ONCE


@task(name="doc-van-ban", task_run_name="đọc {path.name}", **ONCE)
def read_document(path: Path, options: Options) -> Proposal:
    """Read and compare. Raises RefusedDocument and StoreError."""
    proposal = propose(path, options)
    create_markdown_artifact(markdown=page(proposal), key="nhap-ke-hoach", description=headline(proposal))
    return proposal


@task(name="luu-ke-hoach", task_run_name="lưu {proposal.diff.code}", **ONCE)
def store_plan(proposal: Proposal, day: date) -> str:
    """Store what was shown. Returns one sentence."""
    return done_words(proposal, store(proposal, Actor("giao diện Prefect", now()), day))
