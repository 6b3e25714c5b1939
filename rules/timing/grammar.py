"""The grammar of timing phrases."""

# What a run of tokens is, by the name of the alternative that matched. Patterns are read by
# `rules.timing.lexer.Grammar`: `<trước|trong vòng>` are words, `@NAME` a fragment below, `n Y N r w x` kinds of
# token. Order matters: what is listed first wins. `read_items` turns what matched into values and
# `rules.timing.parser` puts them together.

from collections.abc import Callable
from functools import lru_cache

from rules.timing import dates
from rules.timing import rhythms as repeats
from rules.timing.lexer import Grammar, Tokens, code_of
from rules.timing.spans import Item, Made

_FRAGMENTS = {
    "NUM": "n | w{1,3}",
    "QN": "n | r | w",
    "HH": "<hàng|mỗi|từng>",
    "LATER": "<nay|này|sau|tới|tiếp theo|tiếp|kế tiếp|liền kề|kế hoạch>",
    "EARLIER": "<trước|ngoái>(?! <ngày|tháng|quý|khi|kỳ|hết> | n )",
    "YREL": "[/,(]? <của>? <năm> (?: @LATER | @EARLIER )",
    "YSUF": "\\(? ,? <của>? <năm> Y | [/.-] <năm>? Y | Y (?! [/-] n ) | @YREL",
    "AND": ",? <và|hoặc>",
    "UNTIL": "<đến|tới>",
    "LSEP": "@AND | @UNTIL | [,/&+-]",
    "MSEP": "@AND | @UNTIL | [,+-] | / (?= <t|tháng> )",
    "NOTMORE": "(?! / n | n | <ngày|lần|giờ|tuần|tháng|h|phút|làm việc> | % )",
    "UNIT": "<ngày|tuần|tháng|quý|năm>",
    "LONGUNIT": "@NUM <tháng> | <tháng|quý|năm|tuần>",
    "HALF": "@NUM <tháng> <đầu năm>",
    "FREE": "(?! <năm>? Y | n | r | w | <đầu|cuối|sau|này|nay|tới|ngân sách|học> | @EARLIER )",
    "FIRST": "<đầu tiên|đầu|thứ nhất>",
    "LAST": "<cuối cùng|cuối>",
    "ALONE": "(?! / | n (?! <h> | : ) )",
    "MOQ": "@FIRST | @LAST | <giữa> | <thứ> (?: n | w | <nhất> )",
    "TOD": "<sáng|trưa|chiều|tối|đêm>",
    "ONEWD": "<thứ> (?: @WN ) | <chủ nhật>",
    "OPEN": "<tiếp theo|kế tiếp|tiếp|sau đó|về sau|sau này|sau|tới>",
    "NEXT": "<sau|tiếp theo|kế tiếp|liền kề|tiếp sau|tiếp>",
    "DOMS": "(?: <ngày|mùng> @NUM | n (?= @HH <tháng> ) ) (?: (?: @AND | <đến> | [,-] ) <ngày>? n (?! / | n ) )*",
    "DOC": "<quyết định|kế hoạch|nghị định|thông tư|công văn|nghị quyết|chỉ thị|thông báo|tờ trình|báo cáo|hướng dẫn"
    "|văn bản|chương trình|đề án|kết luận|quy định|quy chế|pháp lệnh|công điện|giấy mời|luật|biên bản|điện>",
    "LAW": "<quyết định|kế hoạch|nghị định|thông tư|công văn|nghị quyết|chỉ thị|kết luận|tờ trình|công điện|luật>",
    "PLAIN": "(?! <trong|trước|đến|từ|hết|vào|quý|tháng|ngày|tuần> ) [^;.()\\n]",
    "DATE": "n/n/Y | n-n-Y | n\\.n\\.Y | n <tháng> n ,? <năm> Y | n/n/n | n/n",
    "SYMBOL": "(?: [xr] | <t|q|h> ) n? (?: [-/&.]+ (?: [xr] | <t|q|h> ) n? )*",
    "WDSEP": "(?: @AND | @UNTIL | [,;/-] )",
    "WN": "n | w | <năm> (?! Y )",
    "WD": "(?: (?: <thứ> | <t> (?= n @HH <tuần> ) ) (?: @WN )"
    " (?: @WDSEP <thứ>? (?: @WN ) (?! <lần|ngày|h> | [/-] ) )* )"
    " (?: @WDSEP? <chủ nhật> )? | <chủ nhật>",
    "WEEKS": "<tuần> (?: <thứ>? (?: n | w ) (?: (?: @AND | , ) <tuần>? <thứ>? (?: n | w ) )* | @FIRST | @LAST )",
    "OFMONTH": "<của|trong>? @HH? <tháng> (?: @NUM @YSUF? )?",
    "NAMED": "[nwrY,;.()/\\n:-] | <đầu|cuối|giữa|sau|này|nay|tới|trước|tiếp|thứ|kế|liền|và|hoặc|đó|báo|trong|của>",
    "OCCASION": "<buổi|cuộc|kỳ|đợt|lượt|tin|bài|số|lớp|hội nghị|phiên|chuyên mục|phóng sự>",
    "JOIN": "[,/&+-] | ,? <và|hoặc>",
}

