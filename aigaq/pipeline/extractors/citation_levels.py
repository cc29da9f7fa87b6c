"""Numbers of a run get their level: the article, part or point that a word beside them says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from aigaq.pipeline.extractors.citation_words import Token
from aigaq.pipeline.extractors.lexicon import any_of, data
from aigaq.pipeline.extractors.numerals import Numeral, joins, number, numeral

ARTICLE, PART, POINT, PARAGRAPH, LINE = "article", "part", "point", "paragraph", "line"
_BELOW = {ARTICLE: PART, PART: POINT, PARAGRAPH: POINT, POINT: POINT, LINE: LINE}
#: No article of these codes has more parts; in a list of parts a higher number is an article.
_MOST_PARTS = 30
#: Below this a plain number before the word counts articles: "two articles", "2 статьи".
_COUNTED = 20
_HIGHEST = 1200
_LONGEST_RANGE = 20


@dataclass(frozen=True, slots=True)
class Term:
    """A number and its level. `loose`: a comma, dash or "and" parts it from what stands before.

    `after`: the level word stood after the number, as Kazakh writes it.
    """

    level: str
    number: str
    start: int
    end: int
    loose: bool = False
    after: bool = False


@dataclass(frozen=True, slots=True)
class _Number:
    written: str
    start: int
    end: int
    next: int
    ordinal: bool = True
    spoken: bool = False
    loose: bool = False
    ranged: bool = False

    @property
    def base(self) -> int:
        digits = re.match(r"\d+", self.written)
        return int(digits[0]) if digits else 0


@cache
def _units() -> re.Pattern[str]:
    return re.compile(rf"[ ]{{0,3}}\n?[ ]{{0,3}}-?(?:{any_of(data('citations')['units'])})")


class RunReader:
    """Reads one run from left to right into terms and code tokens, in their order."""

    def __init__(self, run: Sequence[Token], lower: str) -> None:
        self._run = run
        self._lower = lower
        self._out: list[Term | Token] = []
        self._pending: list[_Number] = []
        self._loose = False

    def read(self) -> list[Term | Token]:
        place = 0
        while place < len(self._run):
            place = self._step(place)
        return self._out

    def _step(self, place: int) -> int:
        token = self._run[place]
        side, _, level = token.kind.partition("_")
        if found := self._number(place):
            ranged = place > 0 and self._run[place - 1].kind == "dash"
            self._pending.append(replace(found, loose=self._loose, ranged=ranged))
            self._loose = False
            return found.next
        if side == "after":
            self._close_pending(level, token, after=True)
        elif side == "before":
            return self._before(level, place)
        elif token.kind in ("code", "small_code"):
            self._code(token, place)
        elif token.kind in ("join", "dash"):
            self._loose = True
        if side not in ("join", "close", "dash", "link"):
            self._pending = []
        return place + 1

    # --- numbers

    def _number(self, place: int) -> _Number | None:
        """The number that begins at a token: digits, a letter, or the words of a number."""
        if place >= len(self._run):
            return None
        token = self._run[place]
        if token.kind == "num":
            ordinal = token.text != token.tag
            return _Number(token.tag, token.start, token.end, place + 1, ordinal)
        if token.kind == "letter":
            return _Number(token.tag, token.start, token.end, place + 1)
        if token.kind != "word":
            return None
        return self._spoken(place)

    def _spoken(self, place: int) -> _Number:
        words: list[Numeral] = []
        first = last = self._run[place]
        while place < len(self._run):
            token = self._run[place]
            if token.kind in ("dash", "join") and words and not words[-1].ordinal:
                # twenty-one; two hundred and seventy-two
                ahead = self._run[place + 1] if place + 1 < len(self._run) else None
                hyphen = token.text == "-" and token.start == last.end
                glue = hyphen or (token.text == "and" and words[-1].value == 100)
                if not glue or ahead is None or ahead.kind != "word":
                    break
                place += 1
                continue
            found = numeral(token.text) if token.kind == "word" else None
            if found is None or not joins(words, found):
                break
            words.append(found)
            last = token
            place += 1
        ordinal = words[-1].ordinal
        return _Number(str(number(words)), first.start, last.end, place, ordinal, spoken=True)

    # --- words before their number: ст. 272, part 2

    def _before(self, level: str, place: int) -> int:
        token = self._run[place]
        ahead = place + 1
        while ahead < len(self._run) and self._run[ahead].kind == "link":
            ahead += 1
        found = self._number(ahead)
        if found is None or not self._fits(level, found) or self._claimed(found):
            self._close_pending(level, token, after=False)
            self._pending = []
            return place + 1
        if self._pending and level in (PART, POINT, PARAGRAPH):
            self._bare_articles()
        self._pending = []
        found = replace(found, start=token.start, loose=self._loose)
        self._loose = False
        return self._gather(level, found)

    def _fits(self, level: str, found: _Number) -> bool:
        if found.written.isalpha():
            return level in (POINT, PARAGRAPH)
        if found.spoken and not found.ordinal and level == ARTICLE and found.base < _COUNTED:
            return False
        return 0 < found.base <= _HIGHEST and not self._counts(found)

    def _counts(self, found: _Number) -> bool:
        """The number counts days, people or money, or is a day of a month."""
        return bool(_units().match(self._lower, found.end))

    def _claimed(self, found: _Number) -> bool:
        """A word after the number has it: 272-бабының."""
        ahead = found.next
        while ahead < len(self._run) and self._run[ahead].kind in ("dash", "close"):
            ahead += 1
        return ahead < len(self._run) and self._run[ahead].kind.startswith("after_")

    def _gather(self, level: str, first: _Number) -> int:
        place = self._add(level, first)
        while True:
            ahead, joined = place, False
            while ahead < len(self._run) and self._run[ahead].kind in ("join", "dash", "close"):
                joined = joined or self._run[ahead].kind != "close"
                ahead += 1
            found = self._number(ahead) if joined else None
            if found is None or self._claimed(found) or self._counts(found):
                return place
            level = self._level_in_list(level, found)
            if not self._fits(level, found) or (found.spoken and not found.ordinal):
                return place
            if self._run[ahead - 1].kind == "close" and level == ARTICLE:
                return place
            if self._run[ahead - 1].kind == "dash":
                self._between(level, first, found)
            first = found
            place = self._add(level, replace(found, loose=True))

    def _between(self, level: str, first: _Number, last: _Number) -> None:
        """387-390 names the articles between as well; their span is the whole range."""
        plain = first.written.isdigit() and last.written.isdigit() and not last.spoken
        if level != ARTICLE or not plain:
            return
        if 1 < last.base - first.base <= _LONGEST_RANGE:
            for inner in range(first.base + 1, last.base):
                self._out.append(Term(level, str(inner), first.start, last.end, loose=True))

    def _level_in_list(self, level: str, found: _Number) -> str:
        """In ч. 3, 99 ч. 2 the second number is an article again."""
        if level == ARTICLE or found.written.isalpha():
            return level
        own_parts = (
            self._kind(found.next).startswith("before_p")
            and self._number(found.next + 1) is not None
            and level == PART
            and any(isinstance(term, Term) and term.level == ARTICLE for term in self._out)
        )
        return ARTICLE if found.base > _MOST_PARTS or own_parts else level

    def _kind(self, place: int) -> str:
        return self._run[place].kind if place < len(self._run) else ""

    def _add(self, level: str, found: _Number) -> int:
        """Add a term, with what hangs on it in brackets: 35(3)(11), or after a dot: 272.1."""
        written, dot, part = found.written.partition(".")
        end, place = found.end, found.next
        if dot and level == ARTICLE:
            middle = found.end - len(part)
            self._out.append(Term(level, written, found.start, middle - 1, found.loose))
            self._out.append(Term(PART, part, middle, end))
        else:
            self._out.append(Term(level, written, found.start, end, found.loose))
        while True:
            level = _BELOW[level]
            if self._kind(place) == "letter" and self._run[place].text.startswith("("):
                inner = self._run[place]
                self._out.append(Term(level, inner.tag, inner.start, inner.end))
                place += 1
            elif [self._kind(place + n) for n in range(3)] == ["open", "num", "close"]:
                inner = self._run[place + 1]
                self._out.append(Term(level, inner.tag, inner.start - 1, inner.end + 1))
                place += 3
            else:
                return place

    # --- words after their number: 272-бабының, второй части, 272-й статьи

    def _close_pending(self, level: str, word: Token, *, after: bool) -> None:
        numbers = [found for found in self._pending if 0 < found.base <= _HIGHEST or after]
        if level in (ARTICLE, PART) or not after:
            numbers = [found for found in numbers if not found.written.isalpha()]
        if numbers and not self._names(level, numbers[-1], word, after=after):
            return
        for before, found in zip([None, *numbers], numbers, strict=False):
            if before is not None and found.ranged:
                self._between(level, before, found)
            end = word.end if found is numbers[-1] else found.end
            self._out.append(Term(level, found.written, found.start, end, found.loose, after))

    def _names(self, level: str, last: _Number, word: Token, *, after: bool) -> bool:
        """Whether the number names an article or part, and does not count them."""
        if last.ordinal or last.written.isalpha():
            return True
        if last.spoken:
            return False
        if after and word.start - last.end <= 2 and self._lower[last.end : word.start].strip():
            return True  # joined by a hyphen: 2-бөлігі
        return last.base >= _COUNTED or (after and level != ARTICLE)

    # --- numbers with no word of their own

    def _code(self, token: Token, place: int) -> None:
        beside = place > 0 and (bool(self._out) or bool(self._pending))
        ahead = self._number(place + 1) is not None or self._kind(place + 1).startswith("before")
        if token.kind == "small_code" and not beside and not ahead:
            return
        self._bare_articles()
        self._pending = []
        self._out.append(token)

    def _bare_articles(self) -> None:
        """380-1 p.2, or 272, 287 УК: numbers that a part or a code after them shows as articles."""
        sure = bool(self._out) or any(found.base >= 100 for found in self._pending)
        for found in self._pending:
            written = found.written
            usable = not written.isalpha() and found.base <= _HIGHEST
            if sure and usable and (not found.spoken or (found.ordinal and found.base >= 100)):
                article, dot, part = written.partition(".")
                middle = found.end - len(part) - 1 if dot else found.end
                self._out.append(Term(ARTICLE, article, found.start, middle, found.loose))
                if dot:
                    self._out.append(Term(PART, part, middle + 1, found.end))
