"""The office's own domain: that of its mail address, unless told otherwise."""

import pytest

from config.settings import load_settings


@pytest.mark.parametrize(
    ("mail_from", "given", "domain"),
    [
        ("don-doc@anbinh.gov.vn", "", "anbinh.gov.vn"),
        ("don-doc@AnBinh.gov.vn", "", "anbinh.gov.vn"),
        ("don-doc@anbinh.gov.vn", "tinh.gov.vn", "tinh.gov.vn"),
        ("dondoc@localhost", "", "dondoc.local"),
    ],
)
def test_greeting_and_message_ids_take_the_domain_of_the_office(
    monkeypatch: pytest.MonkeyPatch, mail_from: str, given: str, domain: str
) -> None:
    monkeypatch.setenv("DONDOC_MAIL_FROM", mail_from)
    monkeypatch.setenv("DONDOC_MAIL_DOMAIN", given)
    assert load_settings().mail_domain == domain
