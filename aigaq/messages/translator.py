"""From an English text in the code to the reader's language."""

from __future__ import annotations

import gettext
import io
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

CATALOGS = Path(__file__).parent
SOURCE_LANGUAGE = "en"


def N_(message: str) -> str:
    """Mark a text for the catalogs where it stands; it is translated where it is shown."""
    return message


@dataclass(frozen=True, slots=True)
class Translator:
    """The texts of one language. A text without translation comes back as it was."""

    language: str
    _texts: gettext.NullTranslations

    def gettext(self, message: str) -> str:
        """The text in this language. The empty text stays empty (gettext means its header)."""
        return self._texts.gettext(message) if message else ""

    def ngettext(self, one: str, many: str, number: int) -> str:
        """The form of the text that goes with `number` in this language."""
        return self._texts.ngettext(one, many, number)


@lru_cache(maxsize=8)
def translator(language: str) -> Translator:
    """The translator for `en`, `ru` or `kk`; `ValueError` for a language without a catalog."""
    if language == SOURCE_LANGUAGE:
        return Translator(language, gettext.NullTranslations())
    path = CATALOGS / f"{language}.po"
    if not language.isalpha() or not path.is_file():
        raise ValueError(f"no catalog for the language {language!r}")
    return Translator(language, _read_catalog(path))


def _read_catalog(path: Path) -> gettext.GNUTranslations:
    # Babel takes 0.15 s to import and most people work in one language without it.
    from babel.messages.mofile import write_mo  # noqa: PLC0415
    from babel.messages.pofile import read_po  # noqa: PLC0415

    with path.open("rb") as file:
        catalog = read_po(file, locale=path.stem)
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
