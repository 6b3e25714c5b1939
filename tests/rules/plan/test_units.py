"""Names of units: variants fall together, names with commas stay whole, nothing is guessed."""

import csv
from pathlib import Path

import pytest

from rules.plan.units import UnitBook
from rules.plan.values import ALL_UNITS, RELATED_UNITS

BOOK = UnitBook()
CASES = Path(__file__).resolve().parents[4] / "shared" / "cases" / "units.cases.tsv"
VARIANTS = Path(__file__).resolve().parents[4] / "shared" / "truth" / "unit-name-variants.tsv"


def codes(cell: str, book: UnitBook = BOOK) -> list[str | None]:
    return [ref.unit for ref in book.split(cell)]


def printed(cell: str) -> list[str]:
    return [ref.printed for ref in BOOK.split(cell)]


@pytest.mark.skipif(not VARIANTS.exists(), reason="the shared truth files are not on this machine")
def test_every_variant_of_the_specification_falls_together():
    with VARIANTS.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    wrong = {row["variant"]: BOOK.find(row["variant"]) for row in rows}
    assert rows
    assert wrong == {row["variant"]: row["canonical"].strip("*") for row in rows}


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("P. VH&XH", "PHONG_VHXH"),
        ("PHÒNG VĂN HOÁ VÀ XÃ HỘI PHƯỜNG BA NGÒI", "PHONG_VHXH"),
        ("Trưởng phòng Văn hóa – Xã hội", "PHONG_VHXH"),
        ("Công chức Văn hóa – Xã hội", "VAN_HOA_XA_HOI"),
        ("Trung tâm PVHCC phường", "TT_PVHCC"),
        ("TTPVHCC", "TT_PVHCC"),
        ("Giám đốc Trung tâm Phục vụ Hành chính công", "TT_PVHCC"),
        ("VP. HĐND - UBND", "VAN_PHONG"),
        ("Văn phòng Hội đồng nhân dân và Uỷ ban nhân dân xã Tóc Tiên", "VAN_PHONG"),
        ("Phòng Kinh tế", "PHONG_KT"),
        ("Phòng Kinh tế - Hạ tầng", "PHONG_KT"),
        ("P. KTHT và ĐT", "PHONG_KTHTDT"),
        ("Công chức Văn phòng – Thống kê xã", "VAN_PHONG_THONG_KE"),
        ("Bộ phận Tiếp nhận và trả kết quả giải quyết TTHC", "BO_PHAN_MOT_CUA"),
        ("bộ phận một cửa", "BO_PHAN_MOT_CUA"),
        ("Công chức Địa chính - Nông nghiệp - Xây dựng và Môi trường", "DIA_CHINH_XAY_DUNG"),
        ("Ban CHQS xã", "QUAN_SU"),
        ("Công an xã", "CONG_AN"),
        ("MTTQ", "UBMTTQVN"),
        ("Ủy ban Mặt trận Tổ quốc Việt Nam phường", "UBMTTQVN"),
        ("Sở Nội vụ", "SO_NOI_VU"),
        ("Tất cả các cơ quan, đơn vị", ALL_UNITS),
        ("các phòng, ban, đơn vị thuộc UBND phường", ALL_UNITS),
        ("Các bộ phận chuyên môn", ALL_UNITS),
        ("Các đơn vị có liên quan", RELATED_UNITS),
        ("các ngành, bộ phận, cán bộ, công chức có liên quan", RELATED_UNITS),
    ],
)
def test_unseen_ways_of_writing_a_unit_are_found(name: str, code: str):
    assert BOOK.find(name) == code


@pytest.mark.parametrize(
    "name",
    [
        "Công an tỉnh",
        "Văn phòng Đăng ký đất đai",
        "Trường Tiểu học Ba Ngòi",
        "Phòng Kinh tế thành phố",
        "VHTT",
        "các đoàn thể",
    ],
)
def test_another_body_is_not_taken_for_ours(name: str):
    assert BOOK.find(name) is None


