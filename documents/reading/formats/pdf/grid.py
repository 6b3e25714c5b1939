"""From ruled lines to the boxes of a table's cells."""

from collections import defaultdict

from documents.reading.formats.pdf.source import Rule

Box = tuple[float, float, float, float]
"""Left, top, right, bottom, in points from the page's top left."""

_NEAR = 3.0
_SHORTEST = 3.0

_Line = tuple[float, float, float]
_Point = tuple[int, int]  # the level and the plumb line that cross there


def tables(rules: list[Rule]) -> list[list[list[Box]]]:
    """The tables on a page: of each its rows from top to bottom, of each row the boxes of its cells."""
    levels, plumbs = _lines([rule for rule in rules if rule.level]), _lines([rule for rule in rules if not rule.level])
    if not levels or not plumbs:
        return []
    points = _crossings(levels, plumbs)
    cells = _cells(points, [line[0] for line in plumbs], [line[0] for line in levels])
    return [_rows(group) for group in _joined(cells)]


def _lines(rules: list[Rule]) -> list[_Line]:
    """Place, start and end of each line; pieces that lie on one line and meet are one."""
    lines: list[_Line] = []
    group: list[Rule] = []
    for rule in sorted(rules, key=lambda rule: rule.fixed):
        if group and rule.fixed - group[-1].fixed > _NEAR:
            lines += _merged(group)
            group = []
        group.append(rule)
    return lines + _merged(group)


def _merged(group: list[Rule]) -> list[_Line]:
    if not group:
        return []
    fixed = sum(rule.fixed for rule in group) / len(group)
    merged: list[list[float]] = []
    for rule in sorted(group, key=lambda rule: rule.start):
        if merged and rule.start - merged[-1][1] <= _NEAR:
            merged[-1][1] = max(merged[-1][1], rule.end)
        else:
            merged.append([rule.start, rule.end])
    return [(fixed, start, end) for start, end in merged if end - start >= _SHORTEST]


def _crossings(levels: list[_Line], plumbs: list[_Line]) -> set[_Point]:
    """Where lines cross, by their numbers."""
    return {
        (h, v)
        for v, (x, top, bottom) in enumerate(plumbs)
        for h, (y, left, right) in enumerate(levels)
        if left - _NEAR <= x <= right + _NEAR and top - _NEAR <= y <= bottom + _NEAR
    }


def _cells(points: set[_Point], x_of: list[float], y_of: list[float]) -> list[Box]:
    """The smallest box below and to the right of each crossing, if lines close it."""
    below: dict[int, list[tuple[float, int]]] = defaultdict(list)
    beside: dict[int, list[tuple[float, int]]] = defaultdict(list)
    for h, v in points:
        below[v].append((y_of[h], h))
        beside[h].append((x_of[v], v))
    for line in (*below.values(), *beside.values()):
        line.sort()
    cells: list[Box] = []
    for h, v in points:
        lower = [other for y, other in below[v] if y > y_of[h]]
        further = [other for x, other in beside[h] if x > x_of[v]]
        corner = next(((low, right) for low in lower for right in further if (low, right) in points), None)
        if corner is not None:
            cells.append((x_of[v], y_of[h], x_of[corner[1]], y_of[corner[0]]))
    return cells


def _joined(cells: list[Box]) -> list[list[Box]]:
    """Cells that share a corner belong to one table. Tables from top to bottom."""
    parent = list(range(len(cells)))

    def root(at: int) -> int:
        while parent[at] != at:
            parent[at] = parent[parent[at]]
            at = parent[at]
        return at

    corners: dict[tuple[float, float], int] = {}
    for at, (x0, top, x1, bottom) in enumerate(cells):
        for corner in ((x0, top), (x0, bottom), (x1, top), (x1, bottom)):
            parent[root(at)] = root(corners.setdefault(corner, at))
    groups: dict[int, list[Box]] = defaultdict(list)
    for at, cell in enumerate(cells):
        groups[root(at)].append(cell)
    return sorted(groups.values(), key=lambda group: (min(box[1] for box in group), min(box[0] for box in group)))


def _rows(cells: list[Box]) -> list[list[Box]]:
    rows: dict[float, list[Box]] = defaultdict(list)
    for cell in cells:
        rows[cell[1]].append(cell)
    return [sorted(rows[top]) for top in sorted(rows)]


def outline(rows: list[list[Box]]) -> Box:
    """The box around a whole table."""
    boxes = [box for row in rows for box in row]
    return min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes)


def is_table(rows: list[list[Box]]) -> bool:
    """Whether there are two rows or more, and two columns or more: a frame around a text is no table."""
    return len(rows) > 1 and max(map(len, rows)) > 1
