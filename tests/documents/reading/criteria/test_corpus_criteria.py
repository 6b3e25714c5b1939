"""Every criteria table of the corpus gives its leaves, maxima and rules; what is wrong in one is an error."""

import json
from pathlib import Path

import pytest

from documents.reading.criteria.file import read_criteria_and_doubts
from documents.writing.scoring.criteria_yaml import criteria_yaml
from rules.scoring.criteria.checks import check_criteria, errors
from tests.corpus.criteria_tables import TABLES, Criteria

FOLDER = Path(__file__).resolve().parents[3] / "corpus" / "criteria"


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_table_is_read_as_its_truth_says(table: Criteria) -> None:
    found, doubts = read_criteria_and_doubts(FOLDER / f"{table.name}.{table.form}")
    assert {leaf.code: float(leaf.maximum) for leaf in found.leaves} == dict(table.leaves)
    kinds = {leaf.code: leaf.rule.type for leaf in found.leaves if leaf.rule}
    assert {code: kinds[code] for code in table.rules} == dict(table.rules)
    assert len(errors((*check_criteria(found), *doubts))) == table.errors
    assert found.name == "BỘ TIÊU CHÍ CHẤM ĐIỂM CẢI CÁCH HÀNH CHÍNH NĂM 2026"
    assert criteria_yaml(found, table.name)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_the_stored_truth_is_what_the_tables_say(table: Criteria) -> None:
    assert json.loads((FOLDER / f"{table.name}.truth.json").read_text(encoding="utf-8")) == table.truth