_ITEMS = {
    "plain": "x+",
    # -- what looks like a date and is none ------------------------------------------------------------------
    "cite": """
        @DOC? <liên tịch>? <số>? (?: n | N | Y ) (?: [/-] Y )? / @SYMBOL (?: ,? <ngày> @DATE )?
      | @DOC? <số>? (?: n | N ) - (?: x | r ) / x (?: ,? <ngày> @DATE )?
      | <số> […:.]* / @SYMBOL (?: <ngày> […./nY]+ )?
      | @LAW (?: x | r | <của|số|tại|họp> | N ){0,8} ,? <ngày> @DATE
      | <ngày>? (?: n/n/Y | n <tháng> n <năm> Y ) (?: <của> (?! <tháng|quý|năm> ) | <về việc|về ban hành> )
      | (?<! <pháp> ) <luật|hiến pháp|pháp lệnh> (?: @PLAIN ){0,14}? (?: <năm>? Y | \\( <năm>? Y \\) )
      | <iso|tcvn|iec> [xnNY:.\\-/]+
      | <điều|khoản|mục|chương|phụ lục|biểu|mẫu|số> (?: n | N | r ) (?! / n )
    """,
    "vision": """
        ,? <và>? (?: <tầm nhìn> | <định hướng> | <có tính đến> | <hướng> (?= <đến|tới> ) ) <dài hạn>?
        <đến|tới|cho>? <hết>? <các>? <năm|giai đoạn|thời kỳ>? Y (?: - Y )?
        (?: ,? <và|cùng> <các|những>? <năm|giai đoạn> @OPEN )?
    """,
    "extended": """
        (?: <gia hạn|lùi|dời|hoãn|điều chỉnh|đổi|sửa|chuyển> <thời hạn|hạn|thời gian|ngày|lịch>?
          (?: <lại>? <đến|sang|tới|thành|từ|lại|xuống|lên> | : | (?= <ngày>? n/n | <năm> Y | <tháng|quý> (?: n | r ) ) )
        | <nay là|nay sửa thành|sang> (?= <ngày>? n/n | <tháng|quý> (?: n | r ) | <trước|cuối|đầu> ) ) (?! <năm> x | x )
    """,
    "instead": """
        <thay thế cho|thay thế|thay cho|thay vì|không phải> <là|cho>? (?: <thời hạn|hạn|mốc>? <cũ>? )?
      | <thời hạn|hạn|thời gian|mốc|ngày>? <cũ> (?: <là> | : )?
      | <trước đây> (?: <là> | : )? (?= <ngày>? n | <trước> <ngày>? n | <tháng|quý> (?: n | r ) )
    """,
    "lunar": "<âm lịch|rằm|tháng giêng|tháng chạp>",
    "school": "<năm học|niên khóa|niên vụ|vụ đông xuân|vụ hè thu|vụ mùa> (?: Y (?: [-/] Y )? )?",
    "share": """
        <đạt|xếp hạng|hạng> n/n
      | n/n (?= <tiêu chí|chỉ tiêu|điểm|xã|phường|đơn vị|hồ sơ|thôn|nhiệm vụ|tổ dân phố|cơ quan|người|nội dung> )
      | (?: n | N | Y ) (?: [.,] (?: n | N ) )* %
      | (?: n | N ) [.,] N
    """,
    "ordinal": """
        <vị|hạng|bậc|mức|người|lần|phiên họp|kỳ họp|họp|khóa|đợt|cuộc|vòng|phiên|kỳ> <thứ>
        (?: n | N | w | r | <nhất|năm> )
      | <lần|đợt|bước|vòng|nhóm|phiên> n (?! / | <tháng> n / )
    """,
    "negated": "<không|chưa> <thực hiện|tổ chức|triển khai|tiến hành|áp dụng> | <tạm dừng|tạm hoãn|bãi bỏ|hủy bỏ>",
    "done": "<đã> (?: <được> )? <ban hành|hoàn thành|thực hiện|tổ chức|triển khai|báo cáo>",
    "watch": """
        <theo dõi|kèm theo|sau đây|trước đây|trước mắt|trước hết|trước pháp luật|từ chối|liên quan đến|ngày càng
        |bước đầu|từng bước|nếu có|ngày nghỉ|đề nghị|đến nay|từ xa|trong sạch|trong nước>
      | <khách|ngân|nhà|cửa|mặt|bán|mua|đơn|xếp|đặt> <hàng>
      | <chi|không|chưa|vốn|kinh phí> <thường xuyên>
      | <trong>? <giờ hành chính> | <đầu> w (?! @HH | <tháng|quý|năm|tuần|ngày> )
      | (?: <chịu trách nhiệm|báo cáo|giải trình> ) <trước> (?! <ngày|tháng|quý|năm|khi|kỳ|thứ|hết|cuối|đầu> | n )
    """,
    "except": "<trừ|ngoại trừ|không kể|không bao gồm|không tính> [^,;.()\\n]{0,14}"
    " (?: , (?= <chủ nhật|ngày nghỉ|lễ|tết|thứ|nghỉ> ) [^,;.()\\n]{0,8} )*",
    "standing": """
        <thường xuyên> (?: [,/-]? <và>? <liên tục> )? | <liên tục|xuyên suốt|lâu dài> | n/n <ngày|giờ> (?! @NUM )
    """,
    # -- rhythms ---------------------------------------------------------------------------------------------
    "dayofqmonth": "@DOMS <của|trong>? <tháng> (?: @MOQ ) <của|trong>? <quý> @QN @YSUF?",
    "domq": """
        @DOMS <của|trong>? <các>? @HH? <tháng> (?: @MOQ | @NEXT (?= <của>? <quý|kỳ> ) )
        <của|trong>? (?: @HH | <các> )?
        (?: <quý báo cáo|kỳ báo cáo|quý|kỳ|năm> | @NUM <tháng> ) (?! n | r | <năm>? Y ) @NEXT?
    """,
    "lastday": """
        (?: <ngày làm việc|ngày> (?: @FIRST | @LAST ) | (?: @FIRST | @LAST ) <ngày làm việc> ) <của|trong>?
        (?: <tháng> @NUM @YSUF? | <quý> @QN @YSUF? | <năm> Y | @HH? <tháng|quý|năm|tuần> @NEXT? )
    """,
    "dayofmonths": """
        <ngày> @NUM <của>? (?: <các> <tháng> @NUM | <tháng> @NUM (?= (?: @AND | , ) <tháng>? @NUM @NOTMORE ) )
        (?: (?: @AND | [,-] ) <tháng>? @NUM @NOTMORE )* @YSUF?
    """,
    "domm": "@DOMS <của|trong>? (?: (?: @HH | <các> ) <tháng> | <tháng> @NEXT | <tháng> @FREE )",
    "qmonth": "<tháng> (?: @MOQ ) <của|trong>? <quý> @QN @YSUF?",
    "monthofq": "<các>? <tháng> (?: @MOQ ) <của|trong>? (?: @HH | <các> )? <quý|kỳ báo cáo> (?! n | r )",
    "nthunit": "<tháng|quý|năm> <thứ> (?: n | w | <nhất> )",
    "weekofm": """
        (?: @WEEKS ) <của|trong>? @HH? <tháng> @FREE | <tuần> (?: @FIRST | @LAST ) (?! <của|trong>? <tháng|quý|năm> )
    """,
    "times": """
        @HH? <một>? @UNIT <ít nhất|tối thiểu|họp|tổ chức|báo cáo>? @NUM <lần>
      | (?: @HH | w | n ) @UNIT <ít nhất|tối thiểu|họp|tổ chức|báo cáo>? @NUM <lần>
      | (?: @HH | <một> ) @UNIT <ít nhất|tối thiểu|họp|tổ chức|báo cáo>? @NUM (?: @OCCASION )
      | @NUM (?: <lần> | @OCCASION ) (?: / | <mỗi|trong một|trên> )+ (?: n | w )? @UNIT (?! r )
      | @NUM <lần> (?: <mỗi|trong|một|trên|hàng|cho> )* (?: n | w )? @UNIT (?! r )
      | @HH? @NUM? @UNIT (?: / | <mỗi> )? @NUM? <lần>
    """,
    "every": """
        (?: @HH @NUM? @UNIT | <theo> @HH? <tháng|quý|tuần> @FREE )
        (?: (?: @JOIN )+ (?: @HH @NUM? @UNIT | (?: @NUM <tháng> | @UNIT ) @FREE ) )*
    """,
    "parts": """
        <đầu|giữa|cuối> (?: <các> | @HH ) <tháng|quý|năm|tuần> | <đầu|giữa|cuối> <tháng|quý|tuần> @FREE
    """,
    "periodic": """
        <định kỳ> (?: <là|vào> | : )? (?: @HH? (?: @HALF | @LONGUNIT ) @FREE
            (?: (?: @JOIN )+ @HH? (?: @HALF | @LONGUNIT ) @FREE )*
            (?: (?: @JOIN )+ <năm> Y )? )?
    """,
    "units": """
        (?<! <ngày> , ) (?: @LONGUNIT ) @FREE (?: (?: @JOIN )+ (?: @LONGUNIT ) @FREE )+ (?: (?: @JOIN )+ <năm> Y )?
      | (?: @LONGUNIT ) @FREE (?: @JOIN )+ <năm> Y
    """,
    "report": """
        <báo cáo|giao ban|họp|sơ kết|tổng kết> <định kỳ>? (?: @LONGUNIT ) @FREE
        (?: (?: @JOIN )+ (?: @LONGUNIT ) @FREE )* (?: (?: @JOIN )+ <năm> Y )?
    """,
    "wdweeks": """
        (?: @ONEWD ) ,? <của|trong>? <tuần> <thứ>? (?: n | w )
        (?: (?: @AND | , ) @TOD? (?: @ONEWD )? ,? <của|trong>? <tuần> <thứ>? (?: n | w ) )+ @OFMONTH
    """,
    "weekday": """
        <từ>? (?: <các>? <ngày> )? (?: @WD )
        (?: ,? (?: @HH <tuần> | <của|trong>? (?: @WEEKS ) @OFMONTH
          | (?: @FIRST | @LAST ) @OFMONTH | <trong tuần> ) )?
    """,
    "workdays": """
        <các|những> <ngày> (?: <làm việc> (?: <trong|của> <tuần> )? | <trong|của> <tuần> ) | @HH <ngày làm việc>
    """,
    # -- days and periods ------------------------------------------------------------------------------------
    "iso": "<ngày>? Y (?: -n-n | /n/n | \\.n\\.n ) (?! - ) @ALONE",
    "isopart": "Y [.-] n (?! [/.-] n | n ) | Y [/.-]? <quý|q> @QN | Y [/.-] <tháng|t> n (?! [/-] | \\. n )",
    "dayrange": """
        <ngày> n (?: (?: @AND | <đến> | [,-] ) <ngày>? n )+ (?: /n | <tháng> @NUM ) @YSUF?
      | n (?: - | <đến> <ngày>? ) n (?: /n (?! n ) | <tháng> @NUM ) @YSUF?
    """,
    "dmy": "<ngày>? (?: n/n[/.-]Y | n-n-Y | n\\.n\\.Y | n/n/n ) @ALONE | <ngày> (?: n\\.n\\.n | n-n-n )",
    "baddate": """
        <ngày>? n/n/N | <ngày>? [nN]/N/Y | <ngày>? N/n/Y | <ngày> N (?! <đồng|lượt> ) | <tháng> N | <năm> N | <quý> N
      | <ngày> […./]* n? […]* / n? / Y | <ngày> […./]* <tháng> | <ngày> @NUM <tháng> [….]* (?: / | <năm> )
      | <ngày> @NUM <của>? <tháng> <trước> (?! <ngày> | n )
      | Y / n | <tháng|quý|năm> [….]+ (?: / | <năm> ) | <ngày> n/n/n/ | n/n/Y/
      | (?<= [nr] ) r | (?<= [nrY] ) / [nNY]
      | <ngày> n - n (?! [/-] | <của>? @HH? <tháng> | ,? @HH <tháng> )
    """,
    "dmword": """
        <ngày|mùng> @NUM ,? /? <của>? <tháng> @NUM @YSUF? (?! <lần> ) | n <tháng> (?: n | w{1,2} ) @YSUF
      | (?<! <trong> ) n <tháng> n (?! <lần> | / | , n )
    """,
    "dm": """
        <ngày>? n/n (?: ,? <của>? <năm> Y | Y (?! [/.-] n ) | @YREL )? @ALONE (?! <lần> )
      | <ngày> n\\.n (?! \\. | n | % )
    """,
    "dom": "<ngày|mùng> @NUM (?: (?: @AND | <đến> | [,-] ) <ngày>? n (?! / | n ) )* (?! <làm việc|kể> | n | / )",
    "firstmonths": "@NUM <tháng> (?: @FIRST | @LAST ) <của>? <năm> (?: Y | @LATER )? (?: , <năm> Y )?",
    "weekof": """
        <tuần> (?: (?: <thứ>? (?: n | w ) | r ) (?: (?: @LSEP ) <tuần>? <thứ>? (?: n | w | r ) )* | @FIRST | @LAST )
        ,? <của|trong>? <tháng> @NUM @YSUF?
    """,
    "isoweek": """
        <tuần> <thứ>? n (?: (?: @LSEP ) <tuần>? <thứ>? n (?! [/-] | n | <lần|buổi|ngày|tháng|quý|giờ> ) )*
        (?: / Y | @YSUF )?
        (?! <lần|buổi|cuộc|đợt|của|trong|hàng|mỗi> | / )
      | Y -? <w> n (?! [/-] )
    """,
    "part": """
        <đầu|giữa|cuối|thượng tuần|trung tuần|hạ tuần|nửa đầu|nửa cuối|nửa sau> <của>?
        (?: <tháng> @NUM @YSUF? | <quý> @QN @YSUF? | <năm> (?: Y | @LATER )? (?! n ) )
      | <nửa năm> <đầu|cuối|sau> (?: <năm>? Y )?
    """,
    "quarters": "<các>? <quý|q> \\.? @QN (?: (?: @LSEP ) <quý|q>? @QN @NOTMORE )* (?: / n (?! / ) | @YSUF )?",
    "months": """
        <tháng> n (?: / n ){2,} @YSUF?
      | <các>? <tháng|t> \\.? @NUM (?! <lần> ) (?: (?: @MSEP ) <tháng|t>? @NUM @NOTMORE )* (?: / n (?! / ) | @YSUF )?
    """,
    "my": "n (?: - n )? [/.] Y (?! / ) | n - Y (?! [/-] | \\. n )",
    "openend": """
        ,? <và|cùng>? <các|những> <năm|giai đoạn|nhiệm kỳ|thời kỳ> @OPEN
      | ,? <và|cùng> <giai đoạn|nhiệm kỳ|thời kỳ|thời gian> @OPEN | ,? <và|cùng> <về sau|tiếp tục>
      | <trở đi|về sau|không thời hạn>
    """,
    "years": """
        <giai đoạn|nhiệm kỳ|thời kỳ>? <các>? <năm>? Y
        (?: (?: @AND | @UNTIL | [,&/-] ) <năm>? Y (?! / ) )* (?! / )
    """,
    "ofyear": """
        (?<= [nwr] ) (?: <của> <năm> (?! Y | n | @LATER | @EARLIER )
          | <của>? <năm> (?= <báo cáo|xét|đánh giá|thực hiện|công tác|ngân sách|tài chính|đó> ) )
    """,
    "thisyear": """
        <cả|suốt|toàn|quanh|trọn|trong> <cả>? <năm> (?! Y | n | @EARLIER ) @LATER? | <năm> @LATER | (?<= <hết> ) <năm>
    """,
    # -- durations, events -----------------------------------------------------------------------------------
    "now": "<từ nay|từ bây giờ|kể từ nay|từ thời điểm này>",
    "event": """
        <ngay>? (?: <kể từ sau khi|sau khi|đến khi|từ khi|kể từ khi|tính từ khi|trước khi|ngay khi|trong khi
        |cho đến khi|kể từ lúc|từ lúc|đến lúc|sau mỗi|trước mỗi>
        | <kể từ ngày|tính từ ngày|kể từ|tính từ|so với ngày|so với|sau ngày|từ ngày|trước ngày|đến ngày>
          (?! <ngày>? (?: n | Y | w ) | <tháng|quý|năm|đầu|giữa|cuối|thứ|mùng|làm việc> | [….] )
        | <kể từ thời điểm|từ thời điểm|sau thời điểm|trước thời điểm> )
      | <ngay sau|sau> (?= <kỳ họp|hội nghị|đại hội|phiên họp|cuộc họp|đợt> )
      | <nhân dịp|dịp|kỷ niệm|chào mừng|tết|mùa mưa|mùa khô|mùa bão>
      | <khi> (?! <cần thiết> )
    """,
    "demand": """
        <đột xuất|khi phát sinh|phát sinh|khi cần thiết|theo yêu cầu|khi có yêu cầu|khi có phát sinh|bất thường>
    """,
    "according": "<theo|căn cứ|tùy theo|tùy>",
    "time": """
        n <h> n (?! / ) <phút>? @TOD?
      | (?<! <vòng|quá|sau|hạn|trong> ) n <h> (?: n (?! / ) <phút>? | @TOD )?
        (?! <kể từ|làm việc|sau khi|từ khi|từ lúc|trước khi|tính từ> )
      | n : n @TOD?
    """,
    "duration": """
        (?: @NUM | N | <năm> (?= <ngày làm việc> ) ) (?: \\( (?: x | w ){1,3} \\) )?
        <ngày làm việc|ngày|tuần làm việc|tuần|tháng|năm|quý|giờ làm việc|h làm việc|h|phút> (?! n | Y )
      | <nửa tháng|nửa năm>
    """,
    # -- operators -------------------------------------------------------------------------------------------
    "by": """
        <chậm nhất|muộn nhất|trễ nhất|không muộn hơn|không chậm hơn|không trễ hơn|không quá|hạn cuối|hạn chót|thời hạn
        |hạn|kết thúc|tối đa|trong vòng|trong thời hạn|hết>
    """,
    "before": "<trước> <và trong>?",
    "to": "<cho>? <đến|tới> <hết>?",
    "from": "(?: <bắt đầu|triển khai|khởi động> )? <kể|tính>? <từ> | <bắt đầu>",
    "in": "<trong|vào>",
    "after": "<sau>",
    "planned": "<dự kiến|khoảng> | (?<! <nhà> ) <tạm>",
    # -- the rest --------------------------------------------------------------------------------------------
    "or": "<và> / <hoặc> | <hoặc> <là>?",
    "and": "<và|rồi>",
    "stop": "[;\\n] | (?<! [nN] ) \\. | \\. (?! [nN] )",
    "dash": "-",
    "comma": ",",
    "open": "\\(",
    "close": "\\)",
    "unit": "<tháng|tuần|quý> (?= . ) (?! @NAMED )",
    "glue": """
        (?: <đầu|cuối> <giờ|buổi> (?! <tháng|quý|năm|tuần> ) | <ngày> (?! n | w | <đầu|cuối|mùng> )
          | <là|lúc|thời điểm|mốc|buổi|sáng|trưa|chiều|tối|đêm|hôm|đúng|ít nhất|của|ngay|tối thiểu> | : )+
    """,
    "other": ".",
}

