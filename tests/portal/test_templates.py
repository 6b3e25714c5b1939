"""Templates: each stands in the folder of its pages and is rendered somewhere."""

import ast
import re
from pathlib import Path

import portal
from portal.web.pages import page_names

PORTAL = Path(portal.__path__[0])
TEMPLATES = PORTAL / "templates"
EVERY = {path.relative_to(TEMPLATES).as_posix().removesuffix(".html") for path in TEMPLATES.rglob("*.html")}


def rendered() -> dict[str, set[str]]:
    """The packages that render a template, by its name."""
    found: dict[str, set[str]] = {}
    for path in PORTAL.rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in ("page", "door_page"):
                name = call.args[1]
                assert isinstance(name, ast.Constant), f"{path}: the name of a page is written out"
                found.setdefault(str(name.value), set()).add(path.relative_to(PORTAL).parts[0])
    return found


def used_by_templates() -> set[str]:
    """What other templates extend or import."""
    return {
        name
        for path in TEMPLATES.rglob("*.html")
        for name in re.findall(r'\{% (?:extends|import|from|include) "([^"]+)\.html"', path.read_text(encoding="utf-8"))
    }


def test_each_template_is_rendered_or_used_by_one_that_is() -> None:
    assert set(rendered()) | used_by_templates() == EVERY


def test_a_page_renders_the_templates_of_its_own_folder() -> None:
    foreign = {
        name: packages
        for name, packages in rendered().items()
        if not name.startswith("web/") and packages != {name.split("/", maxsplit=1)[0]}
    }
    assert foreign == {"entry/fresh_link": {"web"}}, "only the door's page is shown from everywhere"


def test_each_template_compiles_and_has_an_english_name() -> None:
    assert page_names() == EVERY
    assert [name for name in EVERY if not re.fullmatch(r"[a-z]+/[a-z_]+", name)] == []
