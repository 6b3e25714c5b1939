"""A set of criteria as YAML that reads back as the same set: what a table was understood as, ready to be corrected."""

from decimal import Decimal
from typing import Any

import yaml

from rules.numbers import is_unsure
from rules.scoring.criteria.sets import CriteriaSet, Node

_HEAD = """# Bộ tiêu chí {code}, đọc từ tệp “{source}”. Hãy đối chiếu với văn bản gốc trước khi dùng.
# Cách ghi và các loại rule: xem đầu tệp config/criteria/par-index-commune-sample.yaml.
"""


class _Writer(yaml.SafeDumper):
    """Plain YAML, with decimals as they are."""


def _decimal(writer: yaml.SafeDumper, value: Decimal) -> yaml.ScalarNode:
    text = f"{value.normalize():f}"
    # "1.125" would be asked back: a thousand to people, a fraction to machines
    return writer.represent_scalar("tag:yaml.org,2002:float", f"{text}0" if is_unsure(text) else text)


_Writer.add_representer(Decimal, _decimal)


def criteria_yaml(criteria: CriteriaSet, source: str) -> str:
    """The set as a YAML file. Codes are quoted where YAML would take them for numbers."""
    content: dict[str, Any] = {
        **criteria.model_dump(by_alias=True, exclude_defaults=True, exclude={"areas", "grades", "rounding"}),
        "rounding": {"places": criteria.rounding.places, "mode": criteria.rounding.mode.value},
        "grades": [{"name": grade.name, "from": grade.lowest} for grade in criteria.grades],
        "areas": [_node(area, "criteria") for area in criteria.areas],
    }
    if not content["grades"]:
        del content["grades"]
    text = yaml.dump(content, Dumper=_Writer, allow_unicode=True, sort_keys=False, width=110)
    return _HEAD.format(code=criteria.code, source=source) + str(text)


def _node(node: Node, children: str) -> dict[str, Any]:
    plain = node.model_dump(by_alias=True, exclude_defaults=True, exclude={"children", "rule"}, mode="python")
    plain = {key: str(value) if key in ("source", "figures") else value for key, value in plain.items()}
    for key in ("evidence", "items"):
        if key in plain:
            plain[key] = list(plain[key])
    if node.rule is not None:
        plain["rule"] = _listed(node.rule.model_dump(by_alias=True, exclude_none=True, exclude_defaults=False))
    if node.children:
        plain[children] = [_node(child, "parts") for child in node.children]
    return plain


def _listed(value: Any) -> Any:
    """Tuples as lists, enums as their words, empty words left out."""
    if isinstance(value, dict):
        return {key: _listed(part) for key, part in value.items() if part not in ("", ())}
    if isinstance(value, (tuple, list)):
        return [_listed(part) for part in value]
    return str(value) if isinstance(value, str) else value
