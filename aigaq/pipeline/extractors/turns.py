"""Turns of a transcript: who speaks, in which role, and from where to where.

A speaker's label stands at the beginning of a line, after a clock time perhaps, and ends with a
colon (or, where a transcript does so throughout, with a dash). It says a role, a name, or both.
A turn runs until the next label.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from aigaq.archive.model import MentionKind
from aigaq.pipeline.extractors.extractor import Extractor, Found
from aigaq.pipeline.extractors.folding import Folded
from aigaq.pipeline.extractors.lexicon import any_of, data
from aigaq.pipeline.extractors.names import is_given, is_patronymic, is_surname
from aigaq.pipeline.extractors.roles import RoleWord, role_words

_LINE = re.compile(
    r"^[ ]{0,40}(?:[-–—•*_#>]{1,3}[ ]{0,3})?"
    r"(?:[\[(]?(?P<time>\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?)[\])]?[ ]{0,3}[-–—:|]?[ ]{0,3})?"
    r"(?P<label>[*_]{0,3}[^\W\d_][^:\n]{0,90}?)[*_]{0,3}[ ]{0,3}"
    r"(?P<mark>:(?!\d|//)[*_]{0,3}|[ ][–—-](?=[ ]))",
    re.MULTILINE,
)
_WORD = re.compile(r"[^\W\d_]\.|[^\W\d_](?:[^\W_]|['’-](?=[^\W\d_]))*\.?|\d+|№|#")
_MOST_NAME_WORDS = 5
#: How often a label with a dash must come before dashes are taken for the mark of speakers.
_DASHES_NEEDED = 3


@dataclass(frozen=True, slots=True)
class NameSpan:
    """Where in a label the speaker's name stands, and the role the label gives."""

    start: int
    end: int
    role: str = ""


@dataclass(frozen=True, slots=True)
class Label:
    """A speaker's label at `start..end` (mark included) and what it says."""

    start: int
    label_start: int
    label_end: int
    end: int
    speaker: str
    role: str
    sure: bool
    dash: bool
    time: str = ""
    name: NameSpan | None = None


@cache
def _not_speakers() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{kind})" for kind in data("labels")["not_speakers"]))


@cache
def _closing() -> re.Pattern[str]:
    """Lines of the record itself, which end what a person said."""
    return re.compile(rf"\n[ ]{{0,8}}(?:{any_of(data('labels')['closing'])})")


@cache
def _questions() -> re.Pattern[str]:
    words = data("labels")
    return re.compile(f"(?:{any_of([words['question']])})|(?:{any_of([words['answer']])})")


@lru_cache(maxsize=4)
def labels(folded: Folded) -> tuple[Label, ...]:
    """All speakers' labels of a text, in order."""
    read = [label for match in _LINE.finditer(folded.plain) if (label := _label(folded, match))]
    often = Counter(_key(folded, label) for label in read)
    kept = [label for label in read if label.sure or often[_key(folded, label)] > 1]
    dashes = [label for label in kept if label.dash]
    told = Counter(_key(folded, label) for label in dashes)
    if len(dashes) < _DASHES_NEEDED or max(told.values()) < 2:
        kept = [label for label in kept if not label.dash]
    return _with_roles([label for label in kept if not _participant(folded, label)])


def _key(folded: Folded, label: Label) -> str:
    """What counts as the same label again; a record of questions and answers is one speech."""
    written = folded.lower[label.label_start : label.label_end]
    return "?" if _questions().fullmatch(written) else written


def _with_roles(found: Sequence[Label]) -> tuple[Label, ...]:
    """A speaker whose label once told a role keeps it where a later label has the bare name."""
    known: dict[str, set[str]] = defaultdict(set)
    for label in found:
        if label.role and label.name:
            known[_surname(label.speaker)].add(label.role)
    told = {name: roles.pop() for name, roles in known.items() if len(roles) == 1}
    return tuple(
        _in_role(label, told.get(_surname(label.speaker), ""))
        if label.name and not label.role
        else label
        for label in found
    )


def _in_role(label: Label, role: str) -> Label:
    name = None if label.name is None else replace(label.name, role=role)
    return replace(label, role=role, name=name)


def _surname(speaker: str) -> str:
    """The longest word of a name, which is its surname more often than not."""
    return max(re.findall(r"[^\W\d_][^\s.]*", speaker), key=len, default=speaker).lower()


def _label(folded: Folded, match: re.Match[str]) -> Label | None:
    start, end = match.span("label")
    while start < end and folded.plain[start] in "*_ ":
        start += 1
    while end > start and folded.plain[end - 1] in "*_ ":
        end -= 1
    lower = folded.lower[start:end]
    if (
        not lower
        or not folded.plain[start].isupper()
        or _not_speakers().fullmatch(lower.strip(" ."))
    ):
        return None
    said = _speaker(folded, start, end)
    if said is None:
        return None
    speaker, role, sure, span = said
    name = NameSpan(*span, role) if span else None
    return Label(
        match.start(), start, end, match.end("mark"), speaker, role, sure,
        not match["mark"].startswith(":"), match["time"] or "", name,
    )  # fmt: skip


