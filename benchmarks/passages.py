"""Generated passages that search is measured on: words as in prose, persons, articles, dates.

30,000 word stems whose frequencies fall as in prose (Zipf), Russian endings, persons in five
spellings. The same seed gives the same passages.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import accumulate

from aigaq.archive.model import (
    Accession,
    Description,
    Digest,
    Item,
    Mention,
    MentionKind,
    Method,
    Passage,
    PassageKind,
    Restriction,
)

PASSAGES_AN_ITEM = 10
SEED = 20220105
_CONSONANTS, _VOWELS = "бвгдзклмнпрст", "аеиоу"
_ENDINGS = ("", "а", "у", "ом", "е", "ы", "ов", "ами", "ный", "ного", "ть", "ла")
_SURNAME_CASES = ("", "а", "у", "ым")
_ROMAN = str.maketrans(
    dict(zip("абвгдезиклмнопрстуф", "abvgdeziklmnoprstuf", strict=True)) | {"ж": "zh", "ш": "sh"}
)


@dataclass(frozen=True, slots=True)
class World:
    """Everything the passages are made of."""

    words: Sequence[str]
    weights: Sequence[float]
    surnames: Sequence[str]
    given: Sequence[str]


def world() -> World:
    """The one world that everything here is drawn from."""
    return _world(random.Random(SEED))


def _world(chance: random.Random) -> World:
    def syllables(least: int, most: int) -> str:
        count = chance.randint(least, most)
        return "".join(chance.choice(_CONSONANTS) + chance.choice(_VOWELS) for _ in range(count))

    words = list(dict.fromkeys(syllables(1, 4) + chance.choice("клмнрст") for _ in range(30_000)))
    surnames = [
        syllables(1, 3).capitalize() + chance.choice(("нов", "лев", "мин")) for _ in range(3_000)
    ]
    given = [syllables(1, 2).capitalize() + chance.choice("нлр") for _ in range(200)]
    weights = list(accumulate(1 / (rank + 2.7) for rank in range(len(words))))
    return World(words, weights, list(dict.fromkeys(surnames)), given)


def _written(chance: random.Random, world: World) -> str:
    """A person as papers write them."""
    surname, given = chance.choice(world.surnames), chance.choice(world.given)
    inflected = surname + chance.choice(_SURNAME_CASES)
    roman = surname.casefold().translate(_ROMAN).capitalize()
    return chance.choice(
        (surname, inflected, inflected, f"{surname} {given[0]}.", f"{given} {surname}", roman)
    )


def _text(chance: random.Random, world: World, sentences: range) -> tuple[str, list[Mention]]:
    """Sentences of about 18 words: three persons, of whom the extractor found two; an article."""
    parts: list[str] = []
    mentions: list[Mention] = []
    length = 0
    for at in range(chance.choice(sentences)):
        words = chance.choices(world.words, cum_weights=world.weights, k=chance.randint(10, 20))
        sentence = " ".join(word + chance.choice(_ENDINGS) for word in words)
        opening = f"{sentence.capitalize()}, "
        if at < 3:
            name = _written(chance, world)
            start = length + len(opening)
            if at < 2:
                role = chance.choice(("defendant", "witness", ""))
                person = {"name": name}
                end = start + len(name)
                mentions.append(Mention(MentionKind.PERSON, start, end, name, person, role))
            opening += name
        if at == 3:
            article = str(chance.randint(96, 470))
            start = length + len(opening) + 4
            law = {"law": "CC", "article": article, "part": "2"}
            end = start + len(article)
            mentions.append(Mention(MentionKind.ARTICLE, start, end, article, law))
            opening += f"ст. {article} ч. 2 УК РК"
        parts.append(f"{opening}. ")
        length += len(parts[-1])
    return "".join(parts), mentions


PAGES = range(5, 10)
"""Sentences of a page: about 130 words."""
TURNS = range(1, 5)
"""Sentences of a turn in a transcript: about 45 words."""
Made = tuple[Item, list[Passage], dict[int, list[Mention]]]


def items(count: int, sentences: range = PAGES) -> Iterator[Made]:
    """Items of ten passages each, so many passages in all, with their mentions by passage."""
    chance = random.Random(SEED)
    made_of = _world(chance)
    kinds, types = ("pdf", "docx", "image", "audio"), ("verdict", "indictment", "transcript", "")
    for number in range(count // PASSAGES_AN_ITEM):
        passages, mentions = [], {}
        for page in range(PASSAGES_AN_ITEM):
            text, found = _text(chance, made_of, sentences)
            passages.append(Passage(page, PassageKind.PAGE, text, Method.TEXT_LAYER, page=page + 1))
            mentions[page] = found
        day = f"2022-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
        sealed = Restriction.SEALED if number % 50 == 0 else Restriction.OPEN
        yield (
            Item(
                Accession(f"ARC-2026-{number + 1:06}"),
                Digest("sha256", "0" * 64),
                1,
                "B",
                f"file-{number}.pdf",
                datetime.now(UTC),
                chance.choice(kinds),
                (f"QAN-{chance.randint(1, 600):04}",),
                Description(chance.choice(types), day, "", "ru", sealed),
            ),
            passages,
            mentions,
        )
