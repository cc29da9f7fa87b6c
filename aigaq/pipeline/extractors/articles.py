"""Articles of Kazakhstan's codes and of treaties, down to part and point, in three languages.

A citation is read in three steps: words, numbers and code names that stand side by side form a
run (`citation_words`); in a run, numbers get their level from the word before them (ст. 272,
part 2) or after them (272-бабының) (`citation_levels`); levels are joined into citations here and
each item becomes one find. No code is guessed: an article without one, after no earlier one, has
the law "".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from aigaq.archive.model import MentionKind
from aigaq.pipeline.extractors.citation_levels import (
    ARTICLE,
    LINE,
    PARAGRAPH,
    PART,
    RunReader,
    Term,
)
from aigaq.pipeline.extractors.citation_words import Token, citation_runs
from aigaq.pipeline.extractors.codes import OTHER, SAME, codes, possible
from aigaq.pipeline.extractors.extractor import Extractor, Found
from aigaq.pipeline.extractors.folding import Folded

_BETWEEN = re.compile(r"[ \n),]{0,12}(?:(?:of|in|the)[ \n]{1,8}){0,2}")
_TREATIES = ("ICCPR", "ICESCR", "CAT", "UDHR", "ECHR", "CRC")


@dataclass(slots=True)
class Citation:
    """One article with its parts in order, each with its points; part None holds bare points."""

    article: Term
    parts: list[tuple[Term | None, list[Term]]] = field(default_factory=list)
    code: Token | None = None
    law: str = ""
    implied: bool = False

    def add(self, terms: Sequence[Term]) -> None:
        """Hang parts and points on the article, whichever of the two stood first."""
        early: list[Term] = []
        for term in terms:
            if term.level in (PART, PARAGRAPH) and self._is_part(term, terms):
                self.parts.append((term, early))
                early = []
            elif term.level != LINE and self.parts and not early and self._after_part(term):
                self.parts[-1][1].append(term)
            elif term.level != LINE:
                early.append(term)
        if early and self.parts and self.parts[-1][0] is not None:
            self.parts[-1][1].extend(early)
        elif early:
            self.parts.append((None, early))

    def _is_part(self, term: Term, beside: Sequence[Term]) -> bool:
        """A paragraph is a point where a part is named beside it."""
        return term.level == PART or not any(other.level == PART for other in beside)

    def _after_part(self, term: Term) -> bool:
        part = self.parts[-1][0]
        return part is None or part.start < term.start


def find(folded: Folded) -> Iterator[Found]:
    """Every article of every citation of a text."""
    lent = ""
    for run in citation_runs(folded):
        for citation in _citations(RunReader(run, folded.lower).read()):
            _settle(citation, lent)
            yield from _finds(citation, folded.lower)
        for token in run:
            if token.kind == "code" and token.tag in codes() and codes()[token.tag].lends:
                lent = token.tag


def _settle(citation: Citation, lent: str) -> None:
    """A citation without a code takes the one named last, if that has such an article."""
    if citation.law == OTHER:
        citation.law = ""
    elif citation.law in ("", SAME):
        able = bool(lent) and possible(lent, citation.article.number)
        citation.law, citation.implied = (lent if able else ""), able


def _citations(row: Sequence[Term | Token]) -> list[Citation]:
    """Join articles with the parts before or after them and with the code that covers them."""
    done: list[Citation] = []
    waiting: list[Term] = []
    uncoded = 0
    ahead: Token | None = None
    for place, entry in enumerate(row):
        if isinstance(entry, Token):
            if uncoded < len(done) and not _follows_code(done, uncoded):
                _cover(done[uncoded:], entry)
                ahead = None
            else:
                ahead = entry
            uncoded = len(done)
        elif entry.level == ARTICLE:
            citation = Citation(entry)
            citation.add(waiting)
            waiting = []
            done.append(citation)
            if ahead is not None and not _code_comes(row, place):
                first = row[place - 1] is ahead
                citation.code = ahead if first else None
                citation.law, citation.implied = ahead.tag, not first
        elif done and not _belongs_ahead(row, place, waiting):
            done[-1].add([entry]) if not waiting else waiting.append(entry)
        else:
            waiting.append(entry)
    return done


def _follows_code(done: Sequence[Citation], first: int) -> bool:
    return done[first].law != ""


def _cover(citations: Sequence[Citation], code: Token) -> None:
    """A code after a list covers all of it; only the last article has it beside itself."""
    for citation in citations:
        citation.law, citation.implied = code.tag, True
    citations[-1].code, citations[-1].implied = code, False


def _code_comes(row: Sequence[Term | Token], place: int) -> bool:
    """Whether a code stands after an article whose word stood before its number (ст. 35 УПК)."""
    entry = row[place]
    if isinstance(entry, Term) and entry.after:
        return False
    return any(isinstance(later, Token) for later in row[place + 1 :])


def _belongs_ahead(row: Sequence[Term | Token], place: int, waiting: Sequence[Term]) -> bool:
    """Whether a part or point belongs to the article after it: ст. 272, ч. 1 ст. 287."""
    first = row[place]
    if isinstance(first, Token) or (not waiting and not first.loose):
        return False
    for later in row[place + 1 :]:
        if isinstance(later, Token):
            return False
        if later.level == ARTICLE:
            return not later.loose and not later.after
    return False


# --- finds ----------------------------------------------------------------------------------


_Item = tuple[Term | None, Term | None]


def _items(citation: Citation) -> list[_Item]:
    """Every part with every point of it; the bare article if it has neither."""
    items: list[_Item] = []
    for part, points in citation.parts:
        items += [(part, point) for point in points] or [(part, None)]
    return items or [(None, None)]


def _finds(citation: Citation, lower: str) -> Iterator[Found]:
    """One find an item; the words shared by several items go with the one beside them."""
    items = _items(citation)
    home = _item_beside(citation.article, items)
    for index, (part, point) in enumerate(items):
        terms = [term for term in (point, part) if term is not None]
        if point is not None and part is not None and not _first_point(items, index):
            terms = [point]
        if index == home:
            terms.append(citation.article)
        start = min(term.start for term in terms)
        end = max(term.end for term in terms)
        if citation.code is not None and index == home:
            start, end = _with_code(start, end, citation.code, lower)
        yield Found(MentionKind.ARTICLE, start, end, _value(citation, part, point))


def _item_beside(article: Term, items: Sequence[_Item]) -> int:
    """The item nearest the article's number: the first after it, or the last before it."""
    first = items[0][0] or items[0][1]
    return 0 if first is None or first.start > article.start else len(items) - 1


