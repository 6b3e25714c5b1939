"""The usual units of a commune and their printed variants.

A pattern is written on folded text (lower case, no diacritics, see `fold`).
A blank stands for whatever offices put between the words of a name: nothing,
spaces, a hyphen or dash, "&", "và", a comma, a dot. So "(van hoa|vh) (xa hoi|xh)"
reads "Văn hóa - Xã hội", "Văn hoá – Xã hội", "VH-XH", "VHXH" and "VH & XH".

Sources: `truth/unit-name-variants.tsv` of the specification, Decree 150/2025/NĐ-CP
(offices of the commune since 1/7/2025) and Decree 33/2023/NĐ-CP (posts before that).
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum

UPPER = "A-Z" + "".join(char for char in map(chr, range(0xC0, 0x1EFA)) if char.isupper())
"""Capital letters for a character class; a range like "À-Ỹ" would hold small ones too."""

PLACE_WORD = r"(?:xa|phuong|thi tran|dac khu)"
"""The level words of the two-tier model: these are ours."""

HIGHER_LEVEL = r"(?:tinh|huyen|thanh pho|thi xa|quan|tp|trung uong)\b"
"""A name followed by one of these belongs to a superior, not to the commune."""


class _Folding(dict[int, str]):
    """Translation table that learns, letter for letter."""

    def __missing__(self, key: int) -> str:
        base = unicodedata.normalize("NFD", chr(key))[0]
        folded = "d" if base in "đĐ" else base.lower()
        self[key] = folded if len(folded) == 1 else chr(key)
        return self[key]


_FOLDING = _Folding()


def fold(text: str) -> str:
    """Lower case without diacritics, as long as `text` (NFC)."""
    return text.translate(_FOLDING)


class Post(Enum):
    """Whether "công chức", "bộ phận", "ban" … stands before the pattern."""

    NEVER = 0
    OPTIONAL = 1
    ALWAYS = 2


@dataclass(frozen=True, slots=True)
class UnitName:
    """A unit's code, official name and pattern of variants."""

    code: str
    name: str
    pattern: str
    post: Post = Post.NEVER
    outside: bool = False


_ROOM = r"(?:phong|p)"
POST = r"(?:cac |nhom )?(?:cong chuc|cc|bo phan|bp|ban|can bo|chuc danh)(?: chuyen mon)?(?: phu trach)?"
_COUNCIL = r"(?:hoi dong nhan dan|hdnd)"
_COMMITTEE = r"(?:uy ban nhan dan|ubnd)"

_CITY = r"(?:ha noi|hai phong|hue|da nang|can tho|ho chi minh|hcm)"
"""Cities under the central government: their committee is a province's."""

