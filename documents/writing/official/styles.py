"""The styles of an official document: one named style a kind of paragraph, so that an office can also edit in Word."""

from functools import cache

from documents.writing.official.form import FONT, LOOKS, Look

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def twips(millimetres: float) -> int:
    """Millimetres in twentieths of a point."""
    return round(millimetres * 1440 / 25.4)


def paragraph_properties(look: Look) -> str:
    """The inside of w:pPr for a look, in the order of the schema."""
    parts = ["<w:keepNext/>"] if look.keep_next else []
    parts.append(
        f'<w:spacing w:before="{round(look.before * 20)}" w:after="{round(look.after * 20)}" '
        f'w:line="{round(240 * look.spacing)}" w:lineRule="auto"/>'
    )
    if look.first_line:
        parts.append(f'<w:ind w:firstLine="{twips(look.first_line)}"/>')
    parts.append(f'<w:jc w:val="{look.align}"/>')
    if look.outline is not None:
        parts.append(f'<w:outlineLvl w:val="{look.outline}"/>')
    return "".join(parts)


def run_properties(size: float, bold: bool, italic: bool) -> str:
    """The inside of w:rPr for a size and weight."""
    weight = f"{'<w:b/><w:bCs/>' if bold else ''}{'<w:i/><w:iCs/>' if italic else ''}"
    return f'{weight}<w:sz w:val="{round(size * 2)}"/><w:szCs w:val="{round(size * 2)}"/>'


@cache
def styles_xml() -> str:
    """The whole of styles.xml: Times New Roman, black, Vietnamese, and the styles of `LOOKS`."""
    fonts = f'<w:rFonts w:ascii="{FONT}" w:hAnsi="{FONT}" w:eastAsia="{FONT}" w:cs="{FONT}"/>'
    base = f'{fonts}<w:color w:val="000000"/><w:sz w:val="28"/><w:szCs w:val="28"/><w:lang w:val="vi-VN"/>'
    styles = "".join(_style(identifier, look) for identifier, look in LOOKS.items())
    return (
        f'<w:styles xmlns:w="{W}"><w:docDefaults><w:rPrDefault><w:rPr>{base}</w:rPr></w:rPrDefault>'
        "<w:pPrDefault><w:pPr/></w:pPrDefault></w:docDefaults>"
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/>'
        f"<w:rPr>{fonts}</w:rPr></w:style>"
        '<w:style w:type="character" w:default="1" w:styleId="Kytu"><w:name w:val="Default Paragraph Font"/>'
        '<w:uiPriority w:val="1"/><w:semiHidden/></w:style>'
        '<w:style w:type="table" w:default="1" w:styleId="BangThuong"><w:name w:val="Normal Table"/>'
        '<w:uiPriority w:val="99"/><w:semiHidden/><w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar>'
        '<w:top w:w="0" w:type="dxa"/><w:left w:w="85" w:type="dxa"/><w:bottom w:w="0" w:type="dxa"/>'
        '<w:right w:w="85" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>'
        f"{styles}</w:styles>"
    )


def _style(identifier: str, look: Look) -> str:
    return (
        f'<w:style w:type="paragraph" w:customStyle="1" w:styleId="{identifier}"><w:name w:val="{look.name}"/>'
        f'<w:basedOn w:val="Normal"/><w:qFormat/><w:pPr>{paragraph_properties(look)}</w:pPr>'
        f"<w:rPr>{run_properties(look.size, look.bold, look.italic)}</w:rPr></w:style>"
    )