def test_a_slip_is_forgiven_only_in_an_abbreviation_with_a_doubled_or_missing_letter():
    assert BOOK.find("VHXXH") == "PHONG_VHXH"
    assert BOOK.find("UBMTQVN") == "UBMTTQVN"
    assert BOOK.find("VHKH") is None
    assert BOOK.find("TTHC") is None
    assert BOOK.find("Phòng Văn hóa - Xã hôi học") is None


def test_names_that_contain_commas_stay_whole_in_a_list():
    cell = "Phòng Kinh tế, Hạ tầng và Đô thị, Các cơ quan, đơn vị và Văn phòng HĐND và UBND"
    assert printed(cell) == ["Phòng Kinh tế, Hạ tầng và Đô thị", "Các cơ quan, đơn vị", "Văn phòng HĐND và UBND"]
    assert codes(cell) == ["PHONG_KTHTDT", ALL_UNITS, "VAN_PHONG"]


def test_an_unknown_name_with_a_comma_stays_whole_and_unknown():
    assert printed("Ban Văn hóa, Thể thao và Du lịch; Trường THCS Nguyễn Du") == [
        "Ban Văn hóa, Thể thao và Du lịch",
        "Trường THCS Nguyễn Du",
    ]
    assert codes("Ban Văn hóa, Thể thao và Du lịch") == [None]


def test_a_name_broken_over_lines_is_one_name_and_two_lines_are_two_names():
    assert printed("Phòng Kinh tế,\nHạ tầng và\nĐô thị") == ["Phòng Kinh tế, Hạ tầng và Đô thị"]
    assert codes("Phòng VH-XH\nTT PVHCC") == ["PHONG_VHXH", "TT_PVHCC"]


def test_role_notes_stand_beside_the_unit():
    cell = "- Trung tâm phục vụ hành chính công -Phòng Văn hóa – Xã hội cung cấp thông tin trên Trang thông tin điện tử"
    center, culture = BOOK.split(cell)
    assert (center.unit, center.note) == ("TT_PVHCC", None)
    assert (culture.unit, culture.note) == ("PHONG_VHXH", "cung cấp thông tin trên Trang thông tin điện tử")
    (everyone,) = BOOK.split("Các cơ quan, đơn vị phối hợp cung cấp thông tin")
    assert (everyone.printed, everyone.note) == ("Các cơ quan, đơn vị", "phối hợp cung cấp thông tin")


def test_words_of_the_role_are_not_part_of_the_name():
    assert printed("Chủ trì: Phòng VHXH") == ["Phòng VHXH"]
    assert printed("Phối hợp với Công an xã, các đơn vị liên quan") == ["Công an xã", "các đơn vị liên quan"]


def test_the_place_behind_a_name_belongs_to_it():
    assert printed("Phòng Kinh tế xã Tóc Tiên, Công an xã") == ["Phòng Kinh tế xã Tóc Tiên", "Công an xã"]


def test_an_empty_cell_names_nobody():
    assert BOOK.split("") == ()
    assert BOOK.split(" - ;\n") == ()
    assert BOOK.find("") is None


def test_the_authoritys_own_list_wins_and_takes_over_all_variants():
    book = UnitBook.of([("VHXH", "Phòng Văn hóa – Xã hội", ["Tổ Văn xã"]), ("VP", "Văn phòng HĐND và UBND", [])])
    assert codes("P. VH-XH; Tổ Văn xã; VP HĐND&UBND; Trung tâm HCC", book) == ["VHXH", "VHXH", "VP", "TT_PVHCC"]
    assert book.find("Văn phòng ủy ban") == "VP"
    assert book.name_of("VP") == "Văn phòng HĐND và UBND"


