"""Measures that print no time: a standing duty, or a task with a product that must be asked for its day.

"Tiếp tục …", "Tăng cường …" go on all the year and are reviewed with each report. "Ban hành …", "Xây dựng
Kế hoạch …" end with something in hand; so does whatever cannot be told.
"""

import re
from collections.abc import Sequence
from datetime import date, timedelta

_STANDING = re.compile(
    r"(?i)(?:tiếp tục|tăng cường|đẩy mạnh|nâng cao|duy trì|thường xuyên|chú trọng|quan tâm|phát huy|bám sát|[đb]ảm bảo"
    r"|thực hiện|tổ chức (?:thực hiện|triển khai|tiếp nhận|quản lý)|triển khai|phối hợp|theo dõi|kiểm soát|đôn đốc"
    r"|hướng dẫn|tuyên truyền|vận động|công khai|niêm yết|cập nhật|tham gia|chấp hành|tạo điều kiện|khuyến khích|hỗ trợ"
    r"|giám sát|quản lý|nghiêm túc|chủ động|tích cực|kịp thời|không|từng bước|tiếp nhận|giải quyết"
    r"|xử lý"
    r"|cung cấp|đổi mới|cải thiện|siết chặt|tập trung|quán triệt|chỉ đạo|sử dụng|khai thác|vận hành|giữ gìn|giữ vững"
    r"|chăm lo|phòng ngừa|ngăn chặn|bố trí|quan triệt|gắn|coi trọng|lồng ghép|ưu tiên|có (?:biện pháp"
    r"|giải pháp)|làm tốt"
    r"|rút ngắn|nhân rộng|huy động|tuân thủ|trực|là đầu mối|chịu trách nhiệm|tham mưu|giúp|nghiên cứu|phổ biến|đề cao"
    r"|thúc đẩy|nắm bắt|nắm|tích hợp|kết nối|bảo vệ|yêu cầu|đối với|xác định)\b"
)
_PRODUCT = re.compile(
    r"(?i)(?:(?:tiếp tục|khẩn trương|kịp thời|chủ động|đồng thời|tập trung|và|cần|phải|sớm|nghiêm túc"
    r"|tham mưu(?: (?:cho )?"
    r"(?:chủ tịch )?(?:ubnd|ủy ban nhân dân)(?: (?:xã|phường|đặc khu))?)?|phối hợp"
    r"|triển khai|thực hiện việc)\s+){0,8}+"
    r"(?:ban hành|xây dựng|thành lập|kiện toàn|hoàn thành|hoàn thiện|trình|phê duyệt|mua sắm|trang bị|lắp đặt|khảo sát"
    r"|kiểm kê|tổng kết|sơ kết|lập (?!lại)|rà soát|số hóa|số hoá|báo cáo|tổng hợp|soạn thảo|biên soạn|in ấn|ký kết"
    r"|phát động"
    r"|công bố|nghiệm thu|bàn giao|khởi công|thống kê|tổ chức (?:cuộc họp|họp|hội nghị|hội thi|cuộc thi|lớp|tập huấn|lễ"
    r"|khảo sát|ra quân|đối thoại|diễn đàn|tọa đàm|toạ đàm|kiểm tra|đoàn|bồi dưỡng|đánh giá|lấy)"
    r"|mở \d*\s*(?:lớp|đợt|hội)"
    r"|cử |đề xuất|gửi |nộp |tham dự|bố trí kinh phí|sửa chữa|nâng cấp|cải tạo|ra mắt|thí điểm|xếp hạng|chấm điểm)"
)
"""What leaves something in hand, or ends."""

_END = re.compile(r"(?i)\b(?:hoàn thành|xong|kết thúc|đạt) (?:100 ?%|việc|toàn bộ|dứt điểm|trong)|\bdứt điểm\b")
_CLAUSE = re.compile(r"[;.]\s+|,\s+(?=đồng thời|trình|báo cáo|tổng hợp)|\s+và\s+(?=trình|báo cáo)")
_NO_REPORT = re.compile(r"(?i)báo cáo (?:theo quy định|khi có yêu cầu)")


def is_standing(title: str, results: Sequence[str] = ()) -> bool:
    """Whether a measure without any time is a standing duty: a standing verb, no product and no end in its words."""
    bare = re.sub(r"^[^:]{3,120}:\s+(?=[^\W\d])", "", title.strip()) if ": " in title[:125] else title.strip()
    if results or _END.search(title):
        return False
    clauses = [clause.strip() for text in dict.fromkeys((title.strip(), bare)) for clause in _CLAUSE.split(text)]
    if any(_PRODUCT.match(clause) and not _NO_REPORT.match(clause) for clause in clauses if clause):
        return False
    return bool(_STANDING.match(bare) or _STANDING.match(title.strip()))


def proposed_day(year: int, month: int | None = None) -> date:
    """The day that is proposed for a task without one: the last of the plan's year, or of its month."""
    return date(year, month + 1, 1) - timedelta(days=1) if month and month < 12 else date(year, 12, 31)
