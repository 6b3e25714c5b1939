"""A sheet's cells before they are a table: what is hidden, filtered or crossed out goes, and is told."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from documents.reading.formats.blocks import Cell, Row, Table
from documents.reading.formats.cleaning import tidy
from documents.reading.formats.flow import COVERED, Meter
from documents.reading.formats.limits import TABLE_COLUMNS, TABLE_ROWS, check_table
from documents.reading.formats.look import Look
from documents.reading.formats.omitted import Omitted, letters, only_number, raised

Place = tuple[int, int]
"""Row and column, from 0."""

_MOST_MERGED = TABLE_ROWS * TABLE_COLUMNS


@dataclass(slots=True)
class SheetCell:
    """A cell's text in pieces of one look each. `dated`: the workbook holds a date, not letters that look like one."""

    pieces: list[tuple[str, Look]]
    dated: bool = False


@dataclass(slots=True)
class Sheet:
    """One sheet. Merged ranges are (top, left, bottom, right), all within."""

    name: str
    cells: dict[Place, SheetCell] = field(default_factory=dict)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)

    def is_date(self, place: Place) -> bool:
        """Whether the workbook holds a true date at a place."""
        cell = self.cells.get(place)
        return cell is not None and cell.dated

    def reference(self, place: Place) -> str:
        """The name of a place as sheets show it: "B7"."""
        return f"{letters(place[1])}{place[0] + 1}"


def table_of(sheet: Sheet, omitted: Omitted, meter: Meter) -> Table:
    """The sheet as a table. Empty rows are left out; rows keep their numbers."""
    rows = _Reader(sheet, omitted)
    texts = rows.texts()
    width = max((c + 1 for _, c in texts), default=0)
    check_table(0, width)
    spans, covered = rows.spans(width)
    made: list[Row] = []
    for r in sorted({r for r, _ in texts}):
        meter.count(sum(len(texts.get((r, c), "")) for c in range(width)))
        cells = tuple(
            COVERED
            if (r, c) in covered
            else Cell(text=texts.get((r, c), ""), span=spans.get((r, c), 1), dated=sheet.is_date((r, c)))
            for c in range(width)
        )
        made.append(Row(cells=cells, row=r + 1))
    return Table(rows=tuple(made), index=0, name=tidy(sheet.name))


class _Reader:
    def __init__(self, sheet: Sheet, omitted: Omitted) -> None:
        self._sheet, self._omitted = sheet, omitted
        self._place = f"sheet “{tidy(sheet.name)}”"
        self._gone: set[int] = set()
        self._merged = {(top, left): (bottom, right) for top, left, bottom, right in sheet.merged}

    def texts(self) -> dict[Place, str]:
        """What is seen of each cell that is not empty."""
        by_row: dict[int, dict[int, SheetCell]] = {}
        for (r, c), cell in self._sheet.cells.items():
            by_row.setdefault(r, {})[c] = cell
        seen: dict[Place, str] = {}
        for r in sorted(by_row):
            if r in self._sheet.hidden_rows:
                moved = self._row(r, by_row[r], quiet=True)
                if moved:
                    self._omitted.hide_row(self._place, r + 1)
                    self._gone.add(r)
            else:
                since = len(self._omitted.struck)
                moved = self._row(r, by_row[r])
                own = [text for (_, c), text in moved.items() if self._merged.get((r, c), (r, c))[0] == r]
                if len(self._omitted.struck) > since and all(map(only_number, own)):
                    self._omitted.strike_row(since)
                    self._gone.add(r)
                else:
                    seen.update(moved)
                    continue
            seen.update(self._kept_of_merged(r, moved))
        return seen

    def _row(self, r: int, cells: dict[int, SheetCell], quiet: bool = False) -> dict[Place, str]:
        found: dict[Place, str] = {}
        for c in sorted(cells):
            _, right = self._merged.get((r, c), (r, c))
            hidden = all(at in self._sheet.hidden_columns for at in range(c, right + 1))
            text = self._text(cells[c], quiet or hidden)
            if hidden and text:
                self._omitted.hide_column(self._place, letters(c))
            elif text:
                found[r, c] = text
        return found

    def _text(self, cell: SheetCell, quiet: bool) -> str:
        shown: list[tuple[str, str | None]] = []
        for text, look in cell.pieces:
            if look.struck:
                if not quiet:
                    self._omitted.strike(self._omitted.conversion.text([(text, look.encoding)]))
                continue
            mark = raised(shown[-1][0] if shown else "", text) if look.raised and shown else None
            if mark == "":
                self._omitted.mark(shown[-1][0])
            else:
                shown.append((text if mark is None else mark, look.encoding))
        return tidy(self._omitted.conversion.text(shown))

    def _kept_of_merged(self, r: int, texts: dict[Place, str]) -> Iterator[tuple[Place, str]]:
        """Cells of a row that is left out, but which reach into rows that are seen."""
        for (_, c), text in texts.items():
            bottom, right = self._merged.get((r, c), (r, c))
            for below in range(r + 1, bottom + 1):
                if below not in self._sheet.hidden_rows:
                    self._merged[below, c] = bottom, right
                    yield (below, c), text
                    break

    def spans(self, width: int) -> tuple[dict[Place, int], set[Place]]:
        """The columns that merged cells span, and the places they cover."""
        spans: dict[Place, int] = {}
        covered: set[Place] = set()
        for (top, left), (bottom, right) in self._merged.items():
            for r in range(top, min(bottom, TABLE_ROWS) + 1):
                covered.update((r, c) for c in range(left, min(right, width - 1) + 1))
            if len(covered) > _MOST_MERGED:
                break
        for (top, left), (_, right) in self._merged.items():
            if top not in self._gone:
                spans[top, left] = max(1, min(right, width - 1) - left + 1)
                covered.discard((top, left))
        return spans, covered