USUAL_UNITS: tuple[UnitName, ...] = (
    UnitName("PHONG_VHXH", "Phòng Văn hóa - Xã hội", rf"(?:{_ROOM} )?(?:van hoa|vh) (?:xa hoi|xh)"),
    UnitName("VAN_HOA_XA_HOI", "Công chức Văn hóa - Xã hội", r"(?:van hoa|vh) (?:xa hoi|xh)", Post.ALWAYS),
    UnitName(
        "PHONG_KTHTDT",
        "Phòng Kinh tế, Hạ tầng và Đô thị",
        rf"(?:{_ROOM} )?(?:kinh te|kt) (?:ha tang|ht) (?:do thi|dt)",
    ),
    UnitName("PHONG_KT", "Phòng Kinh tế", rf"{_ROOM} (?:kinh te|kt)(?: (?:ha tang|ht))?|(?:kinh te|kt) (?:ha tang|ht)"),
    UnitName(
        "TT_PVHCC",
        "Trung tâm Phục vụ hành chính công",
        r"(?:trung tam|tt) (?:(?:phuc vu|pv) )?(?:hanh chinh cong|hcc)|(?:phuc vu|pv) (?:hanh chinh cong|hcc)|hcc",
    ),
    UnitName(
        "VAN_PHONG",
        "Văn phòng HĐND và UBND",
        rf"(?:van phong|vp) (?:{_COUNCIL} {_COMMITTEE}|{_COMMITTEE} {_COUNCIL})"
        rf"|(?:van phong|vp)(?= {PLACE_WORD})|van phong|vp",
    ),
    UnitName("VAN_PHONG_OLD", "Văn phòng Ủy ban", rf"(?:van phong|vp) (?:{_COMMITTEE}|uy ban|ub)"),
    UnitName("VAN_PHONG_THONG_KE", "Văn phòng - Thống kê", r"(?:van phong|vp) (?:thong ke|tk)", Post.OPTIONAL),
    UnitName("TU_PHAP_HO_TICH", "Tư pháp - Hộ tịch", r"(?:tu phap|tp) (?:ho tich|ht)", Post.OPTIONAL),
    UnitName(
        "BO_PHAN_MOT_CUA",
        "Bộ phận Tiếp nhận và Trả kết quả",
        r"(?:(?:bo phan|bp) )?(?:tiep nhan|tn) (?:ho so )?(?:giai quyet )?(?:tra (?:ket qua|kq)|tkq)"
        r"(?: giai quyet)?(?: (?:ho so|thu tuc hanh chinh|tthc))?"
        r"|(?:bo phan|bp) (?:mot|1) cua(?: lien thong)?(?: hien dai)?",
    ),
    UnitName(
        "TAI_CHINH",
        "Tài chính - Kế toán",
        r"(?:tai chinh|tc) (?:ke toan|kt|ke hoach|kh|ngan sach|ns)(?: (?:ngan sach|ns))?",
        Post.OPTIONAL,
    ),
    UnitName("TAI_CHINH", "Tài chính - Kế toán", r"(?:tai chinh|ke toan)", Post.ALWAYS),
    UnitName(
        "DIA_CHINH_XAY_DUNG",
        "Địa chính - Xây dựng",
        r"(?:dia chinh|dc)(?: (?:xay dung|xd|nong nghiep|nn|do thi|dt|moi truong|mt|nong thon)){1,5}",
        Post.OPTIONAL,
    ),
    UnitName("DIA_CHINH_XAY_DUNG", "Địa chính - Xây dựng", r"dia chinh", Post.ALWAYS),
    UnitName("CONG_AN", "Công an", rf"cong an|ca(?= {PLACE_WORD})"),
    UnitName(
        "QUAN_SU",
        "Ban Chỉ huy Quân sự",
        r"(?:ban )?(?:chi huy|ch) (?:quan su|qs)|bch (?:quan su|qs)|ban chqs",
        Post.OPTIONAL,
    ),
    UnitName("QUAN_SU", "Ban Chỉ huy Quân sự", r"quan su", Post.ALWAYS),
    UnitName(
        "UBMTTQVN",
        "Ủy ban Mặt trận Tổ quốc Việt Nam",
        r"(?:ban thuong truc )?(?:(?:uy ban|ub) )?(?:(?:mat tran|mt) (?:to quoc|tq|q)(?: (?:viet nam|vn))?|mat tran)"
        rf"(?:(?: {PLACE_WORD})? (?:cac )?to chuc thanh vien)?",
    ),
    UnitName("DANG_UY", "Đảng ủy", r"(?:(?:ban )?thuong (?:truc|vu)|tt|btv|tv)? ?dang uy"),
    UnitName("BAN_XAY_DUNG_DANG", "Ban Xây dựng Đảng", r"(?:ban )?xay dung dang"),
    UnitName("HDND", "Hội đồng nhân dân", rf"(?:thuong truc |tt )?{_COUNCIL}"),
    UnitName("UBND", "Ủy ban nhân dân", rf"{_COMMITTEE}"),
    UnitName(
        "DOAN_THANH_NIEN",
        "Đoàn Thanh niên",
        r"doan (?:thanh nien|tn)(?: (?:cong san|cs) (?:ho chi minh|hcm))?|doan tncs(?: hcm)?",
    ),
    UnitName("HOI_PHU_NU", "Hội Liên hiệp Phụ nữ", r"hoi (?:(?:lien hiep|lh) )?(?:phu nu|pn)|hlhpn"),
    UnitName("HOI_NONG_DAN", "Hội Nông dân", r"hoi (?:nong dan|nd)"),
    UnitName("HOI_CUU_CHIEN_BINH", "Hội Cựu chiến binh", r"hoi (?:cuu chien binh|ccb)"),
    UnitName("TRAM_Y_TE", "Trạm Y tế", r"tram (?:y te|yt)"),
    UnitName(
        "TT_DICH_VU_CONG",
        "Trung tâm Cung ứng dịch vụ công",
        r"(?:trung tam|tt) (?:cung ung )?(?:dich vu|dv) (?:(?:su nghiep|sn) )?(?:cong(?: ich)?|tong hop)",
    ),
    UnitName("BAN_QLDA", "Ban Quản lý dự án", r"(?:ban )?(?:quan ly du an|qlda)(?: (?:dau tu|dt) (?:xay dung|xd))?"),
    UnitName("SO_NOI_VU", "Sở Nội vụ", r"so (?:noi vu|nv)|snv", outside=True),
    UnitName("SO_TU_PHAP", "Sở Tư pháp", r"so (?:tu phap|tp)", outside=True),
    UnitName("SO_TAI_CHINH", "Sở Tài chính", r"so (?:tai chinh|tc)", outside=True),
    UnitName("SO_KHCN", "Sở Khoa học và Công nghệ", r"so (?:khoa hoc|kh) (?:cong nghe|cn)", outside=True),
    UnitName("SO_TTTT", "Sở Thông tin và Truyền thông", r"so (?:thong tin|tt) (?:truyen thong|tt)", outside=True),
    UnitName("VP_UBND_TINH", "Văn phòng UBND tỉnh", rf"(?:van phong|vp) {_COMMITTEE} tinh", outside=True),
    UnitName("UBND_TINH", "UBND tỉnh", rf"{_COMMITTEE} (?:tinh|(?:thanh pho|tp) {_CITY})", outside=True),
    UnitName("UBND_HUYEN", "UBND huyện", rf"{_COMMITTEE} (?:huyen|thi xa|thanh pho|tp|quan)", outside=True),
    UnitName("PHONG_NOI_VU", "Phòng Nội vụ", r"phong (?:noi vu|nv)(?: (?:huyen|thi xa|thanh pho|quan))?", outside=True),
)
"""Codes are stable: they stand in databases, tags and exports."""

