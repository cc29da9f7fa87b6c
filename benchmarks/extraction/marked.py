"""The hand-checked sets: `sets/LANGUAGE/PART.txt`, read strictly.

A case is a block of lines, parted from the next by an empty line. Its first line says what it is:

    # 012 several articles of one code, the second with a point

The other lines are its text, with marks as in `samples.marked`:

    {Исаева О.К.|p defendant = Исаев О.К.}    person, role if it shows, nominative if inflected
    {ч. 2 ст. 272 УК РК|a CC 272 2}           law, article, part, point (`-`: not said); `;` more
    {287|a CC 287 ~}                          `~`: the code is named elsewhere
    {5 января|d 2022-01-05 ~}                 `~`: the year (or month) comes from the context
    {5 января|d --01-05}                      no year to be known
    {32 января 2022|d !}                      an impossible date
    {№ 1/147|n case 7599-22-00-1/147}         number of a case, of the register, of a letter
    {Алмалинский суд № 2|c}  {в/ч 5571|u}     court, military unit
    {село Шелек|l}  {ДП г. Алматы|o}          place, organisation
    {площадь Абая|x}                          a trap: looks like a mention and is none

Dates are written as in `samples.marked` too: `2022-01`, `2022`, `..`, `T22:40-23:10`. In the files
`hearings_*` a line that opens a turn begins with `@role` or `@role:Name`, one that goes on with
`@+`. The name ends where the label begins, so its words must stand in the label too.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from samples.marked import MARK, Mark, Value, article, date

SETS = Path(__file__).parent / "sets"
LANGUAGES = ("ru", "kk", "en")
ROLES = (
    *("defendant", "victim", "relative", "eyewitness", "witness", "judge", "prosecutor"),
    *("attorney", "investigator", "expert", "official", "journalist", "activist"),
)
LAWS = (
    *("CC", "CPC", "CAO", "CIVIL", "CIVPC", "PEC", "CONST"),
    *("ICCPR", "ICESCR", "CAT", "UDHR", "ECHR", "CRC"),
)
NUMBERS = ("case", "register", "letter")
_SIGNS = {
    **{"p": "person", "a": "article", "d": "date", "n": "case_number"},
    **{"c": "court", "u": "unit", "l": "place", "o": "org", "x": "trap"},
}
KINDS = tuple(_SIGNS.values())
_HEAD = re.compile(r"# (\d{3}) (\S.*)")
_TURN = re.compile(r"@(?:(\+)|(-|[a-z]+)(?::(\S.*?))?) (?=\S)(.*)")
_PERSON = re.compile(r"(?:([a-z]+))?(?: ?= ?(\S.*))?")
_YEARLESS = re.compile(r"(--\d\d-\d\d)(?:\.\.(--\d\d-\d\d))?")
_CLOCK = re.compile(r"[\[(]?\d{1,2}[:.]\d\d(?:[:.]\d\d)?[\])]?(?: ?[-–—])? *")
_LABEL_END = re.compile(r" ?:(?= |$)| [-–—](?= )", re.MULTILINE)
_LEAP_YEAR = "2024"  # 29 February exists in a year that is not known


@dataclass(frozen=True, slots=True)
class Turn:
    """What one speaker says, with the label: offsets into the text, the end exclusive."""

    start: int
    end: int
    role: str
    speaker: str
    """The name in the nominative; empty where the label has none."""
    label: str
    text_start: int
    """Where the words after the label begin."""


@dataclass(frozen=True, slots=True)
class Case:
    """A hand-checked text: `text[mark.start:mark.end] == mark.raw` for all marks, traps too."""

    number: int
    about: str
    text: str
    marks: tuple[Mark, ...]
    turns: tuple[Turn, ...] = ()


def load(path: Path) -> tuple[Case, ...]:
    """The cases of a file; ValueError names file, case and mark that are wrong."""
    cases: list[Case] = []
    for block in _blocks(path.read_text("utf-8")):
        head = _HEAD.fullmatch(block[0])
        if head is None:
            raise ValueError(f"{path}: not the head of a case: {block[0]!r}")
        number, about = int(head[1]), head[2]
        if any(number == case.number for case in cases):
            raise ValueError(f"{path}: two cases have the number {number:03}")
        try:
            cases.append(_case(number, about, block[1:], path.name.startswith("hearings_")))
        except ValueError as error:
            raise ValueError(f"{path}, case {number:03}: {error}") from error
    if not cases:
        raise ValueError(f"{path}: no cases")
    return tuple(cases)


def _blocks(content: str) -> Iterator[list[str]]:
    """Lines between empty lines."""
    for block in re.split(r"\n{2,}", content.strip("\n")):
        if block:
            yield block.split("\n")


def _case(number: int, about: str, lines: list[str], hearing: bool) -> Case:
    if not lines:
        raise ValueError("no text")
    if not unicodedata.is_normalized("NFC", "".join(lines)) and "NFD" not in about:
        raise ValueError("the text is not NFC and its head does not say NFD")
    heads = [_TURN.fullmatch(line) if hearing else None for line in lines]
    for line, head in zip(lines, heads, strict=True):
        if line != line.rstrip() or line.startswith("# "):
            raise ValueError(f"not a line of text: {line!r}")
        if hearing and line.startswith("@") and head is None:
            raise ValueError(f"not a turn: {line!r}")
    splits = [head and _speaker(head) for head in heads]
    said = [split[2] if split else line for line, split in zip(lines, splits, strict=True)]
    text, marks = _unmark("\n".join(said))
    if stray := re.search(r"[{}].{0,20}", text):
        raise ValueError(f"a mark that is not closed: {stray[0]!r}")
    openings = [split and split[:2] for split in splits]
    return Case(number, about, text, marks, tuple(_turns(text, openings)))


def _unmark(marked: str) -> tuple[str, tuple[Mark, ...]]:
    text, marks, place = "", [], 0
    for found in MARK.finditer(marked):
        text += marked[place : found.start()]
        marks.append(_mark(found[1], found[2], len(text)))
        text += found[1]
        place = found.end()
    return text + marked[place:], tuple(marks)


def _mark(raw: str, written: str, start: int) -> Mark:
    sign, _, rest = written.partition(" ")
    kind = _SIGNS.get(sign)
    if kind is None or raw != raw.strip() or not raw:
        raise ValueError(f"unknown mark {written!r} on {raw!r}")
    role = ""
    try:
        if kind == "person":
            role, value = _person(raw, rest)
            values: tuple[Value, ...] = (value,)
        elif kind == "article":
            values = tuple(_article(one) for one in rest.split(";"))
        elif kind == "date":
            values = (_date(rest),)
        elif kind == "case_number":
            values = (_number(rest),)
        elif rest:
            raise ValueError("nothing may follow the kind")
        else:
            values = (_name(kind, raw),)
    except ValueError as error:
        raise ValueError(f"{written!r} on {raw!r}: {error}") from error
    return Mark(kind, start, start + len(raw), raw, values, role)


def _person(raw: str, written: str) -> tuple[str, Value]:
    found = _PERSON.fullmatch(written)
    if found is None or (found[1] or ROLES[0]) not in ROLES:
        raise ValueError("not a role")
    return found[1] or "", {"name": found[2] or raw}


def _article(written: str) -> Value:
    value = article(written)
    if value["law"] and value["law"] not in LAWS:
        raise ValueError("not a law")
    return value


def _date(written: str) -> Value:
    """As `samples.marked.date`; besides, days without a year and days that do not exist."""
    if written == "!":
        return {"problem": "impossible"}
    if found := _YEARLESS.fullmatch(written):
        days = {
            key: day for key, day in zip(("day", "day_end"), found.groups(), strict=True) if day
        }
        for day in days.values():
            datetime.date.fromisoformat(_LEAP_YEAR + day[1:])
        return {"problem": "year unknown", **days}
    value = date(written)
    if "start" in value:
        start, end = (datetime.date.fromisoformat(str(value[side])) for side in ("start", "end"))
        if end < start:
            raise ValueError("ends before it begins")
    for key in {"time", "time_end"} & value.keys():
        datetime.time.fromisoformat(str(value[key]))
    return value


def _number(written: str) -> Value:
    kind, _, number = written.partition(" ")
    if kind not in NUMBERS or not number or " " in number:
        raise ValueError("not a kind of number and a number without blanks")
    return {"number": number, "type": kind}


def _name(kind: str, raw: str) -> Value:
    if kind == "trap":
        return {}
    if kind != "unit":
        return {"name": raw}
    digits = re.findall(r"\d+", raw)
    if len(digits) != 1:
        raise ValueError("a military unit has one number")
    return {"number": digits[0]}


def _speaker(head: re.Match[str]) -> tuple[str, str, str]:
    """Role, name and the line as it stands; the role `+` goes on.

    `@judge:Исаев О.К. Судья Исаев О.К.: Да` does not say where the name ends: it is the longest
    beginning whose words all stand in the label after it, as written or in the nominative.
    """
    more, role, name, line = head.groups()
    if more:
        return "+", "", line
    if role != "-" and role not in ROLES:
        raise ValueError(f"not a role: {head[0]!r}")
    if name is None:
        return role, "", line
    words = f"{name} {line}".split(" ")
    before_marks = f"{name} {line}".partition("{")[0].split(" ")
    for count in range(len(before_marks) - 1, 0, -1):
        rest = " ".join(words[count:])
        if not set(words[:count]) - _label_words(rest):
            return role, " ".join(words[:count]), rest
    raise ValueError(f"the name of the speaker is not in the label: {head[0]!r}")


def _label_words(marked: str) -> set[str]:
    """The words of the label, and of the nominatives of the persons marked in it."""
    text, marks = _unmark(marked)
    label = _label(text, 0)
    if label is None:
        return set()
    names = [str(mark.values[0]["name"]) for mark in marks if mark.kind == "person"]
    return {word for part in (label[0], *names) for word in part.split()}


def _label(text: str, start: int) -> tuple[str, int] | None:
    """The label of the line at `start`, after its clock time, and where the words begin."""
    clock = _CLOCK.match(text, start)
    begin = clock.end() if clock else start
    found = _LABEL_END.search(text, begin)
    label = text[begin : found.start()].strip() if found else ""
    if found is None or not label or "\n" in label:
        return None
    return label, len(text) - len(text[found.end() :].lstrip())


def _turns(text: str, openings: list[tuple[str, str] | None]) -> Iterator[Turn]:
    """A turn runs from its label to the end of its last line."""
    place, turn = 0, None
    for line, opening in zip(text.split("\n"), openings, strict=True):
        end = place + len(line)
        if opening is None or opening[0] != "+":
            if turn is not None:
                yield turn
            turn = opening and _turn(text, place, end, *opening)
        elif turn is None:
            raise ValueError(f"goes on, but nobody spoke before: {line!r}")
        else:
            turn = _turn(text, turn.start, end, turn.role or "-", turn.speaker)
        place = end + 1
    if turn is not None:
        yield turn


def _turn(text: str, start: int, end: int, role: str, speaker: str) -> Turn:
    label = _label(text, start)
    if label is None:
        raise ValueError(f"no label: {text[start:end]!r}")
    return Turn(start, end, "" if role == "-" else role, speaker, label[0], min(label[1], end))