GRAMMAR = Grammar(_ITEMS, _FRAGMENTS)
"""Every character of a code string belongs to some item."""


_Maker = Callable[[list[str], str, int], Made]


_Piece = tuple[Item, str, _Maker | None]


_OR = code_of("hoặc")
_CHOSEN = frozenset({"period", "rhythms", "weak", "dom", "weekday", "nthday"})
_DATE_WORDS = ("ngày", "tháng", "quý", "năm", "tuần", "h", "mùng", "nửa", "hàng", "mỗi", "từng", "đầu", "cuối", "giữa")
_UNREAD = frozenset(["n", "N", "Y", "w", "r", "/", *map(code_of, _DATE_WORDS), code_of("thứ")])
"""Numbers and words of dates: where no alternative takes one, a doubt is left (`rules.timing.doubts`)."""

_SHORT = 100
"""Up to so many tokens a phrase's cutting is kept: some megabytes in all."""
_KEPT = 4096
"""How many days of each wording are kept: those of ten years."""


def _kept(make: _Maker) -> _Maker:
    """A maker that keeps what it made: a plan prints few days, and prints them often. For values that never change."""
    made: dict[str, Made] = {}

    def again(words: list[str], codes: str, year: int) -> Made:
        key = f"{' '.join(words)} {year}"
        found = made.get(key)
        if found is None:
            found = make(words, codes, year)
            if len(made) < _KEPT:
                made[key] = found
        return found

    return again


