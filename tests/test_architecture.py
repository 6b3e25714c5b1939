"""ARCHITECTURE.md tells the truth: every path, function and name in it exists."""

import re
from pathlib import Path

import pytest

from tests.test_house import ROOMS, sources

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
CODE = "\n".join(path.read_text(encoding="utf-8") for path in sources(*ROOMS))


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`((?:[a-z_]+/)+(?:[a-z_]+\.[a-z]+)?)`", TEXT))))
def test_every_path_exists(path: str) -> None:
    assert (ROOT / path).exists()


@pytest.mark.parametrize(("module", "name"), sorted(set(re.findall(r"`([a-z_/]+\.py)`\s+`([a-z_]+)`", TEXT))))
def test_every_function_stands_where_it_is_said_to(module: str, name: str) -> None:
    assert re.search(rf"^(?:async )?def {name}\(", (ROOT / module).read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`([A-Z][A-Za-z]+)`", TEXT))))
def test_every_word_of_the_glossary_is_a_class(name: str) -> None:
    assert re.search(rf"^class {name}\b", CODE, re.MULTILINE)
