"""Alerts of the machine to its administrators: what happened, what follows, what to do."""

from collections.abc import Sequence
from datetime import date

from notifications.messages import AdminAlert


def morning_missed(authority_name: str, today: date, missed: Sequence[date], contact: str = "") -> AdminAlert:
    """Morning sweeps that did not come to their end. `missed` is not empty, oldest first."""
    days = ", ".join(f"{day:%d/%m/%Y}" for day in missed)
    happened = f"Buổi sáng đôn đốc {days} chưa chạy xong"
    return AdminAlert(
        authority_name=authority_name,
        today=today,
        happened=happened,
        effect="Các đơn vị có thể chưa nhận thư nhắc của những ngày này. Mốc bị lỡ không mất: "
        "lần chạy tới nhắc mốc mới nhất và ghi các mốc cũ là đã bỏ qua.",
        steps=(
            "Xem hệ thống thiếu gì: dondoc doctor",
            "Nếu sản phẩm đang dừng, khởi động lại: dondoc run (hoặc make run).",
            "Chạy bù buổi sáng hôm nay: dondoc remind",
        ),
        contact=contact,
    )
