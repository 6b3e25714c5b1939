"""What the command line says to a refusal's hint: the command that helps."""

from services.errors import Hint, StoreError

COMMANDS = {
    Hint.ADDRESS: "Đổi bằng: dondoc people set",
    Hint.ADMIN: "Đặt bằng: dondoc init --admin-email ĐỊA_CHỈ",
    Hint.APPROVE_SCORES: "Duyệt bằng: dondoc score approve",
    Hint.AUTHORITY: 'Chạy: dondoc init --authority "UBND phường …" --admin-email ten@co-quan.gov.vn',
    Hint.CRITERIA: "Nhập bằng: dondoc criteria import TỆP",
    Hint.DATABASE: "Chạy: dondoc init",
    Hint.DECIDERS: "Xem bằng: dondoc people list, dondoc deputy list",
    Hint.HAND_OVER_DOSSIER: "Gửi cách khác rồi ghi lại bằng: dondoc score send --by-hand",
    Hint.OPEN_ROUND: "Mở bằng: dondoc score open",
    Hint.PEOPLE: "Xem danh sách: dondoc people list",
    Hint.PLAN: "Nhập bằng: dondoc plan import TỆP",
    Hint.SCORE_CHECKS: "Xem bằng: dondoc score checks",
    Hint.SUPERIOR_MAILBOX: "Ghi superior_mailbox bằng dondoc units import, hoặc gửi cách khác rồi chạy: "
    "dondoc score send --by-hand",
    Hint.TOKENS: "Xem danh sách: dondoc token list",
    Hint.UNIT: "Sửa bằng: dondoc units set",
    Hint.UNITS: "Xem danh sách: dondoc units list",
}


def refusal_words(error: StoreError) -> str:
    """A refusal as the command line says it: the sentence, then the command."""
    return str(error) if error.hint is None else f"{error} {COMMANDS[error.hint]}"
