"""Writes the PDF layouts of this folder and the truth of each: `python -m tests.corpus.pdf.make`.

All text is invented. A truth is as tests/corpus/report.py takes it; "refused" is a part of the sentence, and
"warning" a part of a warning that the reading must give.
"""

import json
from pathlib import Path
from typing import Any

import typst

FOLDER = Path(__file__).parent
HEAD = ("TT", "Nội dung nhiệm vụ", "Thời gian hoàn thành", "Cơ quan chủ trì", "Cơ quan phối hợp", "Sản phẩm")
TASKS = (
    ("1", "Ban hành kế hoạch kiểm tra công tác cải cách hành chính tại các phòng, đơn vị trực thuộc",
     "Trước ngày 15/3/2026", "Phòng Văn hóa - Xã hội", "Văn phòng HĐND và UBND", "Kế hoạch", "2026-03-14"),
    ("2", "Rà soát, đề xuất đơn giản hóa thủ tục hành chính thuộc thẩm quyền giải quyết của Ủy ban nhân dân phường",
     "Quý II/2026", "Trung tâm Phục vụ hành chính công", "Các phòng chuyên môn", "Báo cáo kết quả rà soát",
     "2026-06-30"),
    ("3", "Tổ chức tập huấn kỹ năng số cho cán bộ, công chức", "Tháng 9/2026", "Phòng Kinh tế", "",
     "Lớp tập huấn", "2026-09-30"),
    ("4", "Khảo sát mức độ hài lòng của người dân, tổ chức đối với sự phục vụ của cơ quan hành chính nhà nước",
     "Ngày 30/10/2026", "Văn phòng HĐND và UBND", "Phòng Văn hóa - Xã hội", "Báo cáo", "2026-10-30"),
    ("5", "Cập nhật, công khai thủ tục hành chính trên Cổng thông tin điện tử của phường", "Tháng 11/2026",
     "Phòng Văn hóa - Xã hội", "Trung tâm Phục vụ hành chính công", "Danh mục được công khai", "2026-11-30"),
)  # fmt: skip
MORE = tuple(
    (str(number), f"Kiểm tra việc thực hiện nhiệm vụ số {number} đã được giao tại kế hoạch của phường trong năm",
     f"Ngày {number % 27 + 1}/{number % 12 + 1}/2026", "Phòng Kinh tế", "Các phòng chuyên môn", "Báo cáo",
     f"2026-{number % 12 + 1:02d}-{number % 27 + 1:02d}")
    for number in range(6, 31)
)  # fmt: skip
Task = tuple[str, ...]

PLAN = """
#set text(font: ("Tinos", "Liberation Serif", "Libertinus Serif"), size: 12pt, lang: "vi")
#grid(columns: (1fr, 1fr), align: center, [ỦY BAN NHÂN DÂN \\ PHƯỜNG AN BÌNH \\ Số: 12/KH-UBND],
 [CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM \\ Độc lập - Tự do - Hạnh phúc \\ An Bình, ngày 05 tháng 01 năm 2026])
#align(center)[*KẾ HOẠCH \\ Cải cách hành chính năm 2026*]
Căn cứ Kế hoạch số 01/KH-UBND ngày 02/01/2026 của Ủy ban nhân dân tỉnh về cải cách hành chính năm 2026, Ủy ban nhân dân
phường An Bình ban hành Kế hoạch cải cách hành chính năm 2026 như sau:
#align(center)[*PHỤ LỤC \\ DANH MỤC NHIỆM VỤ*]
"""
COLUMNS = "(24pt, 1fr, 76pt, 88pt, 88pt, 64pt)"


def cell(text: str, more: str = "") -> str:
    escaped = text.replace("#", "\\#").replace("*", "\\*").replace("_", "\\_").replace("@", "\\@")
    return f"table.cell({more})[{escaped}]" if more else f"[{escaped}]"


def row(task: Task) -> str:
    return ", ".join(cell(text) for text in task[:6]) + ","


