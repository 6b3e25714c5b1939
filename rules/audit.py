"""The actions of the audit trail with their words, and the kinds of thing they are about."""

from enum import StrEnum


class SubjectKind(StrEnum):
    """What an event of the audit trail is about; the value begins the subject's text."""

    ACT = "act"
    AUTHORITY = "authority"
    CRITERIA = "criteria"
    DOCUMENT = "document"
    FILE = "file"
    ITEM = "item"
    LINKS = "links"
    MESSAGE = "message"
    PERSON = "person"
    PLAN = "plan"
    REPORT = "report"
    SCORE = "score"
    SCORE_ROUND = "score_round"
    TOKEN = "token"  # noqa: S105 - a kind, no secret
    UNIT = "unit"


class AuditAction(StrEnum):
    """What was done. The values stand in databases: a value is never changed and never used for something else."""

    ACT_ASK = "act.ask"
    ACT_CONFIRM = "act.confirm"
    ANSWER = "answer"
    ANSWER_UNDO = "answer.undo"
    AUDIT_REDACT = "audit.redact"
    AUTHORITY_CREATE = "authority.create"
    AUTHORITY_ERASE = "authority.erase"
    CALENDAR_MAKE = "calendar.make"
    CALENDAR_REVOKE = "calendar.revoke"
    COORDINATORS_NAME = "coordinators.name"
    CRITERIA_IMPORT = "criteria.import"
    CRITERIA_LINK = "criteria.link"
    CRITERIA_UNLINK = "criteria.unlink"
    DEPUTY_END = "deputy.end"
    DEPUTY_NAME = "deputy.name"
    EVIDENCE_ADD = "evidence.add"
    EVIDENCE_REMOVE = "evidence.remove"
    EXTENSION_ASK = "extension.ask"
    EXTENSION_GRANT = "extension.grant"
    EXTENSION_REFUSE = "extension.refuse"
    EXTENSION_WITHDRAW = "extension.withdraw"
    HANDOVER = "handover"
    HANDOVER_END = "handover.end"
    ITEM_DONE = "item.done"
    ITEM_JOIN = "item.join"
    ITEM_LEAD = "item.lead"
    ITEM_REOPEN = "item.reopen"
    ITEM_TIMING = "item.timing"
    ITEM_TITLE = "item.title"
    LINK_MAKE = "link.make"
    LINK_REVOKE = "link.revoke"
    MESSAGE_RETRY = "message.retry"
    MESSAGE_TEST = "message.test"
    PERSON_ADD = "person.add"
    PERSON_ADMIN = "person.admin"
    PERSON_CHANGE = "person.change"
    PERSON_DEACTIVATE = "person.deactivate"
    PERSON_ERASE = "person.erase"
    PERSON_EXPORT = "person.export"
    PERSON_REACTIVATE = "person.reactivate"
    PLAN_EDIT = "plan.edit"
    PLAN_IMPORT = "plan.import"
    PLAN_REMOVE = "plan.remove"
    PLAN_STATUS = "plan.status"
    PLAN_UPLOAD = "plan.upload"
    PLAN_UPLOAD_DROP = "plan.upload.drop"
    POLICY_PUT = "policy.put"
    PORTAL_ENTER = "portal.enter"
    PORTAL_LEAVE = "portal.leave"
    REPORT_APPROVE = "report.approve"
    REPORT_CLOSE = "report.close"
    REPORT_DRAFT = "report.draft"
    REPORT_FINAL = "report.final"
    REPORT_ISSUE = "report.issue"
    REPORT_OPEN = "report.open"
    REPORT_REDO = "report.redo"
    REPORT_REOPEN = "report.reopen"
    REPORT_RETURN = "report.return"
    REPORT_SENT = "report.sent"
    REPORT_UPLOAD = "report.upload"
    REVIEW_ACCEPTED = "review.accepted"
    REVIEW_REOPENED = "review.reopened"
    REVIEW_RETURNED = "review.returned"
    SCORE_ACCEPT = "score.accept"
    SCORE_ANSWER = "score.answer"
    SCORE_ENTER = "score.enter"
    SCORE_EXPLAIN = "score.explain"
    SCORE_REOPEN = "score.reopen"
    SCORE_RETURN = "score.return"
    SCORE_VERIFY = "score.verify"
    ROUND_EXPLAINING = "score_round.explaining"
    ROUND_OPEN = "score_round.open"
    ROUND_REOPEN = "score_round.reopen"
    ROUND_RESULT = "score_round.result"
    ROUND_SEAL = "score_round.seal"
    ROUND_SEND = "score_round.send"
    ROUND_STEP = "score_round.step"
    TOKEN_CREATE = "token.create"  # noqa: S105 - an action, no secret
    TOKEN_REVOKE = "token.revoke"  # noqa: S105
    UNIT_ADD = "unit.add"
    UNIT_CHANGE = "unit.change"
    UNIT_HEAD = "unit.head"
    UNITS_IMPORT = "units.import"
    WORKING_DAYS_PUT = "working_days.put"

    @property
    def words(self) -> str:
        """The action as people read it."""
        return _WORDS[self]


