"""A report as .docx: the frame of an official document around its words, charts and annexes."""

from documents.writing.official.charts import CHARTS, chart_xml, workbook
from documents.writing.official.docx import OfficialDocument
from documents.writing.official.form import Frame
from documents.writing.reports.annexes import Annex, annexes_of, cell_text
from documents.writing.reports.wording import Wording
from rules.reporting.values import Report

_LEVELS = {"h1": 1, "h2": 2, "h3": 3}


def report_docx(report: Report, wording: Wording, frame: Frame) -> bytes:
    """The whole document; the same values give the same bytes."""
    document = OfficialDocument(frame)
    for block in wording.blocks:
        if block.kind == "chart":
            _chart(document, report, block.text)
        elif block.kind == "text":
            document.paragraph(block.runs, keep_next=block.text.endswith(":"))
        else:
            document.heading(block.text, _LEVELS[block.kind])
    document.close()
    for annex in annexes_of(report):
        _annex(document, annex)
    return document.to_bytes()


def _chart(document: OfficialDocument, report: Report, name: str) -> None:
    made = CHARTS[name](report) if name in CHARTS else None
    if made is not None:
        document.chart(chart_xml(made), workbook(made), made.title, made.height)


def _annex(document: OfficialDocument, annex: Annex) -> None:
    document.annex(annex.title)
    if annex.rows:
        rows = [row if isinstance(row, str) else [cell_text(cell) for cell in row] for row in annex.rows]
        document.table(annex.columns, rows, bookmarks=annex.names)
    if annex.note:
        document.paragraph(annex.note, "GhiChu")
