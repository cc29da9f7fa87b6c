"""Which role a text gives to a person: by the title before, the apposition after, the label."""

from __future__ import annotations

import re
from collections.abc import Sequence

from aigaq.pipeline.extractors.folding import Folded
from aigaq.pipeline.extractors.morphology import is_verb
from aigaq.pipeline.extractors.names import is_female
from aigaq.pipeline.extractors.roles import RoleWord, role_words
from aigaq.pipeline.extractors.span_index import SpanIndex
from aigaq.pipeline.extractors.turns import labels

#: How far before a name its title may stand: "прокурор отдела прокуратуры города Алматы Иванов".
_REACH = 110
_MOST_WORDS_BETWEEN = 9
_LIST_JOIN = re.compile(
    r"[ \n]*(?:,|,?[ \n]+(?:и|а также|және|мен|пен|бен|and|as well as))[ \n]*(?:№?\d+\)?[ ]?)?"
)
_AFTER = re.compile(
    r"[ \n]{0,2}(?:\([ ]?|,[ \n]{1,3}(?:(?:a|an|the|его|её|ее|их|оның|who is|who was|который является)[ \n]{1,3})?"
    r"|[ ][–—-][ ]|[ ](?:is|was|as)[ ](?:an?|the)[ ])"
)
_GENITIVE_ROLE = re.compile(r"(?:ого|его|ой|ей|ых|их|[^е]ля|ка|ра|та)$")
_NOMINATIVE_SURNAME = re.compile(r"(?:ов|ев|ёв|ин|ын|ский|цкий)$")
_STOP_BETWEEN = re.compile(r"[,;:!?()«»\"]|\.(?=[ \n]+[^\W\d_]{2,})(?<!\bг\.)(?<!\bобл\.)(?<!\bгор\.)")
_SMALL_WORD = re.compile(r"[^\W\d_]+")


def roles_of(folded: Folded, spans: Sequence[tuple[int, int]]) -> list[str]:
    """The role of each person span, "" where the text gives none."""
    spoken = SpanIndex(label.name for label in labels(folded) if label.name is not None)
    roles: list[str] = []
    for place, (start, end) in enumerate(spans):
        told = next((name.role for name in spoken.meeting(start, end) if name.role), "")
        role = told or _before(folded, spans, place)
        if not role and place and roles[-1] and _listed(folded, spans, place):
            role = roles[-1]
        roles.append(role or _after(folded, spans, place))
    return roles


def _listed(folded: Folded, spans: Sequence[tuple[int, int]], place: int) -> bool:
    """In "подсудимые Иванов, Петров и Сидоров" the role is everybody's."""
    between = folded.lower[spans[place - 1][1] : spans[place][0]]
    if not _LIST_JOIN.fullmatch(between):
        return False
    first = place - 1
    while first and _LIST_JOIN.fullmatch(folded.lower[spans[first - 1][1] : spans[first][0]]):
        first -= 1
    words = list(role_words(folded.lower, max(0, spans[first][0] - 40), spans[first][0]))
    return bool(words) and _plural(folded.lower[words[-1].start : words[-1].end])


def _plural(word: str) -> bool:
    return bool(re.search(r"(?:ые|ие|ых|их|ыми|ими|ым|им|ы|и|ей|ов|ам|ами|лар|лер|дар|дер|тар|тер|s|es)$", word)) or bool(
        re.search(r"(?:лар|лер|дар|дер|тар|тер)", word)
    )


def _before(folded: Folded, spans: Sequence[tuple[int, int]], place: int) -> str:
    start = spans[place][0]
    begin = max(0, start - _REACH, spans[place - 1][1] if place else 0)
    words = list(role_words(folded.lower, begin, start))
    if not words:
        return ""
    chosen = _of_name(folded, words, spans[place])
    between = folded.plain[words[-1].end : start]
    if between and between[0] == ".":
        between = between[1:]
    return chosen.role if _may_stand_between(between) else ""


def _of_name(folded: Folded, words: Sequence[RoleWord], span: tuple[int, int]) -> RoleWord:
    """The nearest role word, but in "адвокат подсудимого Петров" the one in the nominative."""
    last = words[-1]
    if len(words) < 2:
        return last
    head = words[-2]
    gap = folded.lower[head.end : last.start]
    written = folded.plain[span[0] : span[1]].split()
    nominative = any(_NOMINATIVE_SURNAME.search(word.lower()) for word in written)
    masculine = folded.lower[last.start : last.end].endswith(("ого", "его"))
    nominative = nominative or (masculine and any(is_female(word) for word in written))
    genitive = _GENITIVE_ROLE.search(folded.lower[last.start : last.end])
    return head if nominative and genitive and not gap.strip(" \n") else last


def _may_stand_between(between: str) -> bool:
    """Whether the words between title and name belong to the title: its office and place."""
    between = re.sub(r"«[^«»\n]{1,60}»", "", between)
    words = _SMALL_WORD.findall(between)
    if len(words) > _MOST_WORDS_BETWEEN:
        return False
    bare = between.strip(" \n,–—-:")
    if not bare:
        return "\n\n" not in between
    if _STOP_BETWEEN.search(between.rstrip(" \n-–—")) or "\n\n" in between:
        return False
    latin = re.search(r"[A-Za-z]{2,}", between)
    if latin:
        return bool(re.fullmatch(r"[ \n]*(?:of|for|at|in|the|[A-Z][\w.-]*|[ \n])*", between))
    return not any(is_verb(word) for word in words if len(word) > 1)


def _after(folded: Folded, spans: Sequence[tuple[int, int]], place: int) -> str:
    """An apposition: Иванов И.И., адвокат; Carter (judge); Petrov, a journalist from Almaty."""
    end = spans[place][1]
    match = _AFTER.match(folded.lower, end)
    if match is None:
        return ""
    stop = spans[place + 1][0] if place + 1 < len(spans) else len(folded.lower)
    limit = min(stop, match.end() + 60)
    found = list(role_words(folded.lower, match.end(), limit))
    if not found or folded.lower[match.end() : found[0].start].strip(" "):
        return ""
    word = found[0]
    if len(found) > 1 and folded.lower[word.end : found[1].start].strip() == "'s":
        word = found[1]  # "the defendant's lawyer"
    tail = folded.lower[word.end : stop]
    if place + 1 < len(spans) and not re.search(r"[,;.()\n]", tail):
        return ""  # the role is the next person's: "Иванов, судья Петров"
    return word.role
