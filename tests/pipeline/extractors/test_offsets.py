"""Offsets are sacred, whatever the reader or the scanner made of the text."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aigaq.pipeline.extractors import EXTRACTORS, VERSION, extract, warm
from aigaq.pipeline.extractors.folding import fold

TEXT = (
    "ПРИГОВОР\nИменем Республики Казахстан\n5 января 2022 года Алмалинский районный суд № 2 "
    "г. Алматы, дело № 1-45/2022, признал Лиманова Петра Сергеевича виновным по ч. 2 ст. 272, "
    "ст. 287 УК РК.\n\nСудья: Подсудимый Ёлкин, встаньте.\nСотталушы Қ. Әлімов: ҚР ҚК "
    "272-бабының 2-бөлігі бойынша 2022 жылғы 6 қаңтарда.\nJudge Carter: Article 35 (part 3(11)) "
    "of the CPC, January 7th, 2022, Nariman-uly."
)
ODDITIES = ["\u00ad", "\u0301", "\u0306", "\u200b", "\ufeff", "-\n", "\n", "\n\n", "\u00a0", "😀",
            "ё", "İ", "ß", "\u00ad\n", "\r\n", "«", "(", ".", "é", "Ǆ", "\u202e", "  "]  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn) -> str:
    text = list(TEXT)
    for _ in range(draw(st.integers(1, 25))):
        place = draw(st.integers(0, len(text)))
        text.insert(place, draw(st.sampled_from(ODDITIES)))
    whole = "".join(text)
    start = draw(st.integers(0, len(whole)))
    whole = whole[start:] + whole[:start]
    return unicodedata.normalize("NFD", whole) if draw(st.booleans()) else whole


def check(text: str) -> None:
    for mention in extract(text):
        assert text[mention.start : mention.end] == mention.raw
        assert mention.start < mention.end
        if mention.kind == "turn":
            start, end = mention.value["text_start"], mention.value["text_end"]
            assert mention.start <= start < end <= mention.end


@settings(max_examples=60, deadline=None)
@given(mutated())
def test_every_mention_reads_back_in_damaged_text(text: str) -> None:
    check(text)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_every_mention_reads_back_in_any_text(text: str) -> None:
    check(text)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=st.sampled_from("аяйи\u0306\u0301\u00ad-\n abcё«2İ"), max_size=60))
def test_folding_maps_every_character_back(text: str) -> None:
    folded = fold(text)
    assert len(folded.plain) == len(folded.lower)
    last = 0
    for place in range(len(folded.plain)):
        start, end = folded.span(place, place + 1)
        assert last <= start < end <= len(text)
        last = start


@pytest.mark.parametrize(
    ("damaged", "kind", "raw"),
    [
        ("Подсудимый Лима\u00adнов И.И. молчал", "person", "Лима\u00adнов И.И."),
        ("Подсудимый Ли-\nманов И.И. молчал", "person", "Ли-\nманов И.И."),
        ("Подсудимый Лиманов\nПётр Сергеевич", "person", "Лиманов\nПётр Сергеевич"),
        (unicodedata.normalize("NFD", "ҚР ҚК 380-1-бабы й"), "article",
         unicodedata.normalize("NFD", "ҚР ҚК 380-1-бабы")),
        ("по ст.\u00a0272\nч.\u00a02 УК\u00a0РК", "article", "ст.\u00a0272\nч.\u00a02 УК\u00a0РК"),
        ("с 5 янва-\nря 2022 года", "date", "5 янва-\nря 2022 года"),
        ("по cт. 272 УК", "article", "cт. 272 УК"),  # a Latin c, as OCR writes it
        ("272-\nбабының 2-бөлігі", "article", "272-\nбабының 2-бөлігі"),
    ],
)  # fmt: skip
def test_damage_does_not_hide_a_mention(damaged: str, kind: str, raw: str) -> None:
    assert raw in [mention.raw for mention in extract(damaged) if mention.kind == kind]


@pytest.mark.parametrize("piece", ["а", " ", "1", "(", "А.", "5 ", "ст. 1, ", "\n", "1-", "№ "])
def test_no_text_makes_a_pattern_run_away(piece: str) -> None:
    text = piece * (200_000 // len(piece))
    warm()
    begun = time.process_time()
    extract(text)
    assert time.process_time() - begun < 20, "linear takes about 2 s for this on a slow machine"


def test_mentions_are_sorted_and_name_their_rule() -> None:
    mentions = extract(TEXT)
    assert [(m.start, m.end) for m in mentions] == sorted((m.start, m.end) for m in mentions)
    assert {m.rule for m in mentions} <= {extractor.rule for extractor in EXTRACTORS}
    assert all(extractor.rule in VERSION for extractor in EXTRACTORS)
    assert {m.kind for m in mentions} >= {
        "person",
        "article",
        "date",
        "case_number",
        "court",
        "turn",
    }


def test_an_extractor_alone_gives_the_same() -> None:
    together = extract(TEXT)
    alone = [mention for extractor in EXTRACTORS for mention in extractor(TEXT)]
    assert sorted(alone, key=repr) == sorted(together, key=repr)
