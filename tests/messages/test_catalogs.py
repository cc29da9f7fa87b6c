"""Every text of the code speaks Russian and Kazakh, with the same blanks to fill."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message

from aigaq.messages import extract
from aigaq.messages.translator import CATALOGS, Translator, translator

TEXTS = extract.collect()


def blanks(text: str) -> set[str]:
    """The names in braces, which `format` fills."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def pairs(catalog: Catalog) -> list[tuple[str, str]]:
    """Every text with each form of its translation."""
    found = []
    for message in catalog:
        if message.id:
            original = extract.forms(message.id)[-1]
            found += [(original, form) for form in extract.forms(message.string)]
    return found


@pytest.mark.parametrize("language", extract.TRANSLATED)
def test_every_text_of_the_code_is_translated(language: str) -> None:
    catalog = extract.load(language)
    known = {message.id: message for message in catalog}
    missing = [message.id for message in TEXTS if message.id and message.id not in known]
    assert missing == [], "run: make messages"
    assert [message.id for message in extract.untranslated(catalog)] == []


@pytest.mark.parametrize("language", extract.TRANSLATED)
def test_no_translation_is_of_a_text_that_is_gone(language: str) -> None:
    wanted = {message.id for message in TEXTS}
    assert [message.id for message in extract.load(language) if message.id not in wanted] == []


@pytest.mark.parametrize("language", extract.TRANSLATED)
def test_a_translation_has_the_blanks_of_its_text(language: str) -> None:
    for original, translated in pairs(extract.load(language)):
        assert blanks(translated) == blanks(original), original


SHARED = {"= {item}"}


@pytest.mark.parametrize("language", extract.TRANSLATED)
def test_a_translation_is_in_cyrillic_and_ends_as_its_text(language: str) -> None:
    for original, translated in pairs(extract.load(language)):
        if original in SHARED:
            continue
        assert re.search("[а-яёәғқңөұүһі]", translated, re.IGNORECASE), original
        assert translated.endswith(".") == original.endswith("."), original


KAZAKH_LETTERS = set("әғқңөұүһі")


def test_kazakh_is_written_with_all_its_letters() -> None:
    used = "".join(translated for _, translated in pairs(extract.load("kk"))).casefold()
    assert KAZAKH_LETTERS - {"һ"} <= set(used)


PLURALS = [
    ("en", 1, "1 hit"),
    ("en", 2, "2 hits"),
    ("ru", 1, "1 результат"),
    ("ru", 3, "3 результата"),
    ("ru", 5, "5 результатов"),
    ("ru", 11, "11 результатов"),
    ("ru", 21, "21 результат"),
    ("ru", 112, "112 результатов"),
    ("kk", 1, "1 нәтиже"),
    ("kk", 5, "5 нәтиже"),
]


@pytest.mark.parametrize(("language", "number", "expected"), PLURALS)
def test_numbers_take_the_form_of_the_language(language: str, number: int, expected: str) -> None:
    texts = translator(language)
    assert texts.ngettext("{n} hit", "{n} hits", number).format(n=number) == expected


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_the_empty_text_stays_empty(language: str) -> None:
    assert translator(language).gettext("") == ""


def test_an_unknown_text_comes_back_as_it_was() -> None:
    assert translator("ru").gettext("a reason no catalog knows") == "a reason no catalog knows"


@pytest.mark.parametrize("language", ["de", "", "../ru", "ru.po"])
def test_a_language_without_a_catalog_is_refused(language: str) -> None:
    with pytest.raises(ValueError, match="no catalog"):
        translator(language)


def test_a_translator_is_a_value() -> None:
    assert isinstance(translator("ru"), Translator)
    assert translator("ru") is translator("ru")


@pytest.fixture
def catalogs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the catalogs, to change."""
    for language in extract.TRANSLATED:
        original = CATALOGS / f"{language}.po"
        (tmp_path / original.name).write_bytes(original.read_bytes())
    monkeypatch.setattr(extract, "CATALOGS", tmp_path)
    return tmp_path


def test_updating_an_up_to_date_catalog_changes_nothing(catalogs: Path) -> None:
    before = (catalogs / "ru.po").read_bytes()
    assert extract.update("ru", TEXTS) == []
    assert (catalogs / "ru.po").read_bytes() == before


def test_updating_adds_new_texts_and_drops_old_ones(catalogs: Path) -> None:
    texts = Catalog()
    texts.add("stopped")
    texts.add(("{n} new thing", "{n} new things"))
    assert extract.update("ru", texts) == ["{n} new thing / {n} new things"]
    catalog = extract.load("ru")
    assert {message.id for message in catalog if message.id} == {
        "stopped",
        ("{n} new thing", "{n} new things"),
    }
    stopped = catalog.get("stopped")
    assert isinstance(stopped, Message)
    assert stopped.string == "остановлено"


def test_texts_are_collected_from_every_kind_of_call(tmp_path: Path) -> None:
    (tmp_path / "module.py").write_text(
        '_("a")\nN_("b")\nsay("c")\nx.gettext("d")\nx.ngettext("e", "es", 2)\n'
        'Setting(text(), "f")\nother("g")\nsay(f"h{1}")\n'
    )
    found = {message.id for message in extract.collect(tmp_path) if message.id}
    assert found == {"a", "b", "c", "d", ("e", "es"), "f"}
