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
from aigaq.pipeline.extractors.names import is_surname, is_weak, sound_key
from aigaq.pipeline.extractors.person_roles import roles_of
from aigaq.pipeline.extractors.person_values import person_value
from aigaq.pipeline.extractors.person_words import (
    NameWord,
    begins_sentence,
    name_words,
    place_after,
    place_before,
)
from aigaq.pipeline.extractors.roles import role_words
from aigaq.pipeline.extractors.span_index import SpanIndex
from aigaq.pipeline.extractors.turns import NameSpan, labels


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
    ("P[GWSs]", True),
    ("[SsU]P", True),
    ("[GWSsU]t", True),
    ("I[SsGWU]", True),
    ("[SsGWU]I", True),
    ("[GW]S", True),
    ("S[GW]", True),
    ("[cs]S|Gc", True),
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
    ("[sUWc]", False),
)


@cache
def _grammar() -> tuple[tuple[re.Pattern[str], bool], ...]:
    return tuple((re.compile(pattern), sure) for pattern, sure in _GRAMMAR)


def find(folded: Folded) -> Iterator[Found]:
    """Every person of a text."""
    words = list(name_words(folded))
    candidates = _not_places(folded, _candidates(words))
    hopeful = [word.start for word in words if word.kind not in "CIt"]
    tags = tagger.tagged(folded.plain, hopeful)
    persons = _chosen(folded, candidates, tags)
    spans = [(person.start, person.end) for person in persons]
    told = roles_of(folded, spans)
    for person, role in zip(persons, told, strict=True):
        value = person_value(person.words, folded.plain[person.start : person.end])
        yield Found(MentionKind.PERSON, person.start, person.end, value, role)


# --- candidates -----------------------------------------------------------------------------


def _candidates(words: Sequence[NameWord]) -> list[Candidate]:
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
        chosen = tuple(words[place:match])
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


@dataclass(frozen=True, slots=True)
class _Context:
    """What confirms an unsure candidate: the tagger, speakers' labels, fuller names of the text."""

    people: SpanIndex[tagger.Tagged]
    others: SpanIndex[tagger.Tagged]
    speakers: SpanIndex[NameSpan]
    known: frozenset[str]


def _chosen(
    folded: Folded, candidates: Sequence[Candidate], tags: Sequence[tagger.Tagged]
) -> list[Candidate]:
    """The candidates that are persons, and what the tagger found besides."""
    context = _Context(
        SpanIndex(tag for tag in tags if tag.kind == "PER"),
        SpanIndex(tag for tag in tags if tag.kind != "PER"),
        SpanIndex(label.name for label in labels(folded) if label.name is not None),
        _known_names(candidate for candidate in candidates if candidate.sure),
    )
    kept: list[Candidate] = []
    for candidate in candidates:
        start, end = candidate.start, candidate.end
        if candidate.sure:
            good = _strongly_built(candidate) or not context.others.covers(start, end)
        else:
            good = _confirmed(folded, candidate, context)
        if good:
            kept.append(candidate)
    people = [tag for tag in tags if tag.kind == "PER"]
    return _with_tagged(folded, kept, people)


def _strongly_built(candidate: Candidate) -> bool:
    kinds = {word.kind for word in candidate.words}
    return bool(kinds & set("IPt")) and len(candidate.words) > 1


