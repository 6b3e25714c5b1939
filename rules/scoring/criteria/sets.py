"""A set of criteria (bộ tiêu chí) as data.

Read from YAML or from the tables that provinces issue (documents.reading); checked
by rules.scoring.criteria.checks; scored by rules.scoring. A node has either children or a
rule: a node with a rule is a leaf and is what units score.
"""

import datetime
from collections.abc import Iterator
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from rules.base import Value
from rules.scoring.criteria.rules import Amount, Points, Rounding, Rule, Words, beside_the_maximum

ZERO = Decimal(0)

CHILD_KEYS = ("criteria", "parts", "children")
"""What a file may call the children of a node, whatever its depth."""


class Source(StrEnum):
    """Who gives the score: the office, or a survey."""

    SELF = "self"
    SURVEY = "survey"


class Joining(StrEnum):
    """How figures of several linked items make one."""

    DONE = "done"
    SUM = "sum"
    AVERAGE = "average"


def _code(value: Any) -> Any:
    """A code as text: 1.1, "III.1", 1."""
    return str(value).strip().rstrip(".") if isinstance(value, (str, int, float)) else value


def _several(value: Any) -> Any:
    """One text or several codes as a list."""
    if value is None:
        return ()
    if isinstance(value, (str, int, float)):
        return (str(value).strip(),) if str(value).strip() else ()
    return tuple(str(one).strip() if isinstance(one, (int, float)) else one for one in value)


Code = Annotated[str, BeforeValidator(_code), Field(min_length=1, max_length=40)]
Lines = Annotated[tuple[Words, ...], BeforeValidator(_several)]


class Grade(Value):
    """A band of the whole score (xếp loại), from `lowest` %."""

    model_config = ConfigDict(populate_by_name=True)

    name: Annotated[Words, Field(min_length=1)]
    lowest: Amount = Field(alias="from")


class Decision(Value):
    """The decision that issued the set."""

    number: Words = ""
    date: datetime.date | None = None
    issued_by: Words = ""


class Node(Value):
    """An area, a criterion or a part of one.

    `max` may be left out where the children's sum is meant.

    `cap` and `floor` hold the sum of the children (bonus and penalty included);
    without a cap bonus points come on top, without a floor a node is worth at least 0.
    `figures` says how several items' figures are joined; without it the only item's own
    figure counts, and of several items how many are done.
    """

    code: Code
    name: Annotated[Words, Field(min_length=1)]
    max: Points | None = None
    children: tuple["Node", ...] = ()
    rule: Rule | None = None
    cap: Amount | None = None
    floor: Amount | None = None
    guidance: Words = ""
    evidence: Lines = ()
    needs_evidence: bool | None = None
    may_not_apply: bool = False
    source: Source = Source.SELF
    unit: Words = ""
    items: Lines = ()
    figures: Joining | None = None

    @model_validator(mode="before")
    @classmethod
    def _children_by_any_name(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        given = [key for key in CHILD_KEYS if key in value]
        if len(given) > 1:
            raise ValueError(f"chỉ ghi một trong các mục {', '.join(given)}")
        rest = {key: part for key, part in value.items() if key not in CHILD_KEYS}
        return {**rest, "children": value[given[0]] or ()} if given else rest

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if self.rule is not None and self.children:
            raise ValueError("vừa có tiêu chí con vừa có cách tính điểm (rule); chỉ ghi một trong hai")
        if self.rule is None and not self.children:
            raise ValueError("chưa có cách tính điểm (rule) và không có tiêu chí con")
        if self.rule is not None and self.max is None and not beside_the_maximum(self.rule):
            raise ValueError("chưa ghi điểm tối đa (max)")
        return self

    @property
    def is_leaf(self) -> bool:
        """Whether units score it."""
        return self.rule is not None

    @property
    def is_beside(self) -> bool:
        """Whether its points stand beside the maximum (bonus, penalty)."""
        return self.rule is not None and beside_the_maximum(self.rule)

    @cached_property
    def maximum(self) -> Decimal:
        """Its maximum; bonus and penalty have none."""
        if self.is_beside:
            return ZERO
        return self.max if self.max is not None else sum((child.maximum for child in self.children), ZERO)

    @property
    def evidence_needed(self) -> bool:
        """Whether points are given only with evidence."""
        if self.needs_evidence is not None:
            return self.needs_evidence
        return self.source is Source.SELF

    def leaves(self) -> Iterator["Node"]:
        """The leaves below, or itself."""
        if self.is_leaf:
            yield self
        for child in self.children:
            yield from child.leaves()


class CriteriaSet(Value):
    """One set, by year, level and issuing decision."""

    code: Code
    name: Annotated[Words, Field(min_length=1)]
    year: Annotated[int, Field(ge=1990, le=2200)]
    level: Words = "xã"
    decision: Decision = Decision()
    sample: bool = False
    total: Points | None = None
    rounding: Rounding = Rounding()
    grades: tuple[Grade, ...] = ()
    areas: Annotated[tuple[Node, ...], Field(min_length=1, max_length=200)]

    @cached_property
    def leaves(self) -> tuple[Node, ...]:
        """Every leaf, in the order of the set."""
        return tuple(leaf for area in self.areas for leaf in area.leaves())

    @cached_property
    def by_code(self) -> dict[str, Node]:
        """Leaves by their code."""
        return {leaf.code: leaf for leaf in self.leaves}

    @cached_property
    def area_of(self) -> dict[str, Node]:
        """The area of each leaf, by the leaf's code."""
        return {leaf.code: area for area in self.areas for leaf in area.leaves()}

    @property
    def maximum(self) -> Decimal:
        """The maximum as said, or as the sum."""
        return self.total if self.total is not None else sum((area.maximum for area in self.areas), ZERO)

    def nodes(self) -> Iterator[tuple[int, Node]]:
        """Every node with its depth (areas: 0), in order."""

        def walk(depth: int, node: Node) -> Iterator[tuple[int, Node]]:
            yield depth, node
            for child in node.children:
                yield from walk(depth + 1, child)

        for area in self.areas:
            yield from walk(0, area)