def test_an_own_unit_the_usual_list_does_not_know_is_found_with_its_comma():
    book = UnitBook.of([("QLDT", "Phòng Quản lý đô thị, Xây dựng", ["P.QLĐT"])])
    assert codes("phòng Quản lý Đô thị và Xây dựng, Công an phường", book) == ["QLDT", "CONG_AN"]
    assert book.find("P QLĐT") == "QLDT"


def test_a_sentence_that_begins_with_a_unit_gives_it_away():
    hit = BOOK.leading("Bộ phận TN&TKQ xã: Đẩy mạnh công tác tuyên truyền")
    assert hit is not None
    ref, end = hit
    assert (ref.unit, ref.printed, end) == ("BO_PHAN_MOT_CUA", "Bộ phận TN&TKQ xã", 17)
    assert BOOK.leading("Tăng cường kiểm tra tại các bộ phận") is None


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("Đ/c Nguyễn Văn A – Công chức Tư pháp - Hộ tịch", ["TU_PHAP_HO_TICH"]),
        ("Ông Lê Văn C, Công chức Văn hóa - Xã hội; Công an xã", ["VAN_HOA_XA_HOI", "CONG_AN"]),
        ("Nguyễn Văn A - Trưởng phòng Văn hóa - Xã hội", ["PHONG_VHXH"]),
        ("đ/c Hoa (Phòng VHXH), Công an xã", ["PHONG_VHXH", "CONG_AN"]),
        ("Bà Rịa, Công an xã", [None, "CONG_AN"]),
        ("Đồng chí Trần Văn Bình", [None]),
    ],
)
def test_a_person_named_with_a_post_is_that_unit(cell: str, expected: list[str | None]):
    assert codes(cell) == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("Các phòng: Kinh tế, Văn hóa - Xã hội; Văn phòng", ["PHONG_KT", "PHONG_VHXH", "VAN_PHONG"]),
        ("các phòng: Kinh tế, Hạ tầng và Đô thị; VH-XH", ["PHONG_KTHTDT", "PHONG_VHXH"]),
        ("Công an phường, các phòng Kinh tế và Văn hóa - Xã hội", ["CONG_AN", "PHONG_KT", "PHONG_VHXH"]),
        ("Các phòng chuyên môn, Công an xã", [ALL_UNITS, "CONG_AN"]),
        ("Các phòng, Trung tâm", [ALL_UNITS]),
        ("Các phòng, ban, trung tâm thuộc UBND xã", [ALL_UNITS]),
        ("các phòng, Trung tâm Phục vụ hành chính công", [ALL_UNITS, "TT_PVHCC"]),
        ("cá nhân, đơn vị có liên quan", [RELATED_UNITS]),
        ("đơn vị liên quan", [RELATED_UNITS]),
    ],
)
def test_rooms_and_sets_may_share_one_word(cell: str, expected: list[str | None]):
    assert codes(cell) == expected


@pytest.mark.skipif(not CASES.exists(), reason="the shared cases are not on this machine")
def test_the_shared_cells_are_split_as_they_say() -> None:
    with CASES.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    assert {row["cell"]: printed(row["cell"].replace("⏎", "\n")) for row in rows} == {
        row["cell"]: row["names"].split("|") for row in rows
    }


