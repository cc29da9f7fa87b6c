"""Texts with marks: what the sample documents say, and what is known to stand in them.

A text file holds one paragraph a line; empty lines and lines beginning with `#` are left out.
How a line begins says what it is:

    = title     ^ centred     > flush right     < left part<TAB>right part
    |= head row | head row    | cell | cell     @role[:person] Label: what was said
    @+ the same speaker goes on                 .columns  .single  .page

Inside a line `{raw|kind value}` marks a mention:

    {Исаеву О.К.|p isaev defendant}       person, with the role if the text shows it
    {ч. 2 ст. 272 УК РК|a CC 272 2}       law, article, part, point (`-`: not said); `;` more;
                                          `~`: the code is implied
    {5 января|d 2022-01-05~}              date; `..` range, `T22:40-23:10` time, `~` partly implied
    {№ 1/147|n 7599-22-00-1/147}          case number
    {в четверг|x}                         a trap: looks like a mention and is none
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from samples.people import PEOPLE

TEXTS = Path(__file__).parent / "texts"
MARK = re.compile(r"\{([^{}|]*)\|([^{}]*)\}")
"""Raw text and what is known of it."""
_DATE = re.compile(
    r"(?:(\d{4}(?:-\d\d(?:-\d\d)?)?)(?:\.\.([\d-]+))?)?"
    r"(?:T(\d\d:\d\d)(?:-(\d\d:\d\d))?)?(~)?"
)
_ARTICLE = re.compile(r"([A-Z]+|-) (\d+(?:-\d+)?)(?: ([\w-]+))?(?: ([\w-]+))?( ?~)?")
_KINDS = {"p": "person", "a": "article", "d": "date", "n": "case_number"}
_STYLES = {"=": "title", "^": "centre", ">": "right", "<": "split", "|": "row", "|=": "head"}

Value = dict[str, object]


@dataclass(frozen=True, slots=True)
class Mark:
    """A known mention: `text[start:end] == raw` in the text it belongs to."""

    kind: str
    start: int
    end: int
    raw: str
    values: tuple[Value, ...]
    role: str = ""

    def moved(self, by: int) -> Mark:
        """The same mark in a text that has `by` more characters before it."""
        if self.kind != "turn":
            return replace(self, start=self.start + by, end=self.end + by)
        (value,) = self.values
        ends = {key: _number(value[key]) + by for key in ("text_start", "text_end")}
        return replace(self, start=self.start + by, end=self.end + by, values=({**value, **ends},))


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One line of a marked text. Cells of a row and parts of a split line are parted by tabs."""

    style: str
    text: str
    marks: tuple[Mark, ...] = ()
    speaker: str = ""
    """`role` or `role:person`, for the first paragraph of a turn; the role `-` is none."""


@dataclass(frozen=True, slots=True)
class Marked:
    """A whole marked text, in the language its file name ends with (`_ru`, `_kk`, `_en`)."""

    name: str
    language: str
    paragraphs: tuple[Paragraph, ...]

    def joined(self, separator: str = "\n") -> tuple[str, tuple[Mark, ...]]:
        """The text as one string, paragraphs parted by `separator`, and its marks with turns."""
        marks: list[Mark] = []
        parts, length = [], 0
        for paragraph in self.prose():
            marks.extend(mark.moved(length) for mark in paragraph.marks)
            parts.append(paragraph.text)
            length += len(paragraph.text) + len(separator)
        text = separator.join(parts)
        return text, tuple(sorted([*marks, *self._turns(text, separator)], key=_place))

    def with_line(self, line: str) -> Marked:
        """The same text and one more line."""
        added = paragraph(line, self.language)
        return replace(self, paragraphs=(*self.paragraphs, added))

    def prose(self) -> Iterator[Paragraph]:
        """The paragraphs that carry text."""
        return (each for each in self.paragraphs if each.style not in ("columns", "single", "page"))

    def _turns(self, text: str, separator: str) -> Iterator[Mark]:
        """A turn runs from its label to the end of its last paragraph."""
        place, begun = 0, None
        for paragraph in self.prose():
            end = place + len(paragraph.text)
            if begun is not None and paragraph.style != "more":
                yield _turn(text, *begun, place - len(separator))
                begun = None
            if paragraph.style == "turn":
                begun = (place, paragraph.speaker)
            place = end + len(separator)
        if begun is not None:
            yield _turn(text, *begun, len(text))