def _known_names(sure: Iterator[Candidate] | Sequence[Candidate]) -> frozenset[str]:
    return frozenset(
        stem(word.text)
        for candidate in sure
        if len(candidate.words) > 1
        for word in candidate.words
        if word.kind in "SsUGWc" and len(word.text) > 3
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


def _confirmed(folded: Folded, candidate: Candidate, context: _Context) -> bool:
    """Whether something beside an unsure candidate, or elsewhere in the text, shows a person."""
    start, end = candidate.start, candidate.end
    if context.people.meeting(start, end) or context.speakers.covers(start, end):
        return True
    if context.others.covers(start, end):
        return False
    if all(stem(word.text) in context.known for word in candidate.words):
        return not (len(candidate.words) == 1 and is_weak(candidate.words[0].text))
    kinds = "".join(word.kind for word in candidate.words)
    if kinds in ("UU", "sU", "Us", "WU", "UW", "UG") and candidate.words[0].text[0] < "\u0400":
        shouted = any(word.text.isupper() for word in candidate.words)
        if not shouted and _behaves_as_person(folded.lower, candidate):
            return True
    if kinds == "s" and _unexpected(folded, candidate):
        return True
    if kinds in ("S", "G") and not _begins_sentence_weakly(candidate):
        return True
    return _titled(folded, candidate)


_DOES = re.compile(
    r"(?:'s\b|,?[ \n](?:who|whose|whom|was|is|were|has|had|said|says|told|asked|testified"
    r"|stated|claimed|explained|added|noted|denied|admitted|pleaded|confirmed|replied|answered|argued|insisted"
    r"|recalled"
    r"|described|also|and|then|did|could|would|will|went|came|saw|took|made|got|began|became|joined|died"
    r"|lived|worked|served|wrote|born|aged|from|of|\d{1,2}\b)\b|[,)]|[ ]\(|\.(?:[ \n]|$)|$)"
)


def _behaves_as_person(lower: str, candidate: Candidate) -> bool:
    """Whether what follows two unknown English words is what follows people's names."""
    return _DOES.match(lower, candidate.end) is not None


def _unexpected(folded: Folded, candidate: Candidate) -> bool:
    """A Cyrillic surname in -ин within a sentence, where an everyday word has no capital."""
    text = candidate.words[0].text
    inside = not begins_sentence(folded.plain, candidate.start)
    return inside and text[0] >= "\u0400" and not text.isupper() and is_surname(text)


def _begins_sentence_weakly(candidate: Candidate) -> bool:
    word = candidate.words[0].text
    return word.isupper() and len(word) < 5


_BETWEEN_TITLE = re.compile(r"[ \n]{1,4}|[ ]?[-–—][ ]?")


def _titled(folded: Folded, candidate: Candidate) -> bool:
    """A role word right before the name: судья Мәлім, Judge Carter, Mr. Smith."""
    begin = max(0, candidate.start - 48)
    words = list(role_words(folded.lower, begin, candidate.start))
    if not words or (candidate.words[0].text.isupper() and len(candidate.words[0].text) < 4):
        return False
    last = words[-1]
    between = folded.lower[last.end : candidate.start]
    return bool(_BETWEEN_TITLE.fullmatch(between.lstrip(".")))


def _with_tagged(
    folded: Folded, kept: Sequence[Candidate], people: Sequence[tagger.Tagged]
) -> list[Candidate]:
    """Add what the tagger alone found, and take its longer name for a part of it."""
    index = SpanIndex(kept)
    dropped: set[int] = set()
    added: list[Candidate] = []
    for tag in people:
        over = index.meeting(tag.start, tag.end)
        if over and not _wider(folded, tag, over):
            continue
        words = tuple(name_words_of(folded, tag.start, tag.end))
        candidate = Candidate(tag.start, tag.end, words, True)
        if all(word.kind in "CI" for word in words) or _is_place(folded, candidate):
            continue
        dropped.update(candidate.start for candidate in over)
        added.append(candidate)
    result = [candidate for candidate in kept if candidate.start not in dropped]
    return sorted([*result, *added], key=lambda candidate: candidate.start)


def _wider(folded: Folded, tag: tagger.Tagged, over: Sequence[Candidate]) -> bool:
    """Whether the tagger has a longer reading of names that the rules have only in part."""
    inside = all(tag.start <= c.start and c.end <= tag.end for c in over)
    same = len(over) == 1 and (tag.start, tag.end) == (over[0].start, over[0].end)
    across = len(over) > 1 and "\n" in folded.plain[tag.start : tag.end]
    return inside and not same and not across and not any(_strongly_built(c) for c in over)


def name_words_of(folded: Folded, start: int, end: int) -> Iterator[NameWord]:
    """The name words within a span."""
    for word in name_words(
        Folded(folded.original, folded.plain[start:end], folded.lower[start:end])
    ):
        yield NameWord(word.kind, word.start + start, word.end + start, word.text, word.gap)


PERSONS = Extractor("persons", "1", find)
