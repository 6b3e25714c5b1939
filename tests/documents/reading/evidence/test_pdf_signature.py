"""Digital signatures of real bytes: signed here with a real certificate, then left alone or tampered with."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import NameOID

from documents.reading.evidence.pdf_signature import read_signatures

ROOM = 8_192
Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


def certificate(key: Key, name: str = "UBND phường Sông Mai") -> x509.Certificate:
    """A certificate that signs itself."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime(2025, 1, 1, tzinfo=UTC)
    made = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=900))
    return made.sign(key, hashes.SHA256())


def signed(key: Key, body: bytes = b"Bao cao ket qua", name: str = "UBND phường Sông Mai") -> bytes:
    """A small PDF with a detached signature over its byte range, as signing tools write it."""
    head = (
        b"%PDF-1.7\n1 0 obj\n<< /Type /Sig /Filter /Adobe.PPKLite /ByteRange [0 AAAAAAAA BBBBBBBB CCCCCCCC] /Contents "
    )
    tail = b" >>\nendobj\n" + body + b"\n%%EOF\n"
    first, second = len(head), len(head) + 2 * ROOM + 2
    for mark, number in ((b"AAAAAAAA", first), (b"BBBBBBBB", second), (b"CCCCCCCC", len(tail))):
        head = head.replace(mark, str(number).encode().ljust(8))
    builder = pkcs7.PKCS7SignatureBuilder().set_data(head + tail)
    builder = builder.add_signer(certificate(key, name), key, hashes.SHA256())
    options = [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary]
    signature = builder.sign(serialization.Encoding.DER, options)
    return head + b"<" + signature.hex().encode().ljust(2 * ROOM, b"0") + b">" + tail


@pytest.fixture(scope="module", params=["rsa", "ec"])
def key(request: pytest.FixtureRequest) -> Key:
    """Keys as Vietnamese signing services use them."""
    if request.param == "rsa":
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return ec.generate_private_key(ec.SECP256R1())


def written(tmp_path: Path, content: bytes) -> Path:
    """The bytes as a file."""
    path = tmp_path / "a.pdf"
    path.write_bytes(content)
    return path


def test_who_signed_is_named_and_the_file_is_as_it_was(tmp_path: Path, key: Key) -> None:
    found = read_signatures(written(tmp_path, signed(key)))
    assert found is not None
    assert (found.signers, found.unbroken) == (("UBND phường Sông Mai",), True)


def test_a_changed_word_breaks_the_signature(tmp_path: Path, key: Key) -> None:
    found = read_signatures(written(tmp_path, signed(key).replace(b"Bao cao", b"Bao gia")))
    assert found is not None
    assert (found.signers, found.unbroken) == (("UBND phường Sông Mai",), False)


def test_something_added_after_signing_breaks_it(tmp_path: Path, key: Key) -> None:
    found = read_signatures(written(tmp_path, signed(key) + b"\n2 0 obj\n<< /Them 1 >>\nendobj\n%%EOF\n"))
    assert found is not None
    assert not found.unbroken


def test_a_signature_of_another_key_is_not_good(tmp_path: Path, key: Key) -> None:
    """The digest fits, but the attributes were signed by nobody whose certificate is there."""
    content = signed(key)
    start = content.index(b"<", content.index(b"/Contents")) + 1
    whole = bytearray(bytes.fromhex(content[start : start + 2 * ROOM].decode()))
    length = 4 + int.from_bytes(whole[2:4], "big")
    whole[length - 3] ^= 0xFF
    broken = content[:start] + bytes(whole).hex().encode() + content[start + 2 * ROOM :]
    found = read_signatures(written(tmp_path, broken))
    assert found is not None
    assert not found.unbroken


def test_an_unsigned_pdf_has_no_signers(tmp_path: Path) -> None:
    found = read_signatures(written(tmp_path, b"%PDF-1.4\n%%EOF\n"))
    assert found is not None
    assert found.signers == ()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"hello"])
def test_what_is_no_pdf_is_nothing_that_could_be_signed(tmp_path: Path, content: bytes) -> None:
    assert read_signatures(written(tmp_path, content)) is None
    assert read_signatures(tmp_path / "khong-co.pdf") is None


@pytest.mark.parametrize(
    "middle",
    [
        b"/ByteRange [0 10 20 999999999999]",
        b"/ByteRange [5 10 20 3]",
        b"/ByteRange [0 9 8 3]",
        b"/ByteRange [0 12 40 20] /Contents <zz>",
        b"/ByteRange [0 12 30 20]" * 500,
    ],
)
def test_a_nonsense_signature_is_broken_and_harms_nobody(tmp_path: Path, middle: bytes) -> None:
    found = read_signatures(written(tmp_path, b"%PDF-1.7\n" + middle + b"\n%%EOF" + b" " * 100))
    assert found is not None
    assert not found.unbroken
