"""What a dossier says, as values: rows of the summary table, explanations, and the index of evidence."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from rules.scoring.apply_rules import LeafState
from rules.scoring.criteria.sets import CriteriaSet, Node
from rules.scoring.score import ScoreSheet, lowest

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Proof:
    """A piece of evidence in a dossier: what it is, and the file in the dossier (None: only named, or by its link).

    `explains`: it came with the second round's explanation.
    """

    words: str
    path: str | None = None
    url: str | None = None
    explains: bool = False


@dataclass(frozen=True, slots=True)
class ScoreWords:
    """What stands beside the points of a leaf."""

    unit: str = ""
    explanation: str = ""
    proofs: tuple[Proof, ...] = ()
    verified: Decimal | None = None
    remark: str = ""
    question: str = ""
    reply: str = ""
    lost_because: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the summary table. `children` are the places of the rows it sums up; a leaf has none.

    `floor` and `cap` hold a group's sum; `score` None: not known (a survey that is still out).
    `is_set_aside`: it does not apply, its maximum is taken away.
    """

    depth: int
    code: str
    name: str
    max: Decimal
    score: Decimal | None
    counted: Decimal
    calculation: str = ""
    words: ScoreWords = ScoreWords()
    children: tuple[int, ...] = ()
    floor: Decimal = ZERO
    cap: Decimal | None = None
    is_beside: bool = False
    is_set_aside: bool = False

    @property
    def is_leaf(self) -> bool:
        """Whether it has points of its own."""
        return not self.children


@dataclass(frozen=True, slots=True)
class DossierFacts:
    """A whole dossier: who asks whom, by which set, who signs (`signature`: the lines of authority), and its rows."""

    authority: str
    place: str
    superior: str
    symbol: str
    criteria: str
    criteria_code: str
    decision: str
    year: int
    version: int
    sealed_on: date
    signer: str
    signature: tuple[str, ...]
    rows: tuple[Row, ...]
    total: Decimal
    max: Decimal
    counted: Decimal
    pending: Decimal

    @property
    def areas(self) -> tuple[Row, ...]:
        """The rows at the top."""
        return tuple(row for row in self.rows if row.depth == 0)

    @property
    def leaves(self) -> tuple[Row, ...]:
        """The rows with points of their own."""
        return tuple(row for row in self.rows if row.is_leaf)

    @property
    def explained_anew(self) -> tuple[Row, ...]:
        """Leaves explained because the superior asked."""
        return tuple(row for row in self.leaves if row.words.reply)

    @property
    def to_explain(self) -> tuple[Row, ...]:
        """Leaves below their maximum, or explained."""
        return tuple(
            row for row in self.leaves if row.words.explanation or (row.score is not None and row.score < row.counted)
        )


def rows_of(criteria: CriteriaSet, sheet: ScoreSheet, words: Mapping[str, ScoreWords]) -> tuple[Row, ...]:
    """The summary table of a scored set, parents before children."""
    leaves = {leaf.code: leaf for leaf in sheet.leaves}
    groups = {group.code: group for group in sheet.groups}
    rows: list[Row] = []

    def add(node: Node, depth: int) -> int:
        place = len(rows)
        if node.is_leaf:
            leaf = leaves[node.code]
            known = leaf.score if leaf.state is not LeafState.PENDING else None
            said = words.get(node.code, ScoreWords())
            rows.append(
                Row(
                    depth,
                    node.code,
                    node.name,
                    leaf.max,
                    known,
                    leaf.counted,
                    leaf.explanation,
                    said,
                    is_beside=node.is_beside,
                    is_set_aside=leaf.state is LeafState.NOT_APPLICABLE,
                )
            )
            return place
        group = groups[node.code]
        rows.append(Row(depth, node.code, node.name, group.max, group.score, group.counted))
        children = tuple(add(child, depth + 1) for child in node.children)
        rows[place] = Row(
            depth, node.code, node.name, group.max, group.score, group.counted,
            children=children, floor=lowest(node), cap=node.cap,
            is_set_aside=all(rows[child].is_set_aside for child in children),
        )  # fmt: skip
        return place

    for area in criteria.areas:
        add(area, 0)
    return tuple(rows)


def added_proofs(row: Row) -> str:
    """What was added with the explanation that the superior asked for, one piece a line, with its file."""
    return "\n".join(
        f"{proof.words} [{proof.path}]" if proof.path else proof.words for proof in row.words.proofs if proof.explains
    )


def proofs_in(rows: Iterable[Row]) -> tuple[tuple[str, Proof], ...]:
    """Every piece of evidence with the criterion it proves, in the order of the table."""
    return tuple((row.code, proof) for row in rows for proof in row.words.proofs)
