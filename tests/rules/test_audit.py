"""The vocabulary of the audit trail: each action has words and is written somewhere, and nothing else is."""

import ast
from pathlib import Path

import pytest

from rules.audit import AuditAction, action_words

HOUSE = Path(__file__).parents[2]
ROOMS = ("models", "services", "portal", "tasks", "flows", "deployments")


def written() -> set[str]:
    """The actions that code names to record them: not where it only looks for them, in tuples and comparisons."""
    found: set[str] = set()
    for room in ROOMS:
        for path in (HOUSE / room).rglob("*.py"):
            tree = ast.parse(path.read_text("utf-8"))
            looks = {id(inner) for node in ast.walk(tree) if isinstance(node, (ast.Tuple, ast.Compare))
                     for inner in ast.walk(node)}  # fmt: skip
            for node in ast.walk(tree):
                if id(node) in looks:
                    continue
                if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "AuditAction":
                    found.add(node.attr)
    return found


def test_every_action_is_written_somewhere() -> None:
    assert {one.name for one in AuditAction} == written()


@pytest.mark.parametrize("action", AuditAction)
def test_every_action_has_words_and_fits_its_column(action: AuditAction) -> None:
    assert action.words[0].isupper()
    assert len(action) <= 60
    assert action_words(action.value) == action.words


def test_an_action_of_another_version_is_shown_as_it_is() -> None:
    assert action_words("tuong.lai") == "tuong.lai"


def test_no_event_is_recorded_under_a_bare_string() -> None:
    bare = [
        f"{path}:{node.lineno}"
        for room in ROOMS
        for path in (HOUSE / room).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "record" and len(node.args) > 2
        if isinstance(node.args[2], (ast.Constant, ast.JoinedStr))
    ]
    assert bare == []