_MAKERS: dict[str, _Maker] = {
    "dmy": _kept(dates.dmy), "iso": dates.iso, "isopart": dates.isopart, "isoweek": dates.isoweek,
    "qmonth": dates.qmonth,
    "dayofqmonth": dates.dayofqmonth, "nthunit": dates.nthunit, "extended": dates.extended,
    "dm": _kept(dates.day_month), "dmword": _kept(dates.day_month),
    "dayrange": dates.dayrange, "dayofmonths": dates.dayofmonths, "months": dates.months,
    "quarters": dates.quarters, "my": dates.month_year, "years": dates.years, "thisyear": dates.thisyear,
    "part": dates.part, "firstmonths": dates.firstmonths, "weekof": dates.weekof, "duration": dates.duration,
    "time": dates.time, "standing": dates.standing, "event": dates.event, "baddate": dates.unreadable,
    "every": repeats.units, "units": repeats.units, "report": repeats.report, "periodic": repeats.periodic,
    "times": repeats.times, "domm": repeats.domm, "domq": repeats.domq, "monthofq": repeats.monthofq,
    "weekofm": repeats.weekofm, "parts": repeats.parts, "lastday": repeats.lastday,
    "weekday": repeats.weekday, "workdays": repeats.workdays, "dom": repeats.dom,
    "wdweeks": repeats.wdweeks,
}  # fmt: skip