_WORDS = {
    AuditAction.ACT_ASK: "Yêu cầu một việc không hoàn tác được",
    AuditAction.ACT_CONFIRM: "Xác nhận một việc không hoàn tác được",
    AuditAction.ANSWER: "Báo cáo kết quả",
    AuditAction.ANSWER_UNDO: "Hoàn tác báo cáo",
    AuditAction.AUDIT_REDACT: "Xóa dữ liệu cá nhân trong nhật ký",
    AuditAction.AUTHORITY_CREATE: "Tạo cơ quan",
    AuditAction.AUTHORITY_ERASE: "Xóa cơ quan",
    AuditAction.CALENDAR_MAKE: "Tạo địa chỉ lịch",
    AuditAction.CALENDAR_REVOKE: "Thu hồi địa chỉ lịch",
    AuditAction.COORDINATORS_NAME: "Nêu tên cơ quan phối hợp",
    AuditAction.CRITERIA_IMPORT: "Nhập bộ tiêu chí",
    AuditAction.CRITERIA_LINK: "Gắn nhiệm vụ với tiêu chí",
    AuditAction.CRITERIA_UNLINK: "Bỏ gắn nhiệm vụ với tiêu chí",
    AuditAction.DEPUTY_END: "Kết thúc thay mặt lãnh đạo",
    AuditAction.DEPUTY_NAME: "Cử người thay mặt lãnh đạo",
    AuditAction.EVIDENCE_ADD: "Thêm tài liệu kiểm chứng",
    AuditAction.EVIDENCE_REMOVE: "Gỡ một tài liệu kiểm chứng",
    AuditAction.EXTENSION_ASK: "Xin gia hạn",
    AuditAction.EXTENSION_GRANT: "Đồng ý gia hạn",
    AuditAction.EXTENSION_REFUSE: "Không đồng ý gia hạn",
    AuditAction.EXTENSION_WITHDRAW: "Rút yêu cầu gia hạn",
    AuditAction.HANDOVER: "Bàn giao khi vắng",
    AuditAction.HANDOVER_END: "Kết thúc bàn giao",
    AuditAction.ITEM_DONE: "Ghi hoàn thành",
    AuditAction.ITEM_JOIN: "Gộp nhiệm vụ",
    AuditAction.ITEM_LEAD: "Đặt cơ quan chủ trì",
    AuditAction.ITEM_REOPEN: "Mở lại",
    AuditAction.ITEM_TIMING: "Nhập thời hạn",
    AuditAction.ITEM_TITLE: "Sửa tên nhiệm vụ",
    AuditAction.LINK_MAKE: "Tạo liên kết vào cổng",
    AuditAction.LINK_REVOKE: "Thu hồi liên kết vào cổng",
    AuditAction.MESSAGE_RETRY: "Gửi lại thư",
    AuditAction.MESSAGE_TEST: "Gửi thư thử",
    AuditAction.PERSON_ADD: "Thêm người",
    AuditAction.PERSON_ADMIN: "Đặt quản trị viên",
    AuditAction.PERSON_CHANGE: "Sửa thông tin người",
    AuditAction.PERSON_DEACTIVATE: "Ngừng một người",
    AuditAction.PERSON_ERASE: "Xóa dữ liệu cá nhân",
    AuditAction.PERSON_EXPORT: "Xuất dữ liệu cá nhân",
    AuditAction.PERSON_REACTIVATE: "Dùng lại một người",
    AuditAction.PLAN_EDIT: "Sửa kế hoạch",
    AuditAction.PLAN_IMPORT: "Nhập kế hoạch",
    AuditAction.PLAN_REMOVE: "Gỡ kế hoạch",
    AuditAction.PLAN_STATUS: "Đóng hoặc mở lại kế hoạch",
    AuditAction.PLAN_UPLOAD: "Tải văn bản kế hoạch lên",
    AuditAction.PLAN_UPLOAD_DROP: "Bỏ văn bản kế hoạch đã tải",
    AuditAction.POLICY_PUT: "Áp dụng quy định đôn đốc",
    AuditAction.PORTAL_ENTER: "Vào cổng",
    AuditAction.PORTAL_LEAVE: "Ra khỏi cổng",
    AuditAction.REPORT_APPROVE: "Phê duyệt báo cáo",
    AuditAction.REPORT_CLOSE: "Chốt số liệu báo cáo",
    AuditAction.REPORT_DRAFT: "Soạn dự thảo báo cáo",
    AuditAction.REPORT_FINAL: "Tạo bản chính thức của báo cáo",
    AuditAction.REPORT_ISSUE: "Cấp số báo cáo",
    AuditAction.REPORT_OPEN: "Mở kỳ báo cáo",
    AuditAction.REPORT_REDO: "Soạn lại dự thảo báo cáo",
    AuditAction.REPORT_REOPEN: "Mở lại kỳ báo cáo",
    AuditAction.REPORT_RETURN: "Trả lại báo cáo",
    AuditAction.REPORT_SENT: "Gửi xong báo cáo",
    AuditAction.REPORT_UPLOAD: "Tải văn bản báo cáo lên",
    AuditAction.REVIEW_ACCEPTED: "Chấp nhận báo cáo",
    AuditAction.REVIEW_REOPENED: "Mở lại kỳ đã đóng",
    AuditAction.REVIEW_RETURNED: "Trả lại để bổ sung",
    AuditAction.SCORE_ACCEPT: "Rà soát, chấp nhận",
    AuditAction.SCORE_ANSWER: "Trả lời cảnh báo",
    AuditAction.SCORE_ENTER: "Tự chấm",
    AuditAction.SCORE_EXPLAIN: "Giải trình",
    AuditAction.SCORE_REOPEN: "Mở lại cho đơn vị",
    AuditAction.SCORE_RETURN: "Trả lại đơn vị",
    AuditAction.SCORE_VERIFY: "Ghi kết quả thẩm định",
    AuditAction.ROUND_EXPLAINING: "Ghi hạn giải trình",
    AuditAction.ROUND_OPEN: "Mở đợt chấm điểm",
    AuditAction.ROUND_REOPEN: "Mở lại đợt",
    AuditAction.ROUND_RESULT: "Kết quả chính thức",
    AuditAction.ROUND_SEAL: "Đóng hồ sơ",
    AuditAction.ROUND_SEND: "Gửi hồ sơ",
    AuditAction.ROUND_STEP: "Chuyển bước",
    AuditAction.TOKEN_CREATE: "Tạo mã truy cập API",
    AuditAction.TOKEN_REVOKE: "Thu hồi mã truy cập API",
    AuditAction.UNIT_ADD: "Thêm đơn vị",
    AuditAction.UNIT_CHANGE: "Sửa đơn vị",
    AuditAction.UNIT_HEAD: "Đặt người đứng đầu đơn vị",
    AuditAction.UNITS_IMPORT: "Nhập danh sách đơn vị, người dùng",
    AuditAction.WORKING_DAYS_PUT: "Áp dụng ngày nghỉ, ngày làm bù",
}


def action_words(action: str) -> str:
    """The words of an action as stored; one that this version does not know is shown as it is."""
    return AuditAction(action).words if action in set(AuditAction) else action
