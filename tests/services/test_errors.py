"""Refusals: the sentence is for every door, the command only for the command line."""

import ast
import re
from pathlib import Path

import pytest

from deployments.failures import explain
from deployments.hints import COMMANDS
from services.errors import Hint, UnknownNameError

HOUSE = Path(__file__).parents[2]
COMMAND = re.compile(r"dondoc (?!mới)[a-z]+( [a-z-]+)?")


def sentences(path: Path) -> list[str]:
    """The texts of a module that are no docstrings."""
    tree = ast.parse(path.read_text("utf-8"))
    lids = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in lids
    ]


def test_no_sentence_of_a_service_names_a_command() -> None:
    """People of the portal have no command line. The plans' own sentences follow (services/plans)."""
    found = {
        f"{path.relative_to(HOUSE)}: {text}"
        for path in (HOUSE / "services").rglob("*.py")
        if path.parent.name != "plans"
        for text in sentences(path)
        if COMMAND.search(text) and re.search(r"[à-ỹ]", text)
    }
    assert found == set()


@pytest.mark.parametrize("hint", Hint)
def test_the_command_line_has_a_command_for_every_hint(hint: Hint) -> None:
    assert "dondoc " in COMMANDS[hint]
    code, words = explain(UnknownNameError("Không có.", hint)) or (0, "")
    assert (code, words) == (2, f"Không có. {COMMANDS[hint]}")


def test_every_hint_is_given_somewhere() -> None:
    used = {
        node.attr
        for path in (HOUSE / "services").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "Hint"
    }
    assert used == {hint.name for hint in Hint}
