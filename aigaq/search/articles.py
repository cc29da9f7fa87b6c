"""Articles of law as people type them into a query, and the tokens they are found by.

An article is indexed under every depth it is known to, with and without its law:
`CC:272:2:3` also as `CC:272:2`, `CC:272`, `272:2:3`, `272:2`, `272`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

LAWS = {
    "CC": ("cc", "ук", "қк", "criminal code", "уголовный кодекс", "қылмыстық кодекс"),
    "CPC": ("cpc", "упк", "қпк", "criminal procedure code"),
    "CAO": ("cao", "коап", "әқбтк", "кобап", "code of administrative offences"),
    "ICCPR": ("iccpr", "мпгпп", "ақсхп"),
    "CAT": ("cat",),
}
"""Law codes of the record and how they are written in three languages."""
_LAW_OF = {spelling: law for law, spellings in LAWS.items() for spelling in spellings}
_LAW = re.compile(
    r"(?<!\w)(" + "|".join(sorted(map(re.escape, _LAW_OF), key=len, reverse=True)) + r")(?!\w)"
)
_COUNTRY = re.compile(r"(?<!\w)(?:рк|қр|rk|of|the|республики казахстан)(?!\w)")
_PART = re.compile(
    r"(?:ч\.?|част[ьи]ю?|part|p\.)\s*(\d+(?:-\d+)?)"
    r"|(\d+)\s*-?\s*(?:бөлі[кг]\w*|ч\b(?!\.?\s*\d))"
)
_POINT = re.compile(
    r"(?:п\.|пункт\w*|point|subpara\w*|тармақ\w*)\s*(\d+|[а-яa-z])\b|(\d+)\s*-?\s*тарма[қғ]\w*"
)
_ARTICLE = re.compile(
    r"(?:ст\.?|стать\w*|art\.?|article)?\s*(\d+(?:[-.]\d+)?)\s*(?:-?\s*ба[пб]\w*)?"
)
_CODED = re.compile(r"(?:([^\W\d_]+)[-: ])?(\d+)((?:[-:.]\d+){0,3})")
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class ArticleQuery:
    """Tokens of which any one is what was asked for."""

    tokens: tuple[str, ...]


def token(law: str, *depths: str) -> str:
    """The token of an article: `token("CC", "272", "2")` is `CC:272:2`."""
    return ":".join(part for part in (law, *depths) if part)


def index_tokens(article: str) -> frozenset[str]:
    """All tokens of one `CC:272:2:3`: every depth, with and without law.

    A paper that names no law gives `272:2`: it is found by the number alone.
    """
    parts = article.split(":")
    law, depths = (parts[0], parts[1:]) if parts[0].isalpha() else ("", parts)
    found = set()
    for deep in range(1, len(depths) + 1):
        found.add(token(law, *depths[:deep]))
        found.add(token("", *depths[:deep]))
    return frozenset(found)


def parse_article(written: str) -> ArticleQuery | None:
    """`272`, `CC-272-2`, `380-1`, `272 ч.2 УК РК`, `ҚК 272-бап 2-бөлік`, `35(3) CPC`; None else."""
    text = " ".join(written.casefold().split())
    coded = _CODED.fullmatch(text)
    if coded and (not coded[1] or coded[1] in _LAW_OF):
        return _read_code(coded[1] or "", coded[2], _DIGITS.findall(coded[3]))
    law_found = _LAW.search(text)
    law = _LAW_OF[law_found[1]] if law_found else ""
    rest = _COUNTRY.sub(" ", _LAW.sub(" ", text))
    rest, part = _take(_PART, rest)
    rest, point = _take(_POINT, rest)
    found = _ARTICLE.search(rest)
    if found is None:
        return None
    number = found[1].replace(".", "-")
    inside = re.findall(r"\((\d+)\)", rest[found.end() :])
    part = part or (inside[0] if inside else "")
    point = point or (inside[1] if len(inside) > 1 else "")
    return ArticleQuery((token(law, number, part, point),))


def _take(pattern: re.Pattern[str], text: str) -> tuple[str, str]:
    found = pattern.search(text)
    if found is None:
        return text, ""
    return pattern.sub(" ", text, count=1), next(filter(None, found.groups()))


def _read_code(law: str, article: str, depths: list[str]) -> ArticleQuery:
    """`272-2` is part 2 of article 272, or article 272-2: both are looked up."""
    code = _LAW_OF.get(law, "")
    readings = [token(code, article, *depths)]
    if depths:
        readings.append(token(code, f"{article}-{depths[0]}", *depths[1:]))
    return ArticleQuery(tuple(dict.fromkeys(readings)))
