"""Bring the catalogs up to date: `python -m aigaq.messages.extract`.

Every text in the code that stands inside one of `KEYWORDS` is collected; new ones are added to
`ru.po` and `kk.po` untranslated, those no longer used are dropped, translations stay.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from aigaq import __version__
from aigaq.messages.translator import CATALOGS

PACKAGE = CATALOGS.parent
TRANSLATED = ("ru", "kk")
KEYWORDS = {
    "_": None,
    "N_": None,
    "say": None,
    "gettext": None,
    "ngettext": (1, 2),
    "RefusedError": None,  # a reason that stands in receipts; one with figures in it stays English
    "Setting": (2,),  # the purpose of a setting: Setting(read, purpose)
}


_HEADER: dict[str, Any] = {
    "project": "aigaq",
    "version": __version__,
    "header_comment": "# What Aigaq says. `make messages` keeps the texts up to date.",
    "msgid_bugs_address": "the maintainers",
    "last_translator": "the maintainers",
    "language_team": "the maintainers",
    "creation_date": datetime(2026, 11, 22, tzinfo=UTC),
    "revision_date": datetime(2026, 11, 22, tzinfo=UTC),
}


def collect(package: Path = PACKAGE) -> Catalog:
    """All texts of the code as a catalog without translations; the places stand beside them."""
    catalog = Catalog(project="aigaq", charset="utf-8")
    found = extract_from_dir(
        package, method_map=[("**.py", "python")], keywords=KEYWORDS, comment_tags=("Translators:",)
    )
    for file, line, message, comments, context in found:
        catalog.add(message, locations=[(file, line)], auto_comments=comments, context=context)
    return catalog


def load(language: str) -> Catalog:
    """The translations of one language as they stand in its file."""
    with (CATALOGS / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language)


def update(language: str, texts: Catalog) -> list[str]:
    """Bring one language's file up to date; returns the texts that still want translating."""
    path = CATALOGS / f"{language}.po"
    catalog = load(language) if path.exists() else Catalog(locale=language, **_HEADER)
    catalog.update(texts, no_fuzzy_matching=True, update_creation_date=False)
    catalog.obsolete.clear()
    catalog.fuzzy = False
    with path.open("wb") as file:
        write_po(file, catalog, width=100, no_location=True, sort_output=True, omit_header=False)
    return [" / ".join(forms(message.id)) for message in untranslated(catalog)]


def untranslated(catalog: Catalog) -> Iterator[Message]:
    """The messages that lack a translation, or one of its plural forms, or are only guessed."""
    for message in catalog:
        if message.id and (message.fuzzy or not all(forms(message.string))):
            yield message


def forms(text: str | Iterable[str | None] | None) -> list[str]:
    """The forms of a text or translation: one, or one for each plural; "" where there is none."""
    if text is None or isinstance(text, str):
        return [text or ""]
    return [form or "" for form in text]


def main() -> None:
    texts = collect()
    for language in TRANSLATED:
        missing = update(language, texts)
        print(f"{language}: {len(texts)} texts, {len(missing)} without translation")
        for text in missing:
            print(f"  {text}")


if __name__ == "__main__":
    main()
