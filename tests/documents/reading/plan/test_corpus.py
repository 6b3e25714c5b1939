"""The corpus of invented documents, against its truth: no figure may fall below the stored one."""

import json

import pytest

from tests.corpus.report import CORPUS, FIGURES, Score, score_folder, table

STORED = json.loads(FIGURES.read_text(encoding="utf-8"))
KINDS = sorted(path.name for path in CORPUS.iterdir() if path.is_dir() and any(path.glob("*.truth.json")))
LEAST = {"prose": 25, "directives": 15, "annexes": 40, "criteria": 10}


@pytest.fixture(scope="module", params=KINDS)
def scored(request: pytest.FixtureRequest) -> tuple[str, Score]:
    """A kind of document and its score."""
    return request.param, score_folder(CORPUS / request.param)


def test_every_kind_has_stored_figures() -> None:
    assert sorted(STORED) == KINDS


def test_no_figure_falls_below_the_stored_one(scored: tuple[str, Score]) -> None:
    kind, score = scored
    stored, told = STORED[kind], "\n".join([table({kind: score}), *score.faults])
    for name in ("documents", "items", "found", "exact", "fields"):
        assert score.figures[name] >= stored[name], f"{name} fell from {stored[name]}:\n{told}"
    for name in ("junk", "sure"):
        assert score.figures[name] <= stored[name], f"{name} rose from {stored[name]}:\n{told}"


def test_nothing_wrong_is_taken_as_sure(scored: tuple[str, Score]) -> None:
    kind, score = scored
    assert score.sure == 0, "\n".join(fault for fault in score.faults if "SURE" in fault or "junk" in fault)
    assert score.documents >= LEAST.get(kind, 1)
