"""Files that are broken, locked or made to hurt: one clear sentence, and this process lives on."""

import io
import os
import random
import re
import shutil
import socket
import struct
import subprocess
import threading
import time
import zipfile
import zlib
from pathlib import Path

import pytest
import xlsxwriter

from documents.reading.formats.blocks import RefusedDocument
from documents.reading.sandbox.files import read_document

WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/x" '
    'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
SENTENCE = re.compile(r"Không đọc được tệp “[^”\n]+”: [^;\n]+; [^;\n]+[^.]\.")


def refusal(path: Path, within: float = 33.0) -> str:
    """The sentence for a refused file, within the time that one reading may take."""
    begun = time.monotonic()
    with pytest.raises(RefusedDocument) as caught:
        read_document(path)
    assert time.monotonic() - begun < within
    sentence = str(caught.value)
    assert SENTENCE.fullmatch(sentence), sentence
    return sentence


def saved(folder: Path, data: bytes | str, name: str = "plan.docx") -> Path:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def zipped(parts: dict[str, bytes | str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def docx(body: str = "<w:p><w:r><w:t>x</w:t></w:r></w:p>", **parts: bytes | str) -> bytes:
    document = f"<w:document {WORD}><w:body>{body}</w:body></w:document>"
    return zipped({"[Content_Types].xml": TYPES, "word/document.xml": document, **parts})


# paths that are no ordinary files
def test_a_missing_file_a_folder_and_an_empty_file_are_told(tmp_path: Path) -> None:
    assert "không tìm thấy" in refusal(tmp_path / "không có.docx")
    assert "thư mục" in refusal(tmp_path)
    assert "tệp rỗng" in refusal(saved(tmp_path, b""))
    assert "tệp rỗng" in refusal(saved(tmp_path, b" \n\t\r\n"))


def test_pipes_devices_and_circles_of_links_do_not_hold_us(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.docx")
    assert "không phải là tệp thông thường" in refusal(tmp_path / "pipe.docx", within=1)
    assert "không phải là tệp thông thường" in refusal(Path("/dev/zero"), within=1)
    (tmp_path / "link.docx").symlink_to(tmp_path / "link.docx")
    assert "đường dẫn không hợp lệ" in refusal(tmp_path / "link.docx")
    assert "đường dẫn không hợp lệ" in refusal(Path("a\0b.docx"))


def test_an_unreadable_file_is_told(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may read everything")
    path = saved(tmp_path, docx())
    path.chmod(0)
    assert "không có quyền" in refusal(path)


def test_a_file_over_20_megabytes_is_told(tmp_path: Path) -> None:
    path = tmp_path / "plan.docx"
    with path.open("wb") as file:
        file.truncate(20 * 1024 * 1024 + 1)
    assert "20 MB" in refusal(path, within=1)


def test_a_deceiving_file_name_is_shown_plain(tmp_path: Path) -> None:
    assert "“planxcod.exe”" in refusal(
        saved(tmp_path, b"", "plan\u202excod\n.exe").rename(tmp_path / "plan\u202excod.exe")
    )


# files that are something else
@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "tệp ảnh"),
        (b"{\\rtf1 plan}", "RTF"),
        (b"\xef\xbb\xbf<html><table><tr><td>1</td></tr></table></html>", "trang web"),
        (b"<!DOCTYPE html><p>x</p>", "trang web"),
        (b'<?xml version="1.0"?><w:wordDocument/>', "tệp XML"),
        (b"Rar!\x1a\x07\x00 plan", "giải nén"),
        (bytes(range(256)) * 8, "không nhận ra định dạng"),
        (zipped({"plan.docx": docx()}), "giải nén"),
        (zipped({"../../etc/passwd": "x", "a.txt": "y"}), "không phải văn bản"),
        (zipped({"[Content_Types].xml": TYPES.replace("wordprocessingml", "presentationml")}), "trình chiếu"),
        (b"PK\x05\x06" + bytes(18), "không phải văn bản"),
    ],
)
def test_other_kinds_of_files_are_called_by_their_names(tmp_path: Path, data: bytes, told: str) -> None:
    assert told in refusal(saved(tmp_path, data))


def test_a_locked_zip_and_a_locked_opendocument_are_told(tmp_path: Path) -> None:
    data = bytearray(docx())
    for at in (match.start() for match in re.finditer(b"PK\x01\x02", bytes(data))):
        data[at + 8] |= 1
    assert "mật khẩu" in refusal(saved(tmp_path, bytes(data)))
    manifest = '<m:manifest xmlns:m="x"><m:encryption-data/></m:manifest>'
    parts: dict[str, bytes | str] = {
        "mimetype": "application/vnd.oasis.opendocument.text",
        "META-INF/manifest.xml": manifest,
    }
    assert "mật khẩu" in refusal(saved(tmp_path, zipped(parts), "plan.odt"))


# zips
def test_a_zip_of_too_many_members_is_told(tmp_path: Path) -> None:
    assert "2000 phần" in refusal(saved(tmp_path, docx(**{f"word/{n}.xml": "" for n in range(2100)})))


def test_a_bomb_is_stopped_while_it_is_inflated(tmp_path: Path) -> None:
    assert "80 MB" in refusal(saved(tmp_path, docx(**{"word/a.xml": bytes(90 * 1024 * 1024)})))
    assert "bất thường" in refusal(saved(tmp_path, docx(**{"word/a.xml": b"<a>" + b" " * 5 * 1024 * 1024 + b"</a>"})))


def test_a_bomb_that_lies_about_its_size_is_stopped(tmp_path: Path) -> None:
    data = bytearray(docx(" " * 60 * 1024 * 1024))
    for sign, place in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        for match in re.finditer(re.escape(sign), bytes(data)):
            struct.pack_into("<I", data, match.start() + place, 500)
    refusal(saved(tmp_path, bytes(data)))


def test_two_parts_of_one_name_are_told(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive, pytest.warns(UserWarning):
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr("word/document.xml", "<a/>")
        archive.writestr("word/document.xml", "<b/>")
    assert "trùng tên" in refusal(saved(tmp_path, buffer.getvalue()))


def test_a_document_cut_short_anywhere_is_told(tmp_path: Path) -> None:
    data = docx("<w:p><w:r><w:t>Kế hoạch</w:t></w:r></w:p>" * 200)
    for share in (0.2, 0.6, 0.97):
        assert "cắt cụt" in refusal(saved(tmp_path, data[: int(len(data) * share)]))


# XML
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("part", ["word/document.xml", "word/comments.xml", "[Content_Types].xml"])
def test_a_document_type_in_any_part_is_refused(tmp_path: Path, part: str, encoding: str) -> None:
    entity = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    content = f'<?xml version="1.0" encoding="{encoding}"?>{entity}<w:document {WORD}>&x;{TYPES}</w:document>'
    parts: dict[str, bytes | str] = {"[Content_Types].xml": TYPES, "word/document.xml": f"<w:document {WORD}/>"}
    sentence = refusal(saved(tmp_path, zipped(parts | {part: content.encode(encoding)})))
    assert "DOCTYPE" in sentence
    assert "root:" not in sentence


def test_endless_depth_wide_attributes_and_forbidden_letters_are_refused(tmp_path: Path) -> None:
    assert "quá sâu" in refusal(saved(tmp_path, docx("<w:p>" * 50_000 + "</w:p>" * 50_000)))
    assert "hỏng" in refusal(saved(tmp_path, docx("<w:p><w:r><w:t>\x01</w:t></w:r></w:p>")))
    assert "hỏng" in refusal(saved(tmp_path, docx("<w:p>")))
    noise = "".join(random.Random(1).choices("0123456789abcdef", k=3_000_000))
    assert "không có chữ" in refusal(saved(tmp_path, docx(f'<w:p w:a="{noise}"/>')))


def test_millions_of_open_fields_and_rows_end_in_time(tmp_path: Path) -> None:
    rng = random.Random(2)
    fields = "".join(f'<w:r w:a="{rng.random()}"><w:fldChar w:fldCharType="begin"/></w:r>' for _ in range(150_000))
    assert read_document(saved(tmp_path, docx(f"<w:p>{fields}</w:p><w:p><w:r><w:t>x</w:t></w:r></w:p>")))
    rows = "".join(f"<w:tr><w:tc><w:p><w:r><w:t>{rng.random()}</w:t></w:r></w:p></w:tc></w:tr>" for _ in range(6_000))
    assert "5.000 dòng" in refusal(saved(tmp_path, docx(f"<w:tbl>{rows}</w:tbl>")))


# workbooks
def far_cell(folder: Path, row: int, column: int) -> Path:
    path = folder / "plan.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Phụ lục")
        sheet.write_string(0, 0, "Nhiệm vụ")
        sheet.write_string(row, column, "x")
    return path


@pytest.mark.parametrize(
    ("row", "column", "place"), [(1_048_575, 16_383, "XFD1048576"), (5_000, 0, "A5001"), (0, 40, "AO1")]
)
def test_a_cell_far_outside_is_named(tmp_path: Path, row: int, column: int, place: str) -> None:
    assert f"ô {place}" in refusal(far_cell(tmp_path, row, column))


def test_a_place_that_no_sheet_has_does_no_harm(tmp_path: Path) -> None:
    path = far_cell(tmp_path, 10, 10)
    data = path.read_bytes()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts: dict[str, bytes | str] = {name: archive.read(name) for name in archive.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"]
    assert isinstance(sheet, bytes)
    parts["xl/worksheets/sheet1.xml"] = sheet.replace(b'r="K11"', b'r="ZZZZZZ99999999999"')
    assert read_document(saved(tmp_path, zipped(parts), "wrong.xlsx")).blocks
    assert read_document(path)


def test_nonsense_in_an_ole_file_is_refused(tmp_path: Path) -> None:
    magic = bytes.fromhex("d0cf11e0a1b11ae1")
    for tail in (b"", bytes(600), random.Random(3).randbytes(5_000)):
        refusal(saved(tmp_path, magic + tail, "plan.xls"))


# PDF
def pdf(*objects: bytes, trailer: bytes = b"/Root 1 0 R") -> bytes:
    out = b"%PDF-1.5\n"
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"trailer << /Size %d %s >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, trailer, start)


def flate(data: bytes, more: bytes = b"") -> bytes:
    packed = zlib.compress(data, 9)
    return b"<< /Length %d /Filter /FlateDecode %s >>\nstream\n%s\nendstream" % (len(packed), more, packed)


CATALOG = b"<< /Type /Catalog /Pages 2 0 R >>"
PAGES = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
PAGE = (
    b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /XObject << /A 5 0 R >> >> >>"
)
ITSELF = b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /A 5 0 R >> >>"


@pytest.mark.parametrize(
    "data",
    [
        b"%PDF-1.7\n",
        pdf(CATALOG, b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >>"),
        pdf(CATALOG, b"<< /Type /Pages /Kids [3 0 R] >>", b"<< /Type /Pages /Kids [2 0 R] /Parent 3 0 R >>"),
        pdf(CATALOG, PAGES, PAGE, flate(b"/A Do"), flate(b"/A Do /A Do", ITSELF)),
        pdf(CATALOG, PAGES, PAGE, b"4 0 R", b"null"),
        pdf(CATALOG, trailer=b"/Root 1 0 R /Prev 9").replace(b"startxref\n", b"startxref\n-"),
        pdf(CATALOG, PAGES, PAGE.replace(b"595", b"1e308"), flate(b"q " * 100_000), b"null"),
        pdf(CATALOG, PAGES, PAGE, flate(b"[" * 100_000), b"null"),
    ],
)  # fmt: skip
def test_pdf_files_of_circles_and_nonsense_are_refused(tmp_path: Path, data: bytes) -> None:
    refusal(saved(tmp_path, data, "plan.pdf"))


def test_a_pdf_stream_that_unpacks_to_gigabytes_is_refused(tmp_path: Path) -> None:
    once = zlib.compress(bytes(200 * 1024 * 1024), 9)
    twice = b"<< /Length %d /Filter [/FlateDecode /FlateDecode] >>\nstream\n%s\nendstream"
    packed = zlib.compress(once * 40, 9)
    refusal(saved(tmp_path, pdf(CATALOG, PAGES, PAGE, twice % (len(packed), packed), b"null"), "plan.pdf"), within=30)


def test_a_pdf_of_more_than_200_pages_is_told(tmp_path: Path) -> None:
    pages = [b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>"] * 300
    kids = b" ".join(b"%d 0 R" % (3 + at) for at in range(300))
    data = pdf(CATALOG, b"<< /Type /Pages /Kids [%s] /Count 300 >>" % kids, *pages)
    assert "200 trang" in refusal(saved(tmp_path, data, "plan.pdf"))


def test_a_locked_pdf_is_told(tmp_path: Path) -> None:
    locked = b"/Root 1 0 R /ID [<00> <00>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s> >>"
    data = pdf(CATALOG, PAGES, PAGE, trailer=locked % (b"61" * 32, b"62" * 32))
    assert "mật khẩu" in refusal(saved(tmp_path, data, "plan.pdf"))


# plain text
def test_text_without_end_is_read_or_refused_in_time(tmp_path: Path) -> None:
    for data in ("a" * 1_000_000, "\n" * 500_000 + "x", "_a" * 500_000, "*a" * 9_000, "\t " * 500_000 + "x"):
        try:
            assert read_document(saved(tmp_path, data, "plan.txt"))
        except RefusedDocument as refused:
            assert SENTENCE.fullmatch(str(refused))
    assert "40 cột" in refusal(saved(tmp_path, "a\t" * 500 + "\n", "plan.txt"))


# the child
def test_a_child_that_hangs_is_ended_with_all_it_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    marker = tmp_path / "pid"
    note = f"open({str(marker)!r}, 'w').write(str(p.pid))"
    hang = f"import subprocess as s; p = s.Popen(['sleep', '60']); {note}; p.wait()"
    monkeypatch.setattr("documents.reading.sandbox.files._BOOT", hang)
    monkeypatch.setattr("documents.reading.sandbox.files.WALL_SECONDS", 1.5)
    assert "quá lâu" in refusal(saved(tmp_path, docx()))
    with pytest.raises(ProcessLookupError):
        for _ in range(50):
            os.kill(int(marker.read_text()), 0)
            time.sleep(0.02)
            if Path(f"/proc/{marker.read_text()}/stat").read_text().split()[2] == "Z":
                raise ProcessLookupError


@pytest.mark.parametrize(
    "does",
    [
        "import os; os.abort()",
        "raise SystemExit(3)",
        "print('{')",
        "print('{\"format\":1}')",
        'print(\'{"format":"docx","pages":null,"notes":[],"blocks":[[1,2,3]]}\')',
        "print('[]')",
        "import sys; sys.stdout.write('{\"refused\":3}')",
    ],
)
def test_a_child_that_dies_or_lies_ends_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, does: str
) -> None:
    monkeypatch.setattr("documents.reading.sandbox.files._BOOT", does)
    assert "hỏng hoặc bất thường" in refusal(saved(tmp_path, docx()))


@pytest.mark.parametrize(
    "does",
    [
        "import socket; socket.create_connection(('127.0.0.1', 9))",
        "import subprocess; subprocess.run(['true'])",
        "import os; os.system('true')",
        "import os; os.fork()",
        "bytearray(1100 * 1024 * 1024)",
    ],
)
def test_the_child_may_not_connect_start_programs_or_take_more_than_a_gigabyte(does: str) -> None:
    import sys

    root = str(Path(__file__).resolve().parents[4])
    code = f"import sys; sys.path[:0] = [{root!r}]; from documents.reading.sandbox import child; child.limit(); {does}"
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=False)
    assert "PermissionError" in done.stderr or "MemoryError" in done.stderr


def test_the_child_imports_nothing_heavy() -> None:
    import sys

    root = str(Path(__file__).resolve().parents[4])
    code = (
        f"import sys; sys.path[:0] = [{root!r}]; import documents.reading.sandbox.child; "
        "import documents.reading.formats.word.docx; "
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    assert {"prefect", "sqlalchemy", "pydantic", "pdfplumber", "rules", "models"}.isdisjoint(done.stdout.split())


# nobody is contacted
def test_no_address_in_a_document_is_contacted(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        contacts: list[bytes] = []
        threading.Thread(target=listen, args=(server, contacts), daemon=True).start()
        address = f"http://127.0.0.1:{server.getsockname()[1]}/x"
        relations = (
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="r1" Type="http://x/attachedTemplate" Target="{address}" TargetMode="External"/>'
            f'<Relationship Id="r2" Type="http://x/officeDocument" Target="{address}" TargetMode="External"/>'
            "</Relationships>"
        )
        parts: dict[str, bytes | str] = {"_rels/.rels": relations, "word/_rels/document.xml.rels": relations}
        assert read_document(saved(tmp_path, docx(**parts)))
        if shutil.which("soffice") is not None:
            assert read_document(linked_doc(tmp_path, address, contacts)).format == "doc"
        assert contacts == []


def listen(server: socket.socket, contacts: list[bytes]) -> None:
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        with connection:
            contacts.append(connection.recv(200))


def linked_doc(folder: Path, address: str, contacts: list[bytes]) -> Path:
    """An old Word file with a picture that stands elsewhere, made by LibreOffice, which asks for it while making."""
    page = saved(folder, f'<html><p>Kế hoạch</p><img src="{address}.png"></html>', "linked.html")
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    options = ["--infilter=HTML (StarWriter)", "--convert-to", "doc:MS Word 97", "--outdir", str(folder), str(page)]
    subprocess.run(["soffice", profile, "--headless", *options], capture_output=True, check=True, timeout=60)
    made = folder / "linked.doc"
    assert address.encode() in made.read_bytes() or address.encode("utf-16-le") in made.read_bytes()
    contacts.clear()
    return made


# the shared ones, and many small wounds
@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("bomb.docx", "80 MB"), ("farcell.xlsx", "XFD1048576"), ("password.docx", "mật khẩu"), ("scan.pdf", "bản quét"),
        ("truncated.docx", "cắt cụt"), ("xxe.docx", "DOCTYPE"), ("zero.docx", "tệp rỗng"),
    ],
)  # fmt: skip
def test_the_known_hostile_files_are_refused_in_plain_words(shared: Path, name: str, told: str) -> None:
    assert told in refusal(shared / "plans" / "hostile" / name)


@pytest.mark.parametrize("form", ["docx", "odt", "xlsx", "pdf"])
def test_wounded_real_files_are_read_or_refused(shared: Path, tmp_path: Path, form: str) -> None:
    data = (shared / f"plans/files/ba-ngoi-2025.{form}").read_bytes()
    rng = random.Random(form)
    for _ in range(4):
        wounded = bytearray(data)
        for _ in range(rng.choice((1, 20, 400))):
            wounded[rng.randrange(len(wounded))] = rng.randrange(256)
        try:
            assert read_document(saved(tmp_path, bytes(wounded), f"plan.{form}")).blocks
        except RefusedDocument as refused:
            assert SENTENCE.fullmatch(str(refused))
