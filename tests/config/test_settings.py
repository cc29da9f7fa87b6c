"""Every value knows where it came from, and what is not understood is refused."""

from __future__ import annotations

import dataclasses
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

from aigaq.config.settings import (
    InvalidSettingError,
    Settings,
    declarations,
)

GIB = 2**30


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """An environment that reads no file of the machine the test runs on."""
    return {"XDG_CONFIG_HOME": str(tmp_path / "config"), "AIGAQ_HOME": str(tmp_path / "home")}


def write(file: Path, text: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
    return file


def test_defaults_name_every_setting_and_nothing_else() -> None:
    tables = tomllib.loads(files("aigaq.config").joinpath("defaults.toml").read_text("utf-8"))
    written = {
        f"{section}.{name}"
        for section, inner in tables.items()
        if isinstance(inner, dict)
        for name in inner
    } | {name for name, value in tables.items() if not isinstance(value, dict)}
    assert written == {declared.key for declared in declarations()}


def test_without_anything_said_the_defaults_hold(environment: dict[str, str]) -> None:
    settings = Settings.load(environment)
    assert settings.limits.memory == 2 * GIB
    assert settings.ocr.languages == ("Cyrillic", "eng")
    assert settings.origins["limits.memory"] == "default"
    assert settings.origins["home"] == "environment, AIGAQ_HOME"


def test_an_operator_without_a_name_is_called_by_the_login(environment: dict[str, str]) -> None:
    settings = Settings.load(environment)
    assert settings.operator != ""
    assert settings.origins["operator"] == "login name"


PLACES = ["default", "user", "archive", "named", "environment", "command line"]


@pytest.mark.parametrize("strongest", range(len(PLACES)), ids=PLACES)
def test_the_strongest_place_wins(
    strongest: int, environment: dict[str, str], tmp_path: Path
) -> None:
    command_line = {"home": environment.pop("AIGAQ_HOME")}
    if strongest >= 1:
        write(tmp_path / "config" / "aigaq" / "config.toml", 'language = "ru"')
    if strongest >= 2:
        write(tmp_path / "home" / "aigaq.toml", 'language = "kk"')
    if strongest >= 3:
        environment["AIGAQ_CONFIG"] = str(write(tmp_path / "own.toml", 'language = "ru"'))
    if strongest >= 4:
        environment["AIGAQ_LANGUAGE"] = "kk"
    if strongest >= 5:
        command_line["language"] = "ru"
    settings = Settings.load(environment, command_line)
    assert settings.language == ["en", "ru", "kk", "ru", "kk", "ru"][strongest]
    expected = [
        "default",
        str(tmp_path / "config" / "aigaq" / "config.toml"),
        str(tmp_path / "home" / "aigaq.toml"),
        f"{tmp_path / 'own.toml'}, named by AIGAQ_CONFIG",
        "environment, AIGAQ_LANGUAGE",
        "command line, --language",
    ]
    assert settings.origins["language"] == expected[strongest]


REFUSED = [
    ("AIGAQ_WORKERS", "many", "a whole number from 0 to 1024"),
    ("AIGAQ_WORKERS", "-1", "a whole number from 0 to 1024"),
    ("AIGAQ_WORKERS", "2.5", "a whole number from 0 to 1024"),
    ("AIGAQ_WORKERS", "", "a whole number from 0 to 1024"),
    ("AIGAQ_LANGUAGE", "de", "one of en, ru, kk"),
    ("AIGAQ_PREFECT", "maybe", "one of auto, never"),
    ("AIGAQ_LIMITS_MEMORY", "a lot", "such as 512 MB or 2 GiB"),
    ("AIGAQ_LIMITS_MEMORY", "1 kB", "such as 512 MB or 2 GiB"),
    ("AIGAQ_OCR_REVIEW_BELOW", "101", "a number from 0 to 100"),
    ("AIGAQ_OCR_REVIEW_BELOW", "nan", "a number from 0 to 100"),
    ("AIGAQ_OCR_LANGUAGES", "../../etc/passwd", "a list of words"),
    ("AIGAQ_OPERATOR", "two\nlines", "one line of text"),
    ("AIGAQ_HOME", "", "a folder"),
    ("AIGAQ_HOME", "~nobody-by-that-name/archive", "a folder of a user this machine knows"),
    ("PREFECT_API_URL", "ftp://example.org", "begins with http:// or https://"),
    ("AIGAQ_OPERATOR", "x" * 201, "at most 200 characters"),
    ("AIGAQ_SEARCH_URL", "https://aigaq:secret@search.example:9200", "without a password"),
    ("AIGAQ_RECORD", "postgresql://aigaq:secret@db.example/aigaq", "without a password"),
    ("AIGAQ_RECORD", "postgresql://db.example/aigaq?password=secret", "without a password"),
    ("AIGAQ_RECORD", "mysql://db.example/aigaq", "an address such as postgresql://"),
    ("AIGAQ_VAULT_CA_FILE", "a\0b", "a file"),
]


@pytest.mark.parametrize(("variable", "value", "told"), REFUSED)
def test_a_malformed_variable_is_refused_by_name(
    variable: str, value: str, told: str, environment: dict[str, str]
) -> None:
    environment[variable] = value
    with pytest.raises(InvalidSettingError) as refused:
        Settings.load(environment)
    assert told in str(refused.value)
    assert variable in str(refused.value)
    assert repr(value) in str(refused.value)


def test_an_unknown_variable_is_refused_and_the_near_one_named(
    environment: dict[str, str],
) -> None:
    environment["AIGAQ_LIMIT_PAGES"] = "10"
    with pytest.raises(InvalidSettingError) as refused:
        Settings.load(environment)
    assert refused.value.near == "AIGAQ_LIMITS_PAGES"


BAD_FILES = {
    "an unknown key": ("langage = 'ru'", "no such setting", "language"),
    "a key in the wrong section": ("[ocr]\npages = 3", "no such setting", "limits.pages"),
    "a table for a value": ("[language]\nru = true", "no such setting", "language"),
    "a word for a number": ("workers = true", "a whole number from 0 to 1024", ""),
    "a number for a word": ("language = 5", "one of en, ru, kk", ""),
    "a list of numbers": ("[ocr]\nlanguages = [1, 2]", "a list of words", ""),
    "an empty list": ("[ocr]\nlanguages = []", "a list of words", ""),
    "no TOML": ("language: ru", "not a TOML file", ""),
}


@pytest.mark.parametrize("case", BAD_FILES)
def test_a_bad_file_is_refused_and_named(
    case: str, environment: dict[str, str], tmp_path: Path
) -> None:
    text, told, near = BAD_FILES[case]
    file = write(tmp_path / "config" / "aigaq" / "config.toml", text)
    with pytest.raises(InvalidSettingError) as refused:
        Settings.load(environment)
    assert told in str(refused.value)
    assert str(file) in str(refused.value)
    assert refused.value.near == near


def test_a_bad_value_hides_behind_no_stronger_one(
    environment: dict[str, str], tmp_path: Path
) -> None:
    write(tmp_path / "config" / "aigaq" / "config.toml", "workers = 'x'")
    with pytest.raises(InvalidSettingError):
        Settings.load({**environment, "AIGAQ_WORKERS": "2"})


def test_a_file_that_is_not_utf8_is_refused(environment: dict[str, str], tmp_path: Path) -> None:
    file = write(tmp_path / "config" / "aigaq" / "config.toml", "")
    file.write_bytes('operator = "Айғақ"'.encode("cp1251", "replace"))
    with pytest.raises(InvalidSettingError, match="not a TOML file"):
        Settings.load(environment)


def test_a_named_file_must_be_there(environment: dict[str, str], tmp_path: Path) -> None:
    environment["AIGAQ_CONFIG"] = str(tmp_path / "nowhere.toml")
    with pytest.raises(InvalidSettingError, match="cannot be read"):
        Settings.load(environment)


def test_an_archive_does_not_say_where_it_is(environment: dict[str, str], tmp_path: Path) -> None:
    write(tmp_path / "home" / "aigaq.toml", 'home = "/elsewhere"')
    with pytest.raises(InvalidSettingError, match="does not say where it is"):
        Settings.load(environment)


SIZES = [("512 MB", 512_000_000), ("2GiB", 2 * GIB), ("1.5 gb", 1_500_000_000), (GIB, GIB)]


@pytest.mark.parametrize(("written", "meant"), SIZES)
def test_sizes_are_written_as_people_write_them(
    written: str | int, meant: int, environment: dict[str, str], tmp_path: Path
) -> None:
    value = f'"{written}"' if isinstance(written, str) else written
    write(tmp_path / "config" / "aigaq" / "config.toml", f"[limits]\nmemory = {value}")
    assert Settings.load(environment).limits.memory == meant


@pytest.mark.parametrize("written", ["rus+kaz", "rus, kaz", "rus kaz"])
def test_languages_in_a_variable(written: str, environment: dict[str, str]) -> None:
    environment["AIGAQ_OCR_LANGUAGES"] = written
    assert Settings.load(environment).ocr.languages == ("rus", "kaz")


def test_settings_are_frozen(environment: dict[str, str]) -> None:
    settings = Settings.load(environment)
    with pytest.raises(dataclasses.FrozenInstanceError):
        settings.language = "ru"  # type: ignore[misc]


def test_the_listing_has_every_setting_once(environment: dict[str, str]) -> None:
    listed = [key for key, _, _, _ in Settings.load(environment).listing()]
    assert listed == [declared.key for declared in declarations()]