@pytest.mark.parametrize(
    "cell",
    [
        "UBND các xã, phường, đặc khu",
        "UBND xã, phường",
        "UBND các phường",
        "Ủy ban nhân dân các huyện, thị xã, thành phố",
        "Ủy ban nhân dân cấp xã",
        "Chủ tịch UBND các xã, phường",
        "HĐND, UBND các xã, phường trên địa bàn tỉnh Khánh Hòa",
        "các xã",
        "Các thôn, khu phố",
        "Các sở, ban, ngành",
        "Sở, ngành",
        "Thủ trưởng các sở, ban, ngành, đoàn thể",
        "Các bộ, ngành Trung ương",
        "Các phòng, ban, đơn vị thuộc UBND tỉnh",
        "Các ban, ngành, đoàn thể tỉnh",
        "Các cơ quan, đơn vị của tỉnh",
    ],
)
def test_a_group_of_other_offices_is_one_name_and_no_unit_of_ours(cell: str) -> None:
    assert [(ref.printed, ref.unit) for ref in BOOK.split(cell)] == [(cell, None)]


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("Các sở, ban, ngành; UBND các xã, phường", ["Các sở, ban, ngành", "UBND các xã, phường"]),
        ("Các sở, ban, ngành và Công an xã", ["Các sở, ban, ngành", "Công an xã"]),
        ("Sở Nông nghiệp và Môi trường, Sở Y tế", ["Sở Nông nghiệp và Môi trường", "Sở Y tế"]),
        ("Sở Giáo dục và Đào tạo - Sở Y tế", ["Sở Giáo dục và Đào tạo", "Sở Y tế"]),
        ("- Sở Y tế - Bệnh viện Đa khoa", ["Sở Y tế", "Bệnh viện Đa khoa"]),
        ("Trung tâm Văn hóa - Thể thao, Công an xã", ["Trung tâm Văn hóa - Thể thao", "Công an xã"]),
        ("UBND phường Xuân Hương - Đà Lạt; Công an xã", ["UBND phường Xuân Hương - Đà Lạt", "Công an xã"]),
        ("Công an phường Long Hải - Trạm Y tế", ["Công an phường Long Hải", "Trạm Y tế"]),
        ("Công an phường - Văn phòng", ["Công an phường", "Văn phòng"]),
        ("Phòng Kinh tế hoặc Văn phòng", ["Phòng Kinh tế", "Văn phòng"]),
        ("Giám đốc\nSở Tài chính", ["Giám đốc Sở Tài chính"]),
        ("Ban Quản lý\nKhu kinh tế Vân Phong", ["Ban Quản lý Khu kinh tế Vân Phong"]),
        ("Sở Văn hóa,\nThể thao và Du lịch", ["Sở Văn hóa, Thể thao và Du lịch"]),
        ("Sở Văn hóa, Thể thao\nvà Du lịch", ["Sở Văn hóa, Thể thao và Du lịch"]),
        ("Sở Y tế\nSở Xây dựng", ["Sở Y tế", "Sở Xây dựng"]),
        ("Phòng Kinh tế thuộc UBND xã; Trạm Y tế", ["Phòng Kinh tế thuộc UBND xã", "Trạm Y tế"]),
        ("Văn phòng HĐND và UBND cấp xã", ["Văn phòng HĐND và UBND cấp xã"]),
    ],
)
def test_names_are_parted_where_another_begins_and_nowhere_else(cell: str, names: list[str]) -> None:
    assert printed(cell) == names


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Phòng Văn hóa - Xã hội thuộc UBND xã", "PHONG_VHXH"),
        ("Trung tâm Phục vụ hành chính công trực thuộc UBND xã Tân An", "TT_PVHCC"),
        ("Phòng Kinh tế của phường", "PHONG_KT"),
        ("Phòng Văn hóa - Xã hội thuộc UBND tỉnh", None),
        ("UBND thành phố Hải Phòng", "UBND_TINH"),
        ("UBND TP. Hồ Chí Minh", "UBND_TINH"),
        ("UBND thành phố Cam Ranh", "UBND_HUYEN"),
    ],
)
def test_what_stands_above_a_unit_belongs_to_its_name(name: str, code: str | None) -> None:
    (ref,) = BOOK.split(name)
    assert (ref.printed, ref.unit) == (name, code)


def test_the_office_of_another_commune_is_not_ours_where_our_name_is_known() -> None:
    book = BOOK.at("xã Tóc Tiên")
    assert codes("UBND xã Tóc Tiên; UBND xã Châu Pha; Công an xã; Công an xã Châu Pha", book) == [
        "UBND", None, "CONG_AN", None,
    ]  # fmt: skip
    assert codes("UBND xã Châu Pha", BOOK.at(None)) == ["UBND"]
