"""The words, numbers and code names of citations, and the runs in which they stand side by side."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from aigaq.pipeline.extractors.codes import OTHER, code_pattern
from aigaq.pipeline.extractors.folding import Folded
from aigaq.pipeline.extractors.lexicon import any_of, data
from aigaq.pipeline.extractors.numerals import numeral, numeral_pattern

LEVELS = ("article", "part", "point", "paragraph", "line")
_SUPERSCRIPT = str.maketrans("¹²³", "123")


@dataclass(frozen=True, slots=True)
class Token:
    """A word, number, code name or sign that can stand in a citation.

    `kind`: code, small_code (an abbreviation in small letters), before_LEVEL, after_LEVEL, num,
    word (of a number), letter, join, link, dash, open, close, title. `tag` is the code's tag, the
    number in digits, or the letter.
    """

    kind: str
    start: int
    end: int
    text: str
    tag: str = ""


@cache
def _pattern() -> re.Pattern[str]:
    words = data("citations")
    groups = [f"(?P<code>{code_pattern()})"]
    for level in LEVELS:
        for side in ("before", "after"):
            if words[level][side]:
                known = any_of(words[level][side])
                groups.append(rf"(?P<{side}_{level}>\b(?:{known})(?![^\W\d_]))")
    groups += [
        r"(?P<num>(?<![\d/№#])(?<!\d[.:])(?<!№[ ])(?<!no\.[ ])(?P<base>\d{1,4})"
        r"(?:(?P<ins>[-.]\d{1,2}(?![\d/]|-\d|\.\d)(?!-?[ ]?(?:бөлі|тарма)))|(?P<sup>[¹²³]))?"
        r"(?![\d/]|[.:]\d|-\d\d?-|[ ]?%)"
        r"(?:-?(?:о?й|ую|ю|ая|я|го|ого|му|м|ом|х|е|th|st|nd|rd|ш[ыі]|[ыі]?нш[ыі])\b)?)",
        rf"(?P<word>\b(?:{numeral_pattern()})(?![^\W\d_]))",
        r"(?P<letter>[«\"][a-zа-я][»\"]|\([a-zа-я]\)|\b[a-zа-я]\))",
        rf"(?P<join>\b(?:{any_of(words['joins'])})\b|[,;/&])",
        rf"(?P<link>\b(?:{any_of(words['links'])})\b)",
        r"(?P<dash>[-–—])",
        r"(?P<open>\((?=[^()\n]{0,60}\d)|\((?=(?:част|ч\.|п\.|пункт|бөлі|part|para|point)))",
        r"(?P<title>\([^()\d\n]{3,80}\)|«[^«»\n]{3,120}»|\"[^\"\n]{3,120}\")",
        r"(?P<close>\))",
    ]
    return re.compile("|".join(groups))


def citation_runs(folded: Folded) -> Iterator[list[Token]]:
    """Tokens that stand side by side, where they may hold a citation or name a code."""
    run: list[Token] = []
    end = 0
    for token in _tokens(folded):
        gap = folded.lower[end : token.start]
        if run and (gap.strip(" \n") or gap.count("\n") > 1):
            if _useful(run):
                yield run
            run = []
        run.append(token)
        end = token.end
    if _useful(run):
        yield run


def _useful(run: Sequence[Token]) -> bool:
    kinds = [token.kind for token in run]
    if any(kind == "code" or kind.endswith("_article") for kind in kinds):
        return True
    return len(run) > 2 and any(kind in ("before_part", "after_part") for kind in kinds)


def _tokens(folded: Folded) -> Iterator[Token]:
    pattern = _pattern()
    place = 0
    while match := pattern.search(folded.lower, place):
        token = _token(folded, match)
        yield token
        place = token.end


def _token(folded: Folded, match: re.Match[str]) -> Token:
    kind = match.lastgroup or ""
    if kind == "code":
        return _code_token(folded, match)
    if kind == "num":
        return _number_token(match)
    tag = ""
    if kind == "word":
        found = numeral(match[0])
        tag = "" if found is None else str(found.value)
    elif kind == "letter":
        tag = match[0].strip('«»"()')
    return Token(kind, match.start(), match.end(), match[0], tag)


def _code_token(folded: Folded, match: re.Match[str]) -> Token:
    name = next(
        name
        for name, text in match.groupdict().items()
        if text is not None and name.startswith(("name_", "short_"))
    )
    side, _, tag = name.partition("_")
    written = re.sub(r"-?[а-яёәғқңөұүһі]{0,6}$", "", folded.plain[slice(*match.span(name))])
    small = side == "short" and not (written and written.isupper())
    if match["foreign"] is not None:
        tag = OTHER
    return Token("small_code" if small else "code", match.start(), match.end(), match[0], tag)


def _number_token(match: re.Match[str]) -> Token:
    """`tag` is the number itself: 272, 380-1, or 272.1 for article and part."""
    base, inserted, superscript = match["base"], match["ins"] or "", match["sup"] or ""
    if inserted.startswith("-") and int(inserted[1:]) > int(base):
        return Token("num", match.start(), match.end("base"), base, base)  # a range, as in 9-14
    if superscript:
        inserted = "-" + superscript.translate(_SUPERSCRIPT)
    return Token("num", match.start(), match.end(), match[0], base + inserted)