def table(rows: str, options: str = "", head: str = "", columns: str = COLUMNS) -> str:
    labels = head or ", ".join(f"[*{label}*]" for label in HEAD) + ","
    return f"#[#set text(size: 10pt)\n#table(columns: {columns}, {options}\ntable.header({labels}),\n{rows})]\n"


def rows(tasks: tuple[Task, ...] = TASKS) -> str:
    return "\n".join(map(row, tasks))


def items(tasks: tuple[Task, ...] = TASKS, codes: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    return [
        {
            "code": code,
            "title": task[1],
            "lead": [task[3]] if task[3] else [],
            "coordinating": [task[4]] if task[4] else [],
            "due": task[6],
            "warns": [],
        }
        for task, code in zip(tasks, codes or [task[0] for task in tasks], strict=True)
    ]


def page(options: str = "") -> str:
    return f'#set page(paper: "a4", margin: 2cm{", " + options if options else ""})\n'


NONE, LEVEL = "stroke: none,", "stroke: (x: none, y: 0.5pt),"
TIGHT = "stroke: none, inset: (x: 5pt, y: 1.6pt),"
SECTION = ", ".join((cell("I. CẢI CÁCH THỦ TỤC HÀNH CHÍNH VÀ HIỆN ĐẠI HÓA HÀNH CHÍNH NHÀ NƯỚC", "colspan: 6"), ""))
SIGNATURE = """#place(top + left, dx: {dx}, dy: {dy}, rect(stroke: 0.6pt + red, inset: 4pt)[
 #set text(size: 6.5pt, fill: red)
 Người ký: Ủy ban nhân dân phường An Bình \\ Email: anbinh\\@tinh.gov.vn \\ Cơ quan: Tỉnh Mẫu \\
 Thời gian ký: 05.01.2026 10:15:22 +07:00])
"""
TORN = ("Việc", "Họp giao ban định kỳ", "Rà soát văn bản", "Kiểm tra", "Tập huấn kỹ năng", "Báo cáo năm")


def torn() -> str:
    """Lines whose parts stand apart by blanks of any width: no column holds through them."""
    lines = [
        f"{text} #h({gap}em) {task[2]} #h({5 - gap % 4}em) {task[3]} #h({gap + 2}em) {task[5]} \\"
        for text, gap, task in zip(TORN, (3, 7, 4, 12, 6, 9), (*TASKS, TASKS[0]), strict=True)
    ]
    return "#[#set text(size: 10pt)\n" + "\n".join(lines) + "\n]"


def layouts() -> dict[str, tuple[str, dict[str, Any]]]:
    whole: dict[str, Any] = {"items": items()}
    long: dict[str, Any] = {"items": items(TASKS + MORE)}
    struck = "\n".join((
        row(TASKS[0]), ", ".join(f"strike[{text}]" if text else "[]" for text in TASKS[1][:6]) + ",",
        f"[3], [{TASKS[2][1]}], [#strike[Tháng 5/2026] Tháng 9/2026], [{TASKS[2][3]}], [], [{TASKS[2][5]}],",
    ))  # fmt: skip
    marked = "\n".join((
        f"[1], [{TASKS[0][1]}], [{TASKS[0][2]}#super[1]], [{TASKS[0][3]}#super[2]], [{TASKS[0][4]}], [Kế hoạch],",
        f"[2], [{TASKS[2][1]}], [Tháng 9#super[3]], [Phòng Kinh tế], [], [Lớp],",
    ))  # fmt: skip
    merged = "\n".join((
        f"[1], [{TASKS[0][1]}], [{TASKS[0][2]}], table.cell(rowspan: 2)[{TASKS[0][3]}], [{TASKS[0][4]}], [Kế hoạch],",
        f"[2], [{TASKS[1][1]}], [{TASKS[1][2]}], [{TASKS[1][4]}], [Báo cáo],",
    ))  # fmt: skip
    upright = ", ".join(f"rotate(-90deg, reflow: true)[*{label}*]" for label in HEAD) + ","
    second = tuple((str(at), *task[1:]) for at, task in enumerate(TASKS[3:], start=4))
    turned = "#rotate(90deg, reflow: true)[#box(width: 25cm)[" + PLAN + table(rows()) + "]]"
    return {
        "ruled": (page() + PLAN + table(rows()), whole),
        "bare": (page() + PLAN + table(rows(), NONE), whole),
        "bare-tight": (page() + PLAN + table(rows(), TIGHT), whole),
        "bare-centred": (page() + PLAN + table(rows(), NONE + "align: horizon,"), whole),
        "bare-sections": (
            page() + PLAN + table(SECTION + rows(TASKS[:3]), NONE),
            {"items": items(TASKS[:3], ("I.1", "I.2", "I.3"))},
        ),
        "bare-long": (page() + PLAN + table(rows(TASKS + MORE), NONE), long),
        "bare-landscape": (page("flipped: true") + PLAN + table(rows(TASKS + MORE), TIGHT), long),
        "level-rules": (page() + PLAN + table(rows(), LEVEL), whole),
        "zebra": (page() + PLAN + table(rows(), NONE + "fill: (_, y) => if calc.odd(y) { luma(225) },"), whole),
        "landscape": (page("flipped: true") + PLAN + table(rows(TASKS + MORE)), long),
        "turned": (page() + turned, whole),
        "two-tables": (
            page() + PLAN + table(rows(TASKS[:3])) + "\n\nDanh mục nhiệm vụ bổ sung:\n\n" + table(rows(second)),
            whole,
        ),
        "bare-two-tables": (
            page() + PLAN + table(rows(TASKS[:3]), NONE)
            + "\n\nNgoài các nhiệm vụ nêu trên, các phòng, đơn vị thực hiện thêm các nhiệm vụ sau đây theo chỉ đạo của "
            "Ủy ban nhân dân phường:\n\n" + table(rows(second), NONE),
            whole,
        ),
        "watermark": (
            page('background: rotate(45deg, text(size: 90pt, fill: luma(220))[DỰ THẢO])') + PLAN + table(rows()),
            {**whole, "warning": "chữ chìm"},
        ),
        "watermark-level": (
            page('background: text(size: 90pt, fill: luma(230))[DỰ THẢO]') + PLAN + table(rows()),
            {**whole, "warning": "chữ chìm"},
        ),
        "struck": (
            page() + PLAN + table(struck), {"items": items((TASKS[0], TASKS[2])), "warning": "1 dòng bị gạch ngang"},
        ),
        "bare-struck": (
            page() + PLAN + table(struck, NONE),
            {"items": items((TASKS[0], TASKS[2])), "warning": "1 dòng bị gạch ngang"},
        ),
        "note-marks": (
            page() + PLAN + table(marked),
            {"items": [
                {**items((TASKS[0],))[0]}, {**items((TASKS[2],), ("2",))[0], "lead": ["Phòng Kinh tế"]},
            ], "warning": "dấu chú thích"},
        ),
        "merged-owner": (
            page() + PLAN + table(merged),
            {"items": [items((TASKS[0],))[0], {**items((TASKS[1],))[0], "lead": [TASKS[0][3]]}]},
        ),
        "upright-heading": (page() + PLAN + table(rows(), "", upright), whole),
        "signed-over": (
            page() + SIGNATURE.format(dx="9cm", dy="17cm") + SIGNATURE.format(dx="11cm", dy="-1.4cm") + PLAN
            + table(rows()),
            whole,
        ),
        "torn": (
            page() + PLAN + torn(),
            {"items": [], "refused": "không có đường kẻ"},
        ),
    }  # fmt: skip


def main() -> None:
    for name, (source, truth) in layouts().items():
        (FOLDER / f"{name}.pdf").write_bytes(typst.compile(source.encode()))
        text = json.dumps(truth, ensure_ascii=False, indent=1)
        (FOLDER / f"{name}.truth.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
