"""No cell of a table is a formula, whatever kind of value it comes from."""

import csv
import io

import pytest

from documents.writing.tables.list_tables import csv_lines


@pytest.mark.parametrize("sign", list("=+-@\t\r"))
def test_no_cell_begins_as_a_formula_whatever_it_was_made_of(sign: str) -> None:
    text = f'{sign}HYPERLINK("http://x")'
    row = [text, [text, "b"], (text,), {"a": text}, -5, -5.5]
    lines = "".join(csv_lines([text], [row])).lstrip("\ufeff")
    head, cells = list(csv.reader(io.StringIO(lines, newline="")))[:2]
    assert not head[0].startswith(sign)
    assert not any(cell.startswith(sign) for cell in cells[:4])
    assert cells[4] == "-5"