def _first_point(items: Sequence[_Item], index: int) -> bool:
    """Whether this item is the one that stands beside its part's number."""
    part = items[index][0]
    same = [place for place, item in enumerate(items) if item[0] is part]
    first = items[same[0]][1]
    after = first is None or part is None or first.start > part.start
    return index == (same[0] if after else same[-1])


def _with_code(start: int, end: int, code: Token, lower: str) -> tuple[int, int]:
    """The span with its code, when nothing but small words and signs stands between."""
    if code.start >= end and _BETWEEN.fullmatch(lower, end, code.start):
        return start, code.end
    if code.end <= start and not lower[code.end : start].strip(" \n:,-"):
        return code.start, end
    return start, end


def _value(citation: Citation, part: Term | None, point: Term | None) -> dict[str, object]:
    law = citation.law if citation.law not in (OTHER, SAME) else ""
    part_number = part.number if part is not None else None
    point_number = point.number if point is not None else None
    if part is None and point is not None and law in _TREATIES:
        part_number, point_number = point_number, None
    elif part is not None and part.level == PARAGRAPH and law and law not in _TREATIES:
        part_number, point_number = None, part_number
    value: dict[str, object] = {
        "law": law,
        "article": citation.article.number,
        "part": part_number,
        "point": point_number,
    }
    if citation.implied and law:
        value["implied"] = True
    if not possible(law, citation.article.number):
        value["known"] = False
    return value


ARTICLES = Extractor("articles", "1", find)
