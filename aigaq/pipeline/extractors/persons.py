"""Persons, with the role a word beside them gives, in three languages.

Russian sentences are read by natasha's tagger, every sentence by rules over the classes of
capitalised words (`person_words`): initials before and after, patronymics, capitals throughout,
names after titles and as speakers' labels, and a bare surname once the text has it in full. Names
of streets, places, weapons and laws called after people are left out by the words beside them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from aigaq.archive.model import MentionKind
from aigaq.pipeline.extractors import tagger
from aigaq.pipeline.extractors.extractor import Extractor, Found
from aigaq.pipeline.extractors.folding import Folded
from aigaq.pipeline.extractors.names import is_weak, sound_key
from aigaq.pipeline.extractors.person_roles import roles_of
from aigaq.pipeline.extractors.person_values import person_value
from aigaq.pipeline.extractors.person_words import (
    NameWord,
    name_words,
    place_after,
    place_before,
)
from aigaq.pipeline.extractors.roles import role_words
from aigaq.pipeline.extractors.turns import labels


@dataclass(frozen=True, slots=True)
class Candidate:
    """A name in the making: its span and its words; `sure` where no other word need confirm it."""

    start: int
    end: int
    words: tuple[NameWord, ...]
    sure: bool


#: Patterns over word classes (see NameWord.kind), longest first; the flag: needs no confirmation.
_GRAMMAR: tuple[tuple[str, bool], ...] = (
    ("[SsU][GWU]P", True),
    ("[SsU][GWU][GWUSs]t", True),
    ("[GWc]P[SsUc]", True),
    ("[GWU]P[Ss]", True),
    ("[SsUc][GWUc]P", True),
    ("[GWSsU]{2}t", True),
    ("II[SsGWUc]", True),
    ("[SsGWUc]II", True),
    ("[GW][GW][Ss]", True),
    ("[GW]I[SsU]", True),
    ("[GW]P", True),
    ("[SsU]P", True),
    ("[GWSsU]t", True),
    ("I[SsGWU]", True),
    ("[SsGWU]I", True),
    ("[GW]S", True),
    ("S[GW]", True),
    ("c[S]|Gc", True),
    ("Gs", True),
    ("sG", True),
    ("[Ws][sW]", False),
    ("GU", True),
    ("G[GW]|WG", True),
    ("UG", False),
    ("[UW]S|SU", True),
    ("WU|UW|UU|sU|Us", False),
    ("S", False),
    ("P", False),
    ("G", False),
    ("[sUW]", False),
)


@cache
def _grammar() -> tuple[tuple[re.Pattern[str], bool], ...]:
    return tuple((re.compile(pattern), sure) for pattern, sure in _GRAMMAR)


def find(folded: Folded) -> Iterator[Found]:
    """Every person of a text."""
    candidates = _not_places(folded, _candidates(folded))
    tags = tagger.tagged(folded.plain)
    persons = _chosen(folded, candidates, tags)
    spans = [(person.start, person.end) for person in persons]
    told = roles_of(folded, spans)
    for person, role in zip(persons, told, strict=True):
        value = person_value(person.words, folded.plain[person.start : person.end])
        yield Found(MentionKind.PERSON, person.start, person.end, value, role)


# --- candidates -----------------------------------------------------------------------------


def _candidates(folded: Folded) -> list[Candidate]:
    words = list(name_words(folded))
    found: list[Candidate] = []
    first = 0
    for place in range(1, len(words) + 1):
        if place == len(words) or words[place].gap == "x" or words[place].kind == "C":
            sequence = [word for word in words[first:place] if word.kind != "C"]
            found.extend(_in_sequence(sequence))
            first = place
    return found


def _in_sequence(words: Sequence[NameWord]) -> Iterator[Candidate]:
    """Sure names first, wherever they begin; then what is left between them."""
    left: list[NameWord] = []
    place = 0
    kinds = "".join(word.kind for word in words)
    while place < len(words):
        match = _fitting(words, kinds, place, sure=True)
        if match is None:
            left.append(words[place])
            place += 1
            continue
        yield from _unsure(left)
        left = []
        chosen = tuple(words[place : match])
        yield Candidate(chosen[0].start, chosen[-1].end, chosen, True)
        place = match
    yield from _unsure(left)


def _unsure(words: Sequence[NameWord]) -> Iterator[Candidate]:
    kinds = "".join(word.kind for word in words)
    place = 0
    while place < len(words):
        match = _fitting(words, kinds, place, sure=False)
        if match is not None:
            chosen = tuple(words[place:match])
            yield Candidate(chosen[0].start, chosen[-1].end, chosen, False)
        place = match if match is not None else place + 1


def _fitting(words: Sequence[NameWord], kinds: str, place: int, *, sure: bool) -> int | None:
    """Where the longest fitting name that begins here ends."""
    for pattern, needs_none in _grammar():
        if needs_none is not sure:
            continue
        match = pattern.match(kinds, place)
        if match and _holds_together(words[place : match.end()]):
            return match.end()
    return None


def _holds_together(words: Sequence[NameWord]) -> bool:
    """One name is written in one way: no small-letter surname beside one in capitals."""
    if any(word.gap == "n" for word in words[1:]) and words[0].kind == "I" != words[-1].kind:
        return all(word.gap != "n" for word in words[1:-1])
    full = [word for word in words if word.kind not in "It"]
    latin = {word.text[0] < "\u0400" for word in words if word.kind != "I"}
    shouted = {word.text.isupper() for word in full if len(word.text) > 1}
    mixed = len(shouted) > 1 and not full[0].text.isupper() and not full[-1].text.isupper()
    return len(latin) <= 1 and not mixed


def _not_places(folded: Folded, candidates: Sequence[Candidate]) -> list[Candidate]:
    return [candidate for candidate in candidates if not _is_place(folded, candidate)]


def _is_place(folded: Folded, candidate: Candidate) -> bool:
    lower = folded.lower
    if place_after().match(lower, candidate.end):
        return True
    window = lower[max(0, candidate.start - 24) : candidate.start]
    return bool(place_before().search(window))


# --- choosing -------------------------------------------------------------------------------


def _chosen(
    folded: Folded, candidates: Sequence[Candidate], tags: Sequence[tagger.Tagged]
) -> list[Candidate]:
    """The candidates that are persons, and what the tagger found besides."""
    people = [tag for tag in tags if tag.kind == "PER"]
    others = [tag for tag in tags if tag.kind != "PER"]
    label_names = {label.name for label in labels(folded) if label.name is not None}
    known = _known_names(candidate for candidate in candidates if candidate.sure)
    kept: list[Candidate] = []
    for candidate in candidates:
        if candidate.sure:
            good = not _inside(candidate, others) or _strongly_built(candidate)
        else:
            good = _confirmed(folded, candidate, people, others, known, label_names)
        if good:
            kept.append(candidate)
    return _with_tagged(folded, kept, people)


def _strongly_built(candidate: Candidate) -> bool:
    kinds = {word.kind for word in candidate.words}
    return bool(kinds & set("IPt")) and len(candidate.words) > 1


def _inside(candidate: Candidate, tags: Sequence[tagger.Tagged]) -> bool:
    return any(tag.start <= candidate.start and candidate.end <= tag.end for tag in tags)


def _known_names(sure: Iterator[Candidate] | Sequence[Candidate]) -> frozenset[str]:
    return frozenset(
        stem(word.text)
        for candidate in sure
        if len(candidate.words) > 1
        for word in candidate.words
        if word.kind in "SsUGW" and len(word.text) > 3
    )


_STEM_ENDING = re.compile(
    r"(?:ого|ому|ыми|ами|ный|ым|ой|ом|ем|ым|ою|а|у|е|ы|и|ю|я|ь|й"
    r"|ның|нің|дың|дің|тың|тің|нан|нен|дан|ден|тан|тен|мен|бен|пен|ға|ге|қа|ке|на|не|ны|ні|ды|ді|ты|ті"
    r"|да|де|та|те|'s)$"
)


def stem(word: str) -> str:
    """A word without its case ending, for comparing forms of one name within a text."""
    lower = word.lower()
    shorter = _STEM_ENDING.sub("", lower)
    return sound_key(shorter if len(shorter) >= 3 else lower)


def _confirmed(
    folded: Folded,
    candidate: Candidate,
    people: Sequence[tagger.Tagged],
    others: Sequence[tagger.Tagged],
    known: frozenset[str],
    label_names: set[tuple[int, int]],
) -> bool:
    """Whether something beside an unsure candidate, or elsewhere in the text, shows a person."""
    if any(tag.start < candidate.end and candidate.start < tag.end for tag in people):
        return True
    span = candidate.start, candidate.end
    if any(start <= span[0] and span[1] <= end for start, end in label_names):
        return True
    if _inside(candidate, others):
        return False
    if _titled(folded, candidate):
        return True
    if all(stem(word.text) in known for word in candidate.words):
        return not (len(candidate.words) == 1 and is_weak(candidate.words[0].text))
    kinds = "".join(word.kind for word in candidate.words)
    return kinds in ("S", "G") and not _begins_sentence_weakly(folded, candidate)


def _begins_sentence_weakly(folded: Folded, candidate: Candidate) -> bool:
    word = candidate.words[0].text
    return word.isupper() and len(word) < 5


_BETWEEN_TITLE = re.compile(r"[ \n]{1,4}|[ ]?[-–—][ ]?")


def _titled(folded: Folded, candidate: Candidate) -> bool:
    """A role word right before the name: судья Мәлім, Judge Carter, Mr. Smith."""
    begin = max(0, candidate.start - 48)
    words = list(role_words(folded.lower, begin, candidate.start))
    if not words or candidate.words[0].text.isupper() and len(candidate.words[0].text) < 4:
        return False
    last = words[-1]
    between = folded.lower[last.end : candidate.start]
    return bool(_BETWEEN_TITLE.fullmatch(between.lstrip(".")))


def _with_tagged(
    folded: Folded, kept: Sequence[Candidate], people: Sequence[tagger.Tagged]
) -> list[Candidate]:
    """Add what the tagger alone found, and take its longer name for a part of it."""
    result = list(kept)
    for tag in people:
        over = [c for c in result if c.start < tag.end and tag.start < c.end]
        inside = all(tag.start <= c.start and c.end <= tag.end for c in over)
        if over and (not inside or (tag.start, tag.end) == (over[0].start, over[0].end)):
            continue
        if any(_strongly_built(c) for c in over) or len(over) > 1 and "\n" in folded.plain[tag.start : tag.end]:
            continue
        words = tuple(name_words_of(folded, tag.start, tag.end))
        if not words or all(word.kind == "C" for word in words):
            continue
        candidate = Candidate(tag.start, tag.end, words, True)
        if not _is_place(folded, candidate):
            result = [c for c in result if c not in over]
            result.append(candidate)
    return sorted(result, key=lambda candidate: candidate.start)


def name_words_of(folded: Folded, start: int, end: int) -> Iterator[NameWord]:
    """The name words within a span."""
    for word in name_words(Folded(folded.original, folded.plain[start:end], folded.lower[start:end])):
        yield NameWord(word.kind, word.start + start, word.end + start, word.text, word.gap)


PERSONS = Extractor("persons", "1", find)
