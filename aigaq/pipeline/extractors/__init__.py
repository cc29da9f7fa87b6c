"""Text in, mentions out: what a text of court papers says of whom, of when and of which law.

`EXTRACTORS` is all that runs; to see it, read one line.
"""

from __future__ import annotations

from importlib.resources import files

from aigaq.archive.model import Mention
from aigaq.pipeline.extractors.articles import ARTICLES
from aigaq.pipeline.extractors.case_numbers import CASE_NUMBERS
from aigaq.pipeline.extractors.courts import COURTS
from aigaq.pipeline.extractors.dates import DATES
from aigaq.pipeline.extractors.extractor import Extractor
from aigaq.pipeline.extractors.folding import fold
from aigaq.pipeline.extractors.persons import PERSONS
from aigaq.pipeline.extractors.turns import TURNS

EXTRACTORS: tuple[Extractor, ...] = (PERSONS, ARTICLES, DATES, CASE_NUMBERS, COURTS, TURNS)

#: Changes whenever one of the extractors does.
VERSION = " ".join(extractor.rule for extractor in EXTRACTORS)


def extract(text: str, *, language: str = "") -> list[Mention]:
    """All mentions of a text, sorted by span; `text[mention.start:mention.end] == mention.raw`.

    `language` ("ru", "kk", "en") is a hint, not needed: papers change language within a sentence.
    """
    del language
    folded = fold(text)
    mentions = [mention for extractor in EXTRACTORS for mention in extractor.mentions(folded)]
    return sorted(mentions, key=lambda mention: (mention.start, mention.end, mention.kind))


def warm() -> None:
    """Load models, data files and patterns, once a process.

    Patterns are compiled when first met, half a second of them: a text that meets most of them, in
    all three languages, spares each confined child that half second.
    """
    text = files("aigaq.pipeline.extractors").joinpath("data/warm.txt")
    extract(text.read_text(encoding="utf-8"))
