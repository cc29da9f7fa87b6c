"""Every setting, its value and where the value came from.

A value is taken from the strongest place that names it:

1. the command line,
2. the environment (`AIGAQ_` and the key in capitals, `limits.pages` as `AIGAQ_LIMITS_PAGES`),
3. the file named by `AIGAQ_CONFIG`,
4. `aigaq.toml` in the archive's own folder,
5. `~/.config/aigaq/config.toml`,
6. `defaults.toml` beside this module.

What is not understood is refused, wherever it stands: an unknown key, a variable beginning with
`AIGAQ_` that is no setting, a value that cannot be read.
"""

from __future__ import annotations

import dataclasses
import difflib
import getpass
import os
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, get_type_hints

from aigaq.config.values import (
    address,
    choice,
    database,
    decimal,
    file,
    folder,
    integer,
    schedule,
    simple_name,
    size,
    text,
    words,
)

LANGUAGES = ("en", "ru", "kk")
CONFIG_VARIABLE = "AIGAQ_CONFIG"
_DEFAULTS = Path(__file__).with_name("defaults.toml")
_OWN_NAMES = {"prefect_api_url": "PREFECT_API_URL"}
"""Settings that already have a variable of their own in the program they are about."""


class InvalidSettingError(ValueError):
    """A setting that cannot be used: which key, what was written, where, and why not.

    The doors turn it into `SettingError`; this room imports nothing of ours.
    """

    def __init__(self, key: str, value: object, origin: str, reason: str, near: str = "") -> None:
        super().__init__(f"{key} = {value!r} ({origin}): {reason}")
        self.key, self.value, self.origin, self.reason, self.near = key, value, origin, reason, near