def _speaker(
    folded: Folded, start: int, end: int
) -> tuple[str, str, bool, tuple[int, int] | None] | None:
    """Name, role, whether the label stands without repetition, and the span of the name."""
    plain, lower = folded.plain, folded.lower
    if _questions().fullmatch(lower, start, end):
        return plain[start:end], "", False, None
    found = [word for word in role_words(lower, start, end, short=True) if _alone(lower, word, end)]
    rest = _rest(plain, start, end, found)
    name = _name(plain, rest, bool(found))
    if name is None:
        return None
    span, sure = name
    role = next((word.role for word in found if word.role), "")
    if found and found[0].start > start and span is None:
        return None  # a role word somewhere in a sentence
    speaker = plain[slice(*span)] if span else re.sub(r"\([^()]*\)", "", plain[start:end])
    return " ".join(speaker.split()), role, sure, span


def _alone(lower: str, word: RoleWord, end: int) -> bool:
    return word.end == end or not lower[word.end].isalnum()


def _rest(plain: str, start: int, end: int, found: Sequence[RoleWord]) -> list[re.Match[str]]:
    """The words of a label that are no role words and stand outside brackets."""
    depth = 0
    rest: list[re.Match[str]] = []
    closed = start
    for match in _WORD.finditer(plain, start, end):
        between = plain[closed : match.start()]
        depth += between.count("(") - between.count(")")
        closed = match.end()
        role = any(word.start <= match.start() < word.end for word in found)
        if not role and depth <= 0:
            rest.append(match)
    return rest


def _name(
    plain: str, rest: Sequence[re.Match[str]], with_role: bool
) -> tuple[tuple[int, int] | None, bool] | None:
    """The span of the name in a label and whether it is surely one; None for no speaker."""
    words = [match for match in rest if not (match[0].isdigit() or match[0] in "№#")]
    if not words:
        return (None, True) if with_role else None
    if len(words) > _MOST_NAME_WORDS or not all(match[0][0].isupper() for match in words):
        return None
    if len(words) != len(rest) and not with_role:
        return None
    span = words[0].start(), words[-1].end()
    if plain[span[1] - 1] == "." and len(words[-1][0]) > 2:
        return None
    initials = sum(len(match[0]) == 2 and match[0][1] == "." for match in words)
    if initials == len(words) or initials > 3:
        return (span, False) if initials <= 3 else None
    known = any(
        is_surname(word) or is_patronymic(word) or is_given(word)
        for match in words
        if len(word := match[0].strip(".")) > 1
    )
    return span, known or with_role or bool(initials)


def _participant(folded: Folded, label: Label) -> bool:
    """A line of a heading that names a participant (Судья: Ахметов К.С.), not a turn."""
    stop = folded.plain.find("\n", label.end)
    line = folded.plain[label.end : stop if stop >= 0 else len(folded.plain)].strip(" *_,;")
    words: list[str] = [match[0] for match in _WORD.finditer(line)]
    if _is_court(folded.lower[label.label_start : label.label_end], line.lower()):
        return True
    if words and any(role_words(words[0].lower(), 0, len(words[0]))):
        words = words[1:]  # "Председательствующий: судья Ахметов К.С."
    if not words or len(words) > 6 or not all(word[0].isupper() for word in words):
        return False
    initials = any(len(word) == 2 and word[1] == "." for word in words)
    if line.rstrip()[-1:] in "!?…" or not (label.role or label.name is None):
        return False
    names = sum(is_surname(word) or is_patronymic(word) or is_given(word) for word in words)
    return initials or names >= 2 or (names == 1 and len(words) <= 2 and not line.endswith("."))


def _is_court(label: str, line: str) -> bool:
    """A heading that names the court, not what the court says."""
    return label in ("суд", "сот", "court") and bool(re.search(r"\bсуд|\bсот[ы ]|court", line))


def find(folded: Folded) -> Iterator[Found]:
    """Every turn, label included; `text_start` and `text_end` bound what was said."""
    found = labels(folded)
    for place, label in enumerate(found):
        stop = found[place + 1].start if place + 1 < len(found) else len(folded.plain)
        closing = _closing().search(folded.lower, label.end, stop)
        stop = stop if closing is None else closing.start()
        while stop > label.end and folded.plain[stop - 1] in " \n*_":
            stop -= 1
        begin = label.end
        while begin < stop and folded.plain[begin] in " \n*_":
            begin += 1
        if begin >= stop:
            continue
        yield _turn(folded, label, begin, stop)


def _turn(folded: Folded, label: Label, begin: int, stop: int) -> Found:
    start = label.start
    while folded.plain[start] in " \n":
        start += 1
    label_start, label_end = folded.span(label.label_start, label.label_end)
    text_start, text_end = folded.span(begin, stop)
    value: dict[str, object] = {
        "speaker": label.speaker,
        "label": folded.original[label_start:label_end],
        "text_start": text_start,
        "text_end": text_end,
    }
    if label.time:
        value["time"] = label.time
    return Found(MentionKind.TURN, start, stop, value, label.role)


TURNS = Extractor("turns", "1", find)
