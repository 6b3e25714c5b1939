"""Why the machine refused a file or an address, in Vietnamese."""

import errno
import socket

_WORDS = {
    errno.ENOENT: "không có tệp hoặc thư mục này",
    errno.EISDIR: "đây là thư mục, không phải tệp",
    errno.ENOTDIR: "trong đường dẫn có tệp đứng ở chỗ của thư mục",
    errno.EEXIST: "đã có tệp cùng tên ở chỗ của thư mục",
    errno.ENOTEMPTY: "thư mục không trống",
    errno.EACCES: "không có quyền",
    errno.EPERM: "không có quyền",
    errno.EROFS: "ổ đĩa chỉ cho đọc",
    errno.ENOSPC: "hết dung lượng đĩa",
    errno.EDQUOT: "hết dung lượng được cấp",
    errno.EFBIG: "tệp lớn quá mức cho phép",
    errno.ENAMETOOLONG: "tên tệp quá dài",
    errno.ELOOP: "liên kết thư mục chạy vòng",
    errno.EMFILE: "mở quá nhiều tệp cùng lúc",
    errno.EIO: "đĩa bị lỗi",
}
_NET = {
    errno.EADDRINUSE: "đang có chương trình khác dùng",
    errno.EADDRNOTAVAIL: "máy này không có địa chỉ đó",
    errno.ECONNREFUSED: "không có chương trình nào trả lời ở đó",
    errno.ECONNRESET: "đường truyền bị ngắt giữa chừng",
    errno.EPIPE: "đường truyền bị ngắt giữa chừng",
    errno.ETIMEDOUT: "chờ quá lâu không có trả lời",
    errno.EHOSTUNREACH: "không có đường mạng tới máy đó",
    errno.ENETUNREACH: "không có đường mạng tới máy đó",
}


def reason(error: OSError) -> str:
    """The reason as a Vietnamese clause; the system's own words for a rare one."""
    if isinstance(error, socket.gaierror):
        return "không tìm thấy máy có tên này"
    if isinstance(error, TimeoutError):
        return _NET[errno.ETIMEDOUT]
    return (_WORDS | _NET).get(error.errno or 0, error.strerror or str(error))


def foreseen(error: OSError) -> bool:
    """Whether a file or folder, not the program, is to blame: there are words for it."""
    return error.errno in _WORDS
