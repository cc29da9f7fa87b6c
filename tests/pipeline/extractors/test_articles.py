"""Articles of codes: tables in three languages. (law, article, part, point), * = implied law."""

from __future__ import annotations

import pytest

from aigaq.pipeline.extractors.articles import ARTICLES

CITATIONS = [
    # Russian
    ("ст. 272 ч. 2 УК РК", ["CC 272 2 -"]),
    ("по ст.ст. 272, 287", ["- 272 - -", "- 287 - -"]),
    ("п. 2 ч. 1 ст. 35 УПК", ["CPC 35 1 2"]),
    ("статьёй 188 частью второй пунктом 3) Уголовного кодекса РК", ["CC 188 2 3"]),
    ("ст.ст. 387-389 УПК", ["CPC* 387 - -", "CPC* 388 - -", "CPC 389 - -"]),
    ("частью 2 ст. 24 Уголовного кодекса Республики Казахстан", ["CC 24 2 -"]),
    ("по ч. 3 ст. 24, п.п. 1, 5 ч. 2 ст. 99 УК РК", ["CC* 24 3 -", "CC 99 2 1", "CC 99 2 5"]),
    ("ст.ст. 24 ч. 3, 99 ч. 2 п. 1 УК РК", ["CC* 24 3 -", "CC 99 2 1"]),
    ("частью 2 статьи 272, частью 4 статьи 287 Уголовного кодекса", ["CC* 272 2 -", "CC 287 4 -"]),
    ("ст. 272 ч.2 УК РК и ст. 35 УПК РК", ["CC 272 2 -", "CPC 35 - -"]),
    ("ст. 272 (массовые беспорядки) УК РК", ["CC 272 - -"]),
    ("статьи 272 (часть вторая) УК", ["CC 272 2 -"]),
    ("по статье двести семьдесят второй части второй", ["- 272 2 -"]),
    ("ст. 488 КоАП", ["CAO 488 - -"]),
    ("272, 287 УК РК", ["CC* 272 - -", "CC 287 - -"]),
    ("ст. 380-1 ч. 2 УК", ["CC 380-1 2 -"]),
    ("ст. 380¹ УК РК", ["CC 380-1 - -"]),
    # Kazakh
    ("ҚР ҚК 272-бабының 2-бөлігі", ["CC 272 2 -"]),
    ("ҚПК 35-бап 1-бөлік 2-тармақ", ["CPC 35 1 2"]),
    ("ҚР ҚК-нің 188-бабының 2-бөлігінің 1), 2)-тармақтары", ["CC 188 2 1", "CC 188 2 2"]),
    ("Қылмыстық кодексінің 272, 287-баптары", ["CC 272 - -", "CC* 287 - -"]),
    ("ҚК 272-бабының 2-бөлігі, 287-бабының 1-бөлігі", ["CC 272 2 -", "CC* 287 1 -"]),
    ("272-баптың екінші бөлігі", ["- 272 2 -"]),
    ("жүз алтыншы бабы", ["- 106 - -"]),
    ("Қылмыстық кодекстің 380-1-бабының 2-бөлігімен", ["CC 380-1 2 -"]),
    ("ӘҚБтК 488-бабы", ["CAO 488 - -"]),
    # English
    ("Article 35 (part 3(11) and part 4) of the CPC", ["CPC 35 3 11", "CPC 35 4 -"]),
    ("Articles 272, 287 and 255", ["- 272 - -", "- 287 - -", "- 255 - -"]),
    ("Article 272.1", ["- 272 1 -"]),
    ("380-1 p.2", ["- 380-1 2 -"]),
    ("part 2 of Article 272 of the Criminal Code of Kazakhstan", ["CC 272 2 -"]),
    ("paragraph 3) of part one of Article 35 of the Criminal Procedure Code", ["CPC 35 1 3"]),
    ("under articles 272 (2) and 380-1 (2) of the Criminal Code", ["CC* 272 2 -", "CC 380-1 2 -"]),
    # treaties: a paragraph is their part
    ("Article 9, paragraph 1, of the International Covenant on Civil and Political Rights",
     ["ICCPR 9 1 -"]),
    ("Article 14 (3) (d) ICCPR", ["ICCPR 14 3 d"]),
    ("Articles 1 and 16 of the Convention against Torture", ["CAT* 1 - -", "CAT 16 - -"]),
]  # fmt: skip

NONE = [
    "одна статья, две статьи, 2 статьи расходов",
    "екі бап, бір бөлік",
    "three articles in the newspaper, part 2 of the film",
    "дело № 7594-22-00-1/123 от 05.01.2022, п. 2 договора",
    "часть 5571, в ч. 2 суток",
    "5 лет 6 месяцев, 272 человека",
]


def rows(text: str) -> list[str]:
    found = []
    for mention in ARTICLES(text):
        assert text[mention.start : mention.end] == mention.raw
        value = mention.value
        law = (value["law"] or "-") if not value.get("implied") else f"{value['law']}*"
        found.append(f"{law} {value['article']} {value['part'] or '-'} {value['point'] or '-'}")
    return found


@pytest.mark.parametrize(("text", "expected"), CITATIONS)
def test_every_form_down_to_the_point(text: str, expected: list[str]) -> None:
    assert rows(text) == expected


@pytest.mark.parametrize("text", NONE)
def test_numbers_of_something_else_are_no_articles(text: str) -> None:
    assert rows(text) == []


def test_spans_carry_one_item_each() -> None:
    raws = [mention.raw for mention in ARTICLES("по ч. 2 ст. 272, 287 и ст. 255 УК РК осуждены")]
    assert raws == ["ч. 2 ст. 272", "287", "ст. 255 УК РК"]


def test_a_code_named_earlier_is_implied_if_it_has_the_article() -> None:
    text = "Уголовный кодекс назван. Статья 287 и статья 500."
    assert rows(text) == ["CC* 287 - -", "- 500 - -"]


def test_this_code_is_the_one_named_last() -> None:
    assert rows("УПК РК. В силу ст. 35 настоящего Кодекса") == ["CPC* 35 - -"]


def test_an_unlisted_or_foreign_law_lends_no_tag() -> None:
    assert rows("УК РК. ст. 5 Закона РК «О полиции»; ст. 105 УК РФ") == ["- 5 - -", "- 105 - -"]


@pytest.mark.parametrize(("text", "known"), [("ст. 467 УК", None), ("ст. 468 УК", False)])
def test_an_impossible_number_is_marked(text: str, known: bool | None) -> None:
    assert ARTICLES(text)[0].value.get("known") is known


def test_sentence_of_years_after_an_article_is_no_article() -> None:
    assert rows("осуждён по ст. 272 и 5 годам лишения свободы") == ["- 272 - -"]
