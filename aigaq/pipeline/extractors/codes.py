"""The codes and treaties that are cited: their names in three languages and their sizes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from aigaq.pipeline.extractors.lexicon import GAP, any_of, data

#: An unlisted law, and "this code": read so that nothing else is taken for the law of an article.
OTHER = "OTHER"
SAME = "SAME"


@dataclass(frozen=True, slots=True)
class Code:
    """`articles` is the highest article number; `lends` says whether later articles may be its."""

    tag: str
    articles: int
    lends: bool


@cache
def codes() -> dict[str, Code]:
    """All codes by tag."""
    return {tag: Code(tag, row["articles"], row["context"]) for tag, row in data("codes").items()}


def possible(tag: str, article: str) -> bool:
    """Whether the code has an article of that number (`380-1` counts as 380); no code: True."""
    code = codes().get(tag)
    return code is None or 1 <= int(re.split(r"[-.]", article)[0]) <= code.articles


@cache
def code_pattern() -> str:
    """One group per code, named `name_TAG` or `short_TAG`, with country and "of the" around it."""
    words = data("citations")
    country = rf"(?:{GAP}(?:{any_of(words['country'])})\b)?"
    foreign = rf"(?:{GAP}(?P<foreign>{any_of(words['foreign'])})\b)?"
    before = rf"(?:(?:{any_of(words['country_before'])}){GAP})?"
    rows = data("codes").items()
    groups = [f"(?P<name_{tag}>{any_of(row['names'])})" for tag, row in rows if row["names"]]
    groups += [f"(?P<short_{tag}>{any_of(row['short'])})" for tag, row in rows if row.get("short")]
    # "This code" before the codes, the codes before unlisted laws: a longer name wins.
    groups.sort(key=lambda group: ("SAME>" not in group, "OTHER>" in group))
    return rf"\b{before}(?:{'|'.join(groups)})\b{country}{foreign}"