@cache
def load(name: str) -> Marked:
    """The marked text of `samples/texts/<name>.txt`; ValueError names a mark that is wrong."""
    language = name.rpartition("_")[2]
    lines = (TEXTS / f"{name}.txt").read_text("utf-8").splitlines()
    kept = [line for line in lines if line.strip() and not line.startswith("#")]
    return Marked(name, language, tuple(paragraph(line, language) for line in kept))


def paragraph(line: str, language: str) -> Paragraph:
    """One line as a paragraph."""
    if line.startswith("."):
        return Paragraph(line[1:].strip(), "")
    if line.startswith("@+ "):
        return Paragraph("more", *unmark(line[3:], language))
    if line.startswith("@"):
        speaker, _, rest = line[1:].partition(" ")
        return Paragraph("turn", *unmark(rest, language), speaker=speaker)
    sign, _, rest = line.partition(" ")
    style = _STYLES.get(sign, "body")
    if style in ("row", "head"):
        rest = "\t".join(cell.strip() for cell in _cells(rest))
    return Paragraph(style, *unmark(line if style == "body" else rest, language))


def unmark(line: str, language: str) -> tuple[str, tuple[Mark, ...]]:
    """The plain text of a marked line, and its marks."""
    line = unicodedata.normalize("NFC", line)
    text, marks, place = "", [], 0
    for found in MARK.finditer(line):
        text += line[place : found.start()]
        mark = _mark(found[1], found[2].strip(), len(text), language)
        marks.extend(mark)
        text += found[1]
        place = found.end()
    return text + line[place:], tuple(marks)


def _mark(raw: str, written: str, start: int, language: str) -> list[Mark]:
    sign, _, rest = written.partition(" ")
    if sign == "x":
        return []
    if sign not in _KINDS:
        raise ValueError(f"unknown mark {written!r} on {raw!r}")
    role = ""
    values: tuple[Value, ...]
    if sign == "p":
        who, _, role = rest.partition(" ")
        values = ({"id": who, "name": PEOPLE[who].name(language)},)
    elif sign == "a":
        values = tuple(article(one) for one in rest.split(";"))
    elif sign == "d":
        values = (date(rest),)
    else:
        values = ({"number": rest},)
    return [Mark(_KINDS[sign], start, start + len(raw), raw, values, role)]


def article(written: str) -> Value:
    """`CC 35 - 11` as a value; `-` is not said, `~` at the end is a code said elsewhere."""
    found = _ARTICLE.fullmatch(written.strip())
    if found is None:
        raise ValueError(f"not an article: {written!r}")
    law, number, part, point, implied = found.groups()
    value: Value = {"law": "" if law == "-" else law, "article": number}
    value |= {"part": None if part == "-" else part, "point": None if point == "-" else point}
    return value | ({"implied": True} if implied else {})


def date(written: str) -> Value:
    """Start and end as ISO days; a month or a year begins on its first and ends on its last.

    A clock time without a day has neither.
    """
    found = _DATE.fullmatch(written.replace(" ~", "~"))
    if found is None or not (found[1] or found[3]):
        raise ValueError(f"not a date: {written!r}")
    first, last, time, until, implied = found.groups()
    value: Value = {}
    if first:
        precision = ("year", "month", "day")[first.count("-")]
        value = {"start": _edge(first, "start"), "end": _edge(last or first, "end")}
        value["precision"] = "range" if last else precision
    if time:
        value |= {"precision": "time", "time": time}
    if until:
        value["time_end"] = until
    if implied:
        value["implied"] = True
    return value


def _edge(written: str, side: str) -> str:
    year, month, day = [*map(int, written.split("-")), 0, 0][:3]
    if side == "start":
        return f"{year:04}-{month or 1:02}-{day or 1:02}"
    month = month or 12
    return f"{year:04}-{month:02}-{day or calendar.monthrange(year, month)[1]:02}"


def _cells(row: str) -> list[str]:
    """The cells of a row; a bar inside a mark parts nothing."""
    return re.split(r"\|(?![^{}]*\})", row)


def _turn(text: str, start: int, speaker: str, end: int) -> Mark:
    role, _, person = speaker.partition(":")
    label = text[start:end].split(": ", 1)[0]
    said = start + len(label) + 2
    value: Value = {"label": label, "person": person, "text_start": said, "text_end": end}
    return Mark("turn", start, end, text[start:end], (value,), "" if role == "-" else role)


def _place(mark: Mark) -> tuple[int, int]:
    return mark.start, -mark.end


def _number(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError(f"not an offset: {value!r}")
    return value
