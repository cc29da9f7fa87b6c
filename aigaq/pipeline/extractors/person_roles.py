"""Which role a text gives to a person: by the title before, the apposition after, the label."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from aigaq.pipeline.extractors.folding import Folded
from aigaq.pipeline.extractors.lexicon import any_of, data
from aigaq.pipeline.extractors.morphology import is_verb
from aigaq.pipeline.extractors.names import is_female, male_nominative
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
    r"[ \n]{0,2}(?:\([ ]?|,[ \n]{1,3}(?:(?:a|an|the|his|her|their|его|её|ее|их|оның|who is|who was"
    r"|который является)[ \n]{1,3})?|[ ][–—-][ ]|[ ](?:is|was|as)[ ](?:an?|the)[ ])"
)
_GENITIVE_ROLE = re.compile(r"(?:ого|его|ой|ей|ых|их|[^е]ля|ка|ра|та)$")
_NOMINATIVE_SURNAME = re.compile(r"(?:ов|ев|ёв|ин|ын|ский|цкий)$")
_GENITIVE_SURNAME = re.compile(r"(?:[оеё]ва|[иы]на|ского|цкого)$")
_PLURAL = re.compile(
    r"(?:ые|ие|ых|их|ыми|ими|ым|им|ы|и|ей|ов|ам|ами|s|es)$|(?:лар|лер|дар|дер|тар|тер)"
)
_STOP_BETWEEN = re.compile(
    r"[,;:!?()«»\"]|(?<!\bг)(?<!\bобл)(?<!\bгор)(?<!\bим)(?<!\bрн)\.(?=[ \n])|[–—]"
)
_NAMES_TO_LINE_END = re.compile(
    r"(?:[ ,;]{1,4}[^\W\d_a-zа-яё][^\s,;]{0,30}){0,20}[ ,;.]{0,4}(?:\n|$)"
)
_SMALL_WORD = re.compile(r"[^\W\d_]+")


@cache
def _cues() -> dict[str, tuple[re.Pattern[str], re.Pattern[str]]]:
    cues = data("role_cues")
    return {
        role: (
            re.compile(rf"(?<![^\W_])(?:{any_of(cues[role]['before'])})[ \n:]{{1,6}}$"),
            re.compile(rf"[ \n]{{1,3}}(?:{any_of(cues[role]['after'])})"),
        )
        for role in ("defendant", "victim")
    }


@cache
def _small(kind: str) -> frozenset[str]:
    return frozenset(data("role_cues")[kind])


def roles_of(folded: Folded, spans: Sequence[tuple[int, int]]) -> list[str]:
    """The role of each person span, "" where the text gives none."""
    spoken = SpanIndex(label.name for label in labels(folded) if label.name is not None)
    roles: list[str] = []
    head = 0
    for place, (start, end) in enumerate(spans):
        listed = place > 0 and _LIST_JOIN.fullmatch(folded.lower, spans[place - 1][1], start)
        head = head if listed else place
        told = next((name.role for name in spoken.meeting(start, end) if name.role), "")
        role = told or _before(folded, spans, place)
        if not role and listed and roles[-1] and _plural_title(folded, spans[head][0]):
            role = roles[-1]
        roles.append(role or _after(folded, spans, place) or _by_cue(folded.lower, start, end))
    return roles


def _plural_title(folded: Folded, start: int) -> bool:
    """In "подсудимые Иванов, Петров и Сидоров" the role is everybody's."""
    words = list(role_words(folded.lower, max(0, start - 40), start))
    return bool(words) and bool(_PLURAL.search(folded.lower[words[-1].start : words[-1].end]))


def _by_cue(lower: str, start: int, end: int) -> str:
    """What is done to the person tells it: "признать виновным", "was killed"."""
    for role, (before, after) in _cues().items():
        if after.match(lower, end) or before.search(lower, max(0, start - 60), start):
            return role
    return ""


# --- the title before -----------------------------------------------------------------------


def _before(folded: Folded, spans: Sequence[tuple[int, int]], place: int) -> str:
    start = spans[place][0]
    begin = max(0, start - _REACH, spans[place - 1][1] if place else 0)
    words = _without_address(folded, list(role_words(folded.lower, begin, start)))
    if not words:
        return ""
    chosen = _of_name(folded, words, spans[place])
    between = folded.plain[words[-1].end : start]
    if between and between[0] == ".":
        between = between[1:]
    if between.lstrip().startswith(":"):
        return chosen.role if _ends_line(folded.plain, spans[place][1]) else ""
    if not _may_stand_between(between) or _kin_of(folded, chosen, spans[place]):
        return ""
    return chosen.role


def _without_address(folded: Folded, words: list[RoleWord]) -> list[RoleWord]:
    """In "his lawyer, Ms Omarova" the role is the lawyer's, not the form of address."""
    while len(words) > 1 and not words[-1].role:
        between = folded.lower[words[-2].end : words[-1].start]
        if between.strip(" \n,") or not words[-2].role:
            break
        words = [*words[:-2], RoleWord(words[-2].start, words[-1].end, words[-2].role)]
    return words


def _ends_line(plain: str, end: int) -> bool:
    """Whether names are all that a heading says (Прокурор: Лиманов И.И.), not what is spoken."""
    return _NAMES_TO_LINE_END.match(plain, end) is not None


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


def _kin_of(folded: Folded, word: RoleWord, span: tuple[int, int]) -> bool:
    """ "матери Лиманова О.К.", "мать Олжаса": the name is that of the mother's son."""
    kin = folded.lower[word.start : word.end]
    if word.role != "relative" or not re.search("[а-яё]", kin) or " " in kin:
        return False
    written = [part for part in re.split(r"[ \n]+", folded.plain[span[0] : span[1]]) if part]
    if any(is_female(part) for part in written):
        return False
    given = [part for part in written if (base := male_nominative(part)) and base != part]
    genitive = any(_GENITIVE_SURNAME.search(part.lower()) for part in written)
    oblique = not kin.endswith(
        ("мать", "сестра", "жена", "вдова", "супруга", "дочь", "тётя", "тетя")
    )
    return bool(given) or (genitive and (oblique or kin in _small("kin_masculine")))


def _may_stand_between(between: str) -> bool:
    """Whether the words between title and name belong to the title: its office and place."""
    between = re.sub(r"«[^«»\n]{1,60}»", "", between)
    words = _SMALL_WORD.findall(between.lower())
    if len(words) > _MOST_WORDS_BETWEEN or "\n\n" in between:
        return False
    if not between.strip(" \n,–—-"):
        return True
    if _STOP_BETWEEN.search(between.rstrip(" \n-–—")) or any(
        word in _small("breaks") for word in words
    ):
        return False
    if re.search(r"[A-Za-z]{2,}", between):
        return bool(re.fullmatch(r"[ \n]*(?:of|for|at|in|the|[A-Z][\w.-]*|[ \n])*", between))
    return not any(is_verb(word) and word not in _small("links") for word in words if len(word) > 1)


# --- the apposition after -------------------------------------------------------------------


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
    if place + 1 < len(spans) and not re.search(r"[,;.()\n]", folded.lower[word.end : stop]):
        return ""  # the role is the next person's: "Иванов, судья Петров"
    return word.role
