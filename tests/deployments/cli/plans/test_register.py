"""`dondoc plan import --into`, settling undated tasks, and the tables of assigned tasks out and in."""

from pathlib import Path

import openpyxl
import pytest

from tests.deployments.plan_files import NOON, Dondoc, set_clock

HEAD = """ỦY BAN NHÂN DÂN
XÃ SUỐI NGANG
CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc
"""
CONCLUSION = (
    HEAD
    + """Số: 15/TB-UBND
Suối Ngang, ngày 12 tháng 01 năm 2026
THÔNG BÁO
Kết luận của Chủ tịch UBND xã tại cuộc họp giao ban tháng 01 năm 2026

Chủ tịch UBND xã kết luận như sau:
1. Giao Phòng Văn hóa - Xã hội rà soát tài khoản định danh của người dân trong tháng 9/2026.
2. Giao Phòng Kinh tế xây dựng Quy chế quản lý chợ.
3. Giao Phòng Kinh tế tiếp tục tuyên truyền vệ sinh an toàn thực phẩm.
"""
)
DIRECTIVE = (
    HEAD
    + """Số: 03/CT-UBND
Suối Ngang, ngày 20 tháng 01 năm 2026
CHỈ THỊ
Về việc đẩy mạnh định danh điện tử

Chủ tịch UBND xã yêu cầu:
1. Phòng Văn hóa - Xã hội rà soát tài khoản định danh của người dân trong tháng 9/2026.
2. Phòng Kinh tế hướng dẫn hộ kinh doanh cài đặt ứng dụng trước ngày 30/10/2026.
"""
)
CODE = "so-2026"


@pytest.fixture
def dondoc(monkeypatch: pytest.MonkeyPatch, database_url: str, capsys: pytest.CaptureFixture[str]) -> Dondoc:
    """The command line on a fresh database, on SQLite and on PostgreSQL."""
    set_clock(monkeypatch, NOON)
    return Dondoc(capsys)


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_directives_fill_one_register_and_the_same_task_is_one(dondoc: Dondoc, tmp_path: Path) -> None:
    first, second = written(tmp_path / "a.txt", CONCLUSION), written(tmp_path / "b.txt", DIRECTIVE)
    dondoc("plan", "import", first, "--into", CODE, "--yes")
    shown = dondoc("plan", "import", second, "--into", CODE, "--join", "--yes")
    assert "ghi thêm văn bản 03/CT-UBND ngày 20/01/2026 cho nhiệm vụ TB15.1" in shown
    codes = [row["code"] for row in dondoc.json("item", "list", CODE)]
    assert codes == ["TB15.1", "TB15.2", "TB15.3", "CT03.2"]
    assert "không có thay đổi" in dondoc("plan", "import", first, "--into", CODE, "--yes")
    assert dondoc.json("plan", "list")[0]["kind"] == "register"


def test_the_five_and_six_column_tables_go_out_and_in(dondoc: Dondoc, tmp_path: Path) -> None:
    dondoc("plan", "import", written(tmp_path / "a.txt", CONCLUSION), "--into", CODE, "--yes")
    dondoc("plan", "import", written(tmp_path / "b.txt", DIRECTIVE), "--into", CODE, "--join", "--yes")
    heads = {
        "5": ["STT", "Nhiệm vụ", "Văn bản giao nhiệm vụ", "Cơ quan chủ trì", "Thời hạn hoàn thành"],
        "6": ["STT", "Tên nhiệm vụ", "Đơn vị chủ trì", "Thời hạn", "Kết quả thực hiện", "Tiến độ"],
    }
    for columns, head in heads.items():
        path = tmp_path / f"{columns}.xlsx"
        dondoc("plan", "export", CODE, "-o", path, "--columns", columns)
        rows = [[cell.value for cell in row] for row in openpyxl.load_workbook(path).active.iter_rows()]
        assert str(rows[0][0]).startswith("Dữ liệu tính đến ngày")
        assert rows[1] == head and len(rows) == 2 + 4
        if columns == "5":
            assert rows[2][2] == "15/TB-UBND ngày 12/01/2026; 03/CT-UBND ngày 20/01/2026"
        else:
            assert {row[5] for row in rows[2:]} <= {
                "Trong hạn", "Sắp đến hạn", "Quá hạn chưa hoàn thành", "Hoàn thành đúng hạn", "Hoàn thành quá hạn",
                "Chưa xác định thời hạn",
            }  # fmt: skip
        again = dondoc.json("plan", "import", path, "--code", CODE, "--yes")
        assert again["changed"] is False, columns


def test_a_table_of_assigned_tasks_is_read_with_the_documents_that_give_them(dondoc: Dondoc, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["STT", "Nhiệm vụ", "Văn bản giao nhiệm vụ", "Cơ quan chủ trì", "Thời hạn hoàn thành"])
    book.active.append([1, "Rà soát hộ nghèo", "Thông báo số 12/TB-UBND ngày 12/01/2026", "Phòng Kinh tế", "30/6/2026"])
    book.save(tmp_path / "bang.xlsx")
    (found,) = dondoc.json("plan", "read", tmp_path / "bang.xlsx")["items"]
    given = found["assigned"][0]
    assert (given["kind"], given["number"], given["issued_on"]) == ("conclusion", "12/TB-UBND", "2026-01-12")


def test_undated_tasks_are_settled_at_the_import_or_later(dondoc: Dondoc, tmp_path: Path) -> None:
    path = written(tmp_path / "a.txt", CONCLUSION)
    shown = dondoc("plan", "read", path)
    assert "1 việc thường xuyên" in shown and "1 việc chờ nhập ngày" in shown
    done = dondoc.json("plan", "import", path, "--code", "tb-15", "--by-year-end", "--yes")
    assert done["settled"] == ["2", "3"]
    days = {row["code"]: row for row in dondoc.json("item", "list", "tb-15")}
    assert "2026-12-31" in str(days["2"])
    dondoc("plan", "import", path, "--code", "tb-16", "--yes")
    assert "Đã định thời hạn cho 1 việc" in dondoc("plan", "settle", "tb-16", "2", "--standing", "--yes")
    assert "1 việc" in dondoc("plan", "settle", "tb-16", "--standing", "--yes")
    assert "Không còn việc nào" in dondoc("plan", "settle", "tb-16", "--standing", "--yes")


@pytest.mark.parametrize(
    "options",
    [("--standing", "--by-year-end"), ("--into", CODE, "--code", "x"), ("--join",)],
)
def test_options_that_contradict_each_other_are_refused(
    dondoc: Dondoc, tmp_path: Path, options: tuple[str, ...]
) -> None:
    dondoc("plan", "import", written(tmp_path / "a.txt", CONCLUSION), *options, "--yes", code=2)