@dataclass(frozen=True, slots=True)
class Setting:
    """How a setting's written value is read, and what it is for in one line."""

    read: Callable[[object], object]
    purpose: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitSettings:
    """What one reading process may use before it is stopped and its file refused."""

    memory: Annotated[int, Setting(size(2**26, 2**40), "memory of one reading process")]
    seconds: Annotated[int, Setting(integer(1, 86_400), "seconds one reading step may take")]
    pixels: Annotated[int, Setting(integer(10_000, 10**10), "pixels of one image or drawn page")]
    pages: Annotated[int, Setting(integer(1, 10**7), "pages of one document")]
    page_seconds: Annotated[
        int, Setting(integer(1, 86_400), "seconds the recognition of one page may take")
    ]
    file_bytes: Annotated[int, Setting(size(2**20, 2**50), "size of any file a reader writes")]
    unpacked_bytes: Annotated[
        int, Setting(size(2**20, 2**50), "size of a packed document (DOCX, ODT) once unpacked")
    ]
    ratio: Annotated[
        int, Setting(integer(2, 100_000), "how many times its size a packed document may unpack to")
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class OcrSettings:
    """How scanned pages are read."""

    dpi: Annotated[int, Setting(integer(100, 1200), "dots per inch at which pages are drawn")]
    review_below: Annotated[
        float,
        Setting(decimal(0, 100), "mean confidence (0 to 100) below which a page waits for review"),
    ]
    languages: Annotated[
        tuple[str, ...],
        Setting(words(r"[A-Za-z][A-Za-z_/]{1,40}"), "tesseract data chosen from, by document"),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchSettings:
    """Which engine answers, and how answers are shown."""

    page_size: Annotated[int, Setting(integer(1, 1000), "hits shown at a time")]
    url: Annotated[
        str, Setting(address, "address of Elasticsearch; empty for the index in the home")
    ]
    index: Annotated[
        str,
        Setting(text(60), "what the names of our indexes in Elasticsearch begin with"),
    ]
    user: Annotated[str, Setting(text(), "user of Elasticsearch; empty for none, or an API key")]
    password_file: Annotated[str, Setting(file, "file that holds that user's password")]
    api_key_file: Annotated[str, Setting(file, "file that holds an API key of Elasticsearch")]
    ca_file: Annotated[
        str, Setting(file, "certificates that Elasticsearch is trusted by; empty for the system's")
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultSettings:
    """Where the bytes are. The store's keys come from boto3's own chain, never from here."""

    bucket: Annotated[str, Setting(text(), "bucket of an S3 store; empty for a folder in the home")]
    prefix: Annotated[
        str, Setting(text(), "what the names of our objects in the bucket begin with")
    ]
    endpoint: Annotated[str, Setting(address, "address of the S3 store; empty for AWS")]
    region: Annotated[str, Setting(text(), "region of the S3 store; empty for the store's own")]
    ca_file: Annotated[
        str, Setting(file, "certificates that the store is trusted by; empty for the system's")
    ]
    retention_days: Annotated[
        int, Setting(integer(0, 36_500), "days that Object Lock holds each blob; 0 for no lock")
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowSettings:
    """How work is given to Prefect's workers."""

    pool: Annotated[str, Setting(simple_name, "work pool of this archive's workers in Prefect")]
    verify_at: Annotated[
        str, Setting(schedule, "when workers verify, in cron's five fields, UTC; empty for never")
    ]
    ocr_at_once: Annotated[
        int,
        Setting(
            integer(0, 10_000),
            "files that all workers together recognise at once; 0 leaves it to Prefect's pages",
        ),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings, read once at the door and passed down as plain arguments."""

    home: Annotated[Path, Setting(folder, "folder of the archive")]
    language: Annotated[
        str, Setting(choice(*LANGUAGES), "language of messages and receipts: en, ru or kk")
    ]
    record: Annotated[
        str,
        Setting(
            database,
            "address of a PostgreSQL database, without password; empty for SQLite in the home",
        ),
    ]
    operator: Annotated[
        str, Setting(text(), "your name in the custody ledger; empty for the login name")
    ]
    workers: Annotated[int, Setting(integer(0, 1024), "processes at work; 0 for one per core")]
    prefect: Annotated[
        str,
        Setting(
            choice("auto", "never", "served"),
            "auto: run as Prefect flows when an API is set; served: leave ingests to its workers",
        ),
    ]
    prefect_api_url: Annotated[
        str, Setting(address, "address of Prefect's API; empty for local processes")
    ]
    limits: LimitSettings
    ocr: OcrSettings
    search: SearchSettings
    vault: VaultSettings
    flows: FlowSettings
    origins: Mapping[str, str]
    """Where each value came from, by key."""

    @classmethod
    def load(
        cls,
        environment: Mapping[str, str] = os.environ,
        command_line: Mapping[str, str] | None = None,
    ) -> Settings:
        """Read all places, the weakest first; `InvalidSettingError` for anything not understood."""
        user = list(_user_places(environment))
        named = list(_named_places(environment, command_line or {}))
        home, _ = _strongest([*user, *named])["home"]
        return _build(_strongest([*user, *_archive_places(home), *named]))

    def listing(self) -> Iterator[tuple[str, object, str, str]]:
        """Every (key, value, origin, purpose), in the order of the documentation."""
        for declared in declarations():
            value: object = self
            for part in declared.key.split("."):
                value = getattr(value, part)
            yield declared.key, value, self.origins[declared.key], declared.purpose


@dataclass(frozen=True, slots=True)
class Declaration:
    """One setting as declared: `key` is dotted as in a TOML file."""

    key: str
    read: Callable[[object], Any]
    purpose: str

    @property
    def variable(self) -> str:
        """The environment variable that sets it."""
        return _OWN_NAMES.get(self.key, "AIGAQ_" + self.key.replace(".", "_").upper())


_SECTIONS: Mapping[str, type[Any]] = {
    "limits": LimitSettings,
    "ocr": OcrSettings,
    "search": SearchSettings,
    "vault": VaultSettings,
    "flows": FlowSettings,
}


@lru_cache(maxsize=1)
def declarations() -> tuple[Declaration, ...]:
    """All settings there are."""
    found = []
    for section, owner in [("", Settings), *_SECTIONS.items()]:
        for name, hint in get_type_hints(owner, include_extras=True).items():
            for declared in getattr(hint, "__metadata__", ()):
                key = f"{section}.{name}".lstrip(".")
                found.append(Declaration(key, declared.read, declared.purpose))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Place:
    """Somewhere values are written; `origin(key)` names it for the operator."""

    values: Mapping[str, object]
    origin: Callable[[str], str]
    refused: Mapping[str, str] = dataclasses.field(default_factory=dict)


def _user_places(environment: Mapping[str, str]) -> Iterator[_Place]:
    yield _file(_DEFAULTS, "default")
    folder = environment.get("XDG_CONFIG_HOME") or str(Path("~/.config").expanduser())
    own = Path(folder, "aigaq", "config.toml")
    if own.is_file():
        yield _file(own, str(own))


def _archive_places(home: Path) -> Iterator[_Place]:
    own = home / "aigaq.toml"
    if own.is_file():
        yield _file(own, str(own), {"home": "an archive does not say where it is"})


def _named_places(
    environment: Mapping[str, str], command_line: Mapping[str, str]
) -> Iterator[_Place]:
    named = environment.get(CONFIG_VARIABLE)
    if named:
        yield _file(Path(named).expanduser(), f"{named}, named by {CONFIG_VARIABLE}")
    yield _environment(environment)
    yield _Place(dict(command_line), lambda key: f"command line, --{key}")


def _environment(environment: Mapping[str, str]) -> _Place:
    by_variable = {declared.variable: declared.key for declared in declarations()}
    for name, value in environment.items():
        if name.startswith("AIGAQ_") and name not in by_variable and name != CONFIG_VARIABLE:
            raise InvalidSettingError(
                name, value, "environment", "no such setting", _nearest(name, by_variable)
            )
    given = {key: environment[name] for name, key in by_variable.items() if name in environment}
    variables = {key: name for name, key in by_variable.items()}
    return _Place(given, lambda key: f"environment, {variables[key]}")


def _file(path: Path, origin: str, refused: Mapping[str, str] | None = None) -> _Place:
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        reason = f"the file cannot be read ({error.strerror})"
        raise InvalidSettingError(CONFIG_VARIABLE, str(path), origin, reason) from error
    except ValueError as error:  # TOMLDecodeError and UnicodeDecodeError are both ValueErrors
        raise InvalidSettingError(str(path), "", origin, f"not a TOML file: {error}") from error
    flat: dict[str, object] = {}
    for name, value in tables.items():
        if isinstance(value, dict):
            flat.update({f"{name}.{inner}": deeper for inner, deeper in value.items()})
        else:
            flat[name] = value
    return _Place(flat, lambda _: origin, refused or {})


def _strongest(places: list[_Place]) -> dict[str, tuple[Any, str]]:
    """Read every value of every place, so that a bad one hides nowhere; the last one counts."""
    known = {declared.key: declared for declared in declarations()}
    found: dict[str, tuple[Any, str]] = {}
    for place in places:
        for key, written in place.values.items():
            origin = place.origin(key)
            if key not in known:
                near = _nearest(key, known)
                raise InvalidSettingError(key, written, origin, "no such setting", near)
            if key in place.refused:
                raise InvalidSettingError(key, written, origin, place.refused[key])
            try:
                found[key] = (known[key].read(written), origin)
            except ValueError as error:
                reason = f"this is not {error}"
                raise InvalidSettingError(key, written, origin, reason) from error
    return found


def _build(found: Mapping[str, tuple[Any, str]]) -> Settings:
    flat = {key: value for key, (value, _) in found.items()}
    sections = {
        name: owner(**{f.name: flat.pop(f"{name}.{f.name}") for f in dataclasses.fields(owner)})
        for name, owner in _SECTIONS.items()
    }
    origins = {key: origin for key, (_, origin) in found.items()}
    if not flat["operator"]:
        flat["operator"], origins["operator"] = _login_name(), "login name"
    return Settings(**flat, **sections, origins=origins)


def _login_name() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user without a name; OSError from Python 3.13 on
        return f"uid {os.getuid()}"


def _nearest(name: str, known: Mapping[str, object]) -> str:
    """The setting that was probably meant: the same word in another section, or a near spelling."""
    last = name.rpartition(".")[2]
    elsewhere = [key for key in known if key.rpartition(".")[2] == last]
    return next(iter(elsewhere or difflib.get_close_matches(name, known, n=1)), "")
