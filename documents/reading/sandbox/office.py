"""Old Word files (.doc) are turned into .docx by LibreOffice, where it is installed.

It runs with a fresh profile in a temporary folder that forbids macros, linked
content and every connection, under limits of its own, and is killed as a group.
"""

import json
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from documents.reading.formats.limits import MEGABYTE, refuse
from documents.reading.formats.word.cells import PART
from documents.reading.sandbox.process import run

_MEMORY_BYTES = 3 * 1024 * MEGABYTE  # address space: fonts and libraries alone are mapped with more than 1 GB
_CPU_SECONDS = 25
_OUTPUT_BYTES = 100 * MEGABYTE
_LIMITED = (
    "import os, resource as r, sys\n"
    "for kind, most in zip((r.RLIMIT_AS, r.RLIMIT_CPU, r.RLIMIT_FSIZE, r.RLIMIT_CORE), map(int, sys.argv[1:5])):\n"
    "    r.setrlimit(kind, (most, most))\n"
    "import ctypes\n"
    "ctypes.CDLL(None).unshare(0x10000000 | 0x40000000)  # a network of its own, empty, where the kernel allows it\n"
    "os.execv(sys.argv[5], sys.argv[5:])\n"
)
_SCRIPTING = "/org.openoffice.Office.Common/Security/Scripting"
_INTERNET = "/org.openoffice.Inet/Settings"
_SETTINGS = (
    (_SCRIPTING, "DisableMacrosExecution", "true"),
    (_SCRIPTING, "MacroSecurityLevel", "3"),
    (_SCRIPTING, "BlockUntrustedRefererLinks", "true"),
    (_SCRIPTING, "DisableActiveContent", "true"),
    ("/org.openoffice.Office.Writer/Content/Update", "Link", "2"),
    ("/org.openoffice.Office.Common/Load", "UpdateLinkMode", "2"),
    (_INTERNET, "ooInetProxyType", "2"),
    (_INTERNET, "ooInetHTTPProxyName", "127.0.0.1"),
    (_INTERNET, "ooInetHTTPProxyPort", "9"),
    (_INTERNET, "ooInetHTTPSProxyName", "127.0.0.1"),
    (_INTERNET, "ooInetHTTPSProxyPort", "9"),
    (_INTERNET, "ooInetFTPProxyName", "127.0.0.1"),
    (_INTERNET, "ooInetFTPProxyPort", "9"),
    (_INTERNET, "ooInetNoProxy", ""),
)
_NOWHERE = dict.fromkeys(("http_proxy", "https_proxy", "ftp_proxy", "all_proxy"), "http://127.0.0.1:9")


@contextmanager
def converted(source: IO[bytes], deadline: float, tables: object = None) -> Iterator[IO[bytes]]:
    """The .doc in `source` as an open .docx, with the cells of its tables beside what was made of them.

    Raises RefusedDocument without LibreOffice or if it does not succeed.
    """
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        refuse("tệp Word cũ (.doc) cần LibreOffice, chưa có trên máy này; hãy mở bằng Word và lưu lại dạng .docx")
    with tempfile.TemporaryDirectory(prefix="dondoc-doc-") as folder:
        home = Path(folder)
        _profile(home / "profile" / "user")
        source.seek(0)
        with (home / "plan.doc").open("wb") as copy:
            shutil.copyfileobj(source, copy)
        code = run(_command(program, home), deadline, extra=_NOWHERE | {"HOME": folder})
        made = home / "out" / "plan.docx"
        if code is None:
            refuse("chuyển đổi tệp Word cũ (.doc) quá lâu; hãy mở bằng Word và lưu lại dạng .docx")
        if not made.is_file():
            refuse("không chuyển đổi được tệp Word cũ (.doc); hãy mở bằng Word và lưu lại dạng .docx")
        if tables:
            with suppress(zipfile.BadZipFile), zipfile.ZipFile(made, "a") as archive:
                archive.writestr(PART, json.dumps(tables))
        with made.open("rb") as docx:
            yield docx


def _command(program: str, home: Path) -> list[str]:
    limits = [str(limit) for limit in (_MEMORY_BYTES, _CPU_SECONDS, _OUTPUT_BYTES, 0)]
    options = ["--headless", "--norestore", "--nologo", "--nolockcheck", "--infilter=MS Word 97"]
    target = ["--convert-to", "docx:MS Word 2007 XML", "--outdir", str(home / "out"), str(home / "plan.doc")]
    profile = f"-env:UserInstallation={(home / 'profile').as_uri()}"
    return [sys.executable, "-I", "-S", "-c", _LIMITED, *limits, program, profile, *options, *target]


def _profile(user: Path) -> None:
    user.mkdir(parents=True)
    items = "".join(
        f'<item oor:path="{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
        for path, name, value in _SETTINGS
    )
    schema = 'xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"'
    text = f'<?xml version="1.0" encoding="UTF-8"?><oor:items {schema}>{items}</oor:items>'
    (user / "registrymodifications.xcu").write_text(text, encoding="utf-8")