ABBREVIATIONS: dict[str, str] = {
    "vhxh": "PHONG_VHXH",
    "kthtdt": "PHONG_KTHTDT",
    "ktht": "PHONG_KT",
    "pvhcc": "TT_PVHCC",
    "ttpvhcc": "TT_PVHCC",
    "vphdndubnd": "VAN_PHONG",
    "vptk": "VAN_PHONG_THONG_KE",
    "tpht": "TU_PHAP_HO_TICH",
    "tntkq": "BO_PHAN_MOT_CUA",
    "tckt": "TAI_CHINH",
    "bchqs": "QUAN_SU",
    "mttqvn": "UBMTTQVN",
    "ubmttqvn": "UBMTTQVN",
}
"""Short forms against which a printing slip may be measured (see `slip_of`)."""


def slip_of(printed: str) -> str | None:
    """The code of the one short form mistyped here; else None.

    Deliberately narrow, for a wrong owner is worse than an unknown one: only a
    word in capitals, only one letter doubled ("VHXXH" for VHXH), or one letter
    left out of a short form of six letters or more ("UBMTQVN").
    """
    letters = [char for char in printed if char.isalpha()]
    if len(letters) < 4 or any(char.islower() for char in letters) or " " in printed.strip():
        return None
    word = fold("".join(letters))
    found = {code for short, code in ABBREVIATIONS.items() if _doubled(word, short) or _dropped(word, short)}
    return found.pop() if len(found) == 1 else None


def _doubled(word: str, short: str) -> bool:
    return len(word) == len(short) + 1 and any(
        word[i] == word[i + 1] and word[:i] + word[i + 1 :] == short for i in range(len(short))
    )


def _dropped(word: str, short: str) -> bool:
    return (
        len(short) >= 6
        and len(word) == len(short) - 1
        and any(short[:i] + short[i + 1 :] == word for i in range(len(short)))
    )


def expand(pattern: str) -> re.Pattern[str]:
    """The expression of a pattern on a compact key."""
    return re.compile("(?:" + pattern.replace(" ", r"\|?") + r")(?=[|#]|$)")


def literal(name: str) -> str:
    """The pattern of one printed name."""
    words = [re.escape(word) for word in re.findall(r"[0-9a-z]+", fold(name)) if word != "va"]
    joined = " ".join(words)
    for prefix in ("phong ", "bo phan ", "ban "):
        rest = joined.removeprefix(prefix)
        if rest != joined and rest.count(" ") >= 1:
            return f"(?:(?:{'phong|p' if prefix == 'phong ' else prefix.strip()}) )?{rest}"
    return joined
