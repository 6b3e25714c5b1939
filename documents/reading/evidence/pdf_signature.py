"""Digital signatures of a PDF: present or not, by whom, and whether the file is still as it was signed.

The signed range is hashed and compared with the digest that the signature holds, and
the signature is verified with its own certificate. Whether that certificate is
trusted (its chain, its revocation) is not decided here.
"""

import hashlib
import mmap
import re
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import NameOID

from rules.scoring.dossier_checks import SignatureFact

_RANGE = re.compile(rb"/ByteRange\s*\[\s*(\d{1,12})\s+(\d{1,12})\s+(\d{1,12})\s+(\d{1,12})\s*\]")
_DIGEST = bytes.fromhex("06092a864886f70d010904")
"""The attribute messageDigest in DER; the digest follows as SET { OCTET STRING }."""
_NAMES = {20: "sha1", 32: "sha256", 48: "sha384", 64: "sha512"}
_MOST_SIGNATURES = 20


def read_signatures(path: Path) -> SignatureFact | None:
    """The signatures of a PDF file; None when the file is no PDF or not there."""
    try:
        with path.open("rb") as source:
            if b"%PDF-" not in source.read(1024):
                return None
            with mmap.mmap(source.fileno(), 0, access=mmap.ACCESS_READ) as data:
                return _signatures(data)
    except (OSError, ValueError):
        return None


def _signatures(data: mmap.mmap) -> SignatureFact:
    ranges = [tuple(int(part) for part in found.groups()) for found in _RANGE.finditer(data)][:_MOST_SIGNATURES]
    if not ranges:
        return SignatureFact()
    signers: list[str] = []
    unbroken = True
    for start, first, second, last in ranges:
        name, good = _one(data, start, first, second, last)
        signers.append(name)
        unbroken = unbroken and good
    covered = max(second + last for _, _, second, last in ranges)
    rest = data[covered:].strip() if covered <= len(data) else b"?"
    return SignatureFact(tuple(dict.fromkeys(signers)), unbroken and not rest)


def _one(data: mmap.mmap, start: int, first: int, second: int, last: int) -> tuple[str, bool]:
    """Who signed a range, and whether it is as signed. The signature stands in hex between the two parts."""
    if start != 0 or not first < second <= second + last <= len(data):
        return "không rõ người ký", False
    text = data[first:second].strip(b"<> \r\n\t")
    if not _is_hex(text):
        return "không rõ người ký", False
    padded = bytes.fromhex(text.decode("ascii"))
    signature = padded[: _der_length(padded)]
    try:
        certificates = pkcs7.load_der_pkcs7_certificates(signature)
    except (ValueError, UnsupportedAlgorithm):
        return "không rõ người ký", False
    return _name(certificates), _is_as_signed(data, (first, second, last), signature, certificates)


def _is_hex(text: bytes) -> bool:
    return len(text) % 2 == 0 and re.fullmatch(rb"[0-9a-fA-F]*", text) is not None


def _der_length(data: bytes) -> int:
    """How long the DER value at the start of `data` is, with its head."""
    if len(data) < 2 or data[1] < 0x80:
        return 2 + data[1] if len(data) >= 2 else 0
    count = data[1] & 0x7F
    return 2 + count + int.from_bytes(data[2 : 2 + count], "big")


def _name(certificates: list[x509.Certificate]) -> str:
    """The signer: the certificate that issued none of the others."""
    issuers = {certificate.issuer for certificate in certificates}
    for certificate in [*(one for one in certificates if one.subject not in issuers), *certificates]:
        names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        if names:
            return str(names[0].value)
    return "không rõ người ký"


def _is_as_signed(
    data: mmap.mmap, place: tuple[int, int, int], signature: bytes, certificates: list[x509.Certificate]
) -> bool:
    first, second, last = place
    at = signature.find(_DIGEST)
    if at < 0:
        return False
    head = signature[at + len(_DIGEST) : at + len(_DIGEST) + 4]
    if len(head) < 4 or head[0] != 0x31 or head[2] != 0x04 or head[3] not in _NAMES:
        return False
    begin = at + len(_DIGEST) + 4
    digest = hashlib.new(_NAMES[head[3]], usedforsecurity=False)
    for from_, to in ((0, first), (second, second + last)):
        for piece in range(from_, to, 1 << 20):
            digest.update(data[piece : min(piece + (1 << 20), to)])
    if digest.digest() != signature[begin : begin + head[3]]:
        return False
    return _attributes_signed(signature, at, certificates)


def _attributes_signed(signature: bytes, at: int, certificates: list[x509.Certificate]) -> bool:
    """Whether the signed attributes (which hold the digest) were signed by one of the certificates."""
    attributes = _attributes_around(signature, at)
    if attributes is None:
        return False
    start, length = attributes
    signed = b"\x31" + signature[start + 1 : start + length]
    ends = [position for position in range(start + length, len(signature)) if signature[position] == 0x04]
    for position in ends[:200]:
        size = _der_length(signature[position : position + 8])
        value = signature[position : position + size]
        bare = value[size - _content_length(value) :]
        if len(bare) >= 56 and any(_verifies(one, bare, signed) for one in certificates):
            return True
    return False


def _content_length(value: bytes) -> int:
    if value[1] < 0x80:
        return value[1]
    return int.from_bytes(value[2 : 2 + (value[1] & 0x7F)], "big")


def _attributes_around(signature: bytes, at: int) -> tuple[int, int] | None:
    """The [0] value that encloses the digest's place: its start and length with head."""
    for start in range(at - 1, max(at - 4_000, -1), -1):
        if signature[start] == 0xA0:
            length = _der_length(signature[start : start + 8])
            if start + length > at + len(_DIGEST) and start + length <= len(signature):
                return start, length
    return None


def _verifies(certificate: x509.Certificate, value: bytes, signed: bytes) -> bool:
    key = certificate.public_key()
    for algorithm in (hashes.SHA256(), hashes.SHA1(), hashes.SHA384(), hashes.SHA512()):  # noqa: S303 - read, not made
        try:
            if isinstance(key, rsa.RSAPublicKey):
                key.verify(value, signed, padding.PKCS1v15(), algorithm)
            elif isinstance(key, ec.EllipticCurvePublicKey):
                key.verify(value, signed, ec.ECDSA(algorithm))
            else:
                return False
        except (InvalidSignature, ValueError, UnsupportedAlgorithm):
            continue
        return True
    return False