def read_items(tokens: Tokens, year: int) -> list[Item]:
    """The items of a phrase in order."""
    # `year` is the plan's, for "năm nay", "năm sau".
    items: list[Item] = []
    words, codes = tokens
    cut = _pieces if len(codes) <= _SHORT else _cut
    choice = _OR in codes
    for item, own_codes, make in cut(codes):
        if make is None:
            items.append(item)
            continue
        _, _, start, end = item
        try:
            kind, value = make(words[start:end], own_codes, year)
        except ValueError as impossible:
            kind, value = "bad", str(impossible)
        items.append(Item(kind, value, start, end))
        if choice and _OR in own_codes and kind in _CHOSEN:
            items.append(Item("choice", None, end, end))
    return items


def _cut(codes: str) -> tuple[_Piece, ...]:
    # Where the grammar cuts a string of codes: an item, its codes, and the maker of its value, if any.
    pieces: list[_Piece] = []
    start, size = 0, len(codes)
    while start < size:
        found = GRAMMAR.starting_with(codes[start]).match(codes, start)
        if found is None:
            raise AssertionError(f"the grammar has no item for {codes[start]!r}")
        name, end = found.lastgroup or "other", found.end()
        if name == "other" and codes[start] in _UNREAD:
            name = "left"
        pieces.append((Item(name, None, start, end), codes[start:end], _MAKERS.get(name)))
        start = end
    return tuple(pieces)


_pieces = lru_cache(maxsize=1024)(_cut)
"""The same, kept for short phrases: the codes know neither numbers nor names, so many phrases have one shape."""
