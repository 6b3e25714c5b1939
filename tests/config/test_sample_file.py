"""The documented sample of the settings says what is true."""

import re
from pathlib import Path

from pydantic import SecretStr

from config.settings import Settings, load_settings

SAMPLE = Path(__file__).resolve().parents[2] / "config" / "dondoc.env.sample"


def lines() -> dict[str, str]:
    found = re.findall(r"^# (DONDOC_[A-Z_]+)=(.*)$", SAMPLE.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(found) == len(dict(found)), "a setting stands there twice"
    return dict(found)


def test_every_setting_is_in_the_sample_and_nothing_else() -> None:
    assert set(lines()) == {f"DONDOC_{name.upper()}" for name in Settings.model_fields}


def test_the_sample_shows_the_defaults() -> None:
    for name, field in Settings.model_fields.items():
        if name != "home":
            default = field.default
            shown = "" if default is None else str(default).lower() if isinstance(default, bool) else str(default)
            said = lines()[f"DONDOC_{name.upper()}"]
            assert said == shown or float(said) == float(shown), name


def test_the_sample_can_be_used_as_it_stands_with_every_line_switched_on(home: Path) -> None:
    home.mkdir(parents=True)
    text = re.sub(r"^# (DONDOC_(?!HOME)[A-Z_]+=)", r"\1", SAMPLE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    (home / "dondoc.env").write_text(text.replace("DONDOC_PREFECT_AUTH=", "DONDOC_PREFECT_AUTH=a:b"), encoding="utf-8")
    settings = load_settings()
    assert settings.prefect_auth == SecretStr("a:b")
    assert settings.model_copy(update={"prefect_auth": None}) == load_settings(home=home, prefect_auth=None)
