"""From the tree of a query to the tree of an engine, with all names looked up and compared.

Names are settled before the search, not after it: the engine's dictionary gives every written name
under the keys asked for, each is compared with the one asked, and those that stand the comparison
become exact keywords of the query. So totals, facets and pages count only true matches.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from aigaq.search import analysis, names, wordlists
from aigaq.search import engine as tree
from aigaq.search import query as asked
from aigaq.search.days import month_number
from aigaq.search.highlight import FuzzyWord, Marks, NameFound
from aigaq.search.indexer import NameEntry, squeezed
from aigaq.search.names import Breadth, Match, Reason

_NAME_SCORE = {
    Reason.SAME: 20.0,
    Reason.INFLECTED: 19.0,
    Reason.SCRIPT: 18.0,
    Reason.TRANSLITERATION: 17.0,
    Reason.INITIALS: 14.0,
    Reason.SHORT: 12.0,
    Reason.SURNAME: 10.0,
    Reason.TYPO: 6.0,
}
"""Above what a word scores by BM25 (about 4 to 12): a name found as a name comes first."""
_EXACT_BOOST = 1.3
"""A word as typed counts more than another form of it."""
_TEXT_OF_NAME = 0.4
"""A name found only as a word comes after it is found as a name."""

_LEAST_NAME = 4
"""Letters from which a word in small letters is looked up as a name too."""

_ROLE_OF = {word: role for role, *words in wordlists.lines("roles") for word in words}
_LANGUAGE_OF = {
    "рус": "ru", "русский": "ru", "rus": "ru", "russian": "ru", "орысша": "ru",
    "каз": "kk", "казахский": "kk", "kaz": "kk", "kazakh": "kk", "қазақша": "kk", "kz": "kk",
    "англ": "en", "английский": "en", "eng": "en", "english": "en", "ағылшынша": "en",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Plan:
    """What to ask the engine and what to look for in its answer.

    `widens` tells that a broader look for the names of the query could find more.
    """

    query: tree.EngineQuery
    marks: Marks
    widens: bool


def plan(node: asked.Node, engine: tree.Engine, breadth: Breadth = Breadth.SIMILAR) -> Plan:
    """Look up all names of a query and lay out the search."""
    planner = _Planner(engine, breadth)
    return Plan(planner.node(node), planner.marks, planner.widens)


@dataclass(slots=True)
class _Planner:
    """One walk over a query's tree. `excluded` is above 0 inside a NOT: nothing is marked there."""

    engine: tree.Engine
    breadth: Breadth
    marks: Marks = field(default_factory=Marks)
    excluded: int = 0
    widens: bool = False

    def node(self, node: asked.Node) -> tree.EngineQuery:
        match node:
            case asked.Everything():
                return tree.Everything()
            case asked.Nothing():
                return tree.Nothing()
            case asked.And(children):
                return tree.All(tuple(map(self.node, children)))
            case asked.Or(children):
                return tree.Any(tuple(map(self.node, children)))
            case asked.Not(child):
                return self._without(child)
            case asked.Named(text):
                return self._named(text, self.breadth)
            case asked.Person(name, broad, speaking):
                return self._person(name, Breadth.BROAD if broad else self.breadth, speaking)
            case asked.Keyword(name, value):
                return self._keyword(name, value)
            case asked.Article(query):
                readings = dict.fromkeys(each.replace(":", "-") for each in query.tokens)
                self._say(f"article: {' or '.join(readings)}")
                return tree.OneOf("article", query.tokens)
            case asked.Dated():
                return self._dated(node)
            case _:
                return self._text(node)

    def _without(self, child: asked.Node) -> tree.EngineQuery:
        self.excluded += 1
        clause = self.node(child)
        self.excluded -= 1
        return tree.Without(clause)

    def _say(self, condition: str) -> None:
        if not self.excluded and condition not in self.marks.said:
            self.marks.said.append(condition)

    # --- words

    def _text(
        self,
        node: asked.Word
        | asked.Phrase
        | asked.Proximity
        | asked.Fuzzy
        | asked.Prefix
        | asked.Wildcard,
    ) -> tree.EngineQuery:
        marks = Marks() if self.excluded else self.marks
        match node:
            case asked.Word(text):
                return self._word(text, marks)
            case asked.Phrase(text):
                return self._phrase(text, marks)
            case asked.Proximity(text, slop):
                return _near(text, slop, marks)
            case asked.Fuzzy(text, distance):
                return self._fuzzy(text, distance, marks)
            case asked.Prefix(text):
                prefix = analysis.fold(text)
                marks.prefixes.add(prefix)
                return tree.Pattern("exact", f"{prefix}*")
            case asked.Wildcard(pattern):
                folded = analysis.fold(pattern)
                marks.patterns.append(_pattern(folded))
                return tree.Pattern("exact", folded)

    def _word(self, text: str, marks: Marks) -> tree.EngineQuery:
        """A word in any form; a name typed in small letters finds persons that are certain."""
        words = _all([_word(token.exact, marks) for token in analysis.tokens(text)])
        if len(text) < _LEAST_NAME or not text.isalpha():
            return words
        named = self._names("names", text, self.breadth, accept=_certain, weight=_TEXT_OF_NAME)
        return words if isinstance(named, tree.Nothing) else tree.Best((named, words))

    def _phrase(self, text: str, marks: Marks) -> tree.EngineQuery:
        """These words in a row; of a name in quotation marks, also its forms in other spellings."""
        words = tuple(token.exact for token in analysis.tokens(text))
        marks.phrases.append(words)
        phrase = tree.Sequenced("exact", words)
        if len(words) < 2 or not all(map(asked.looks_like_name, text.split())):
            return phrase
        named = self._names("names", text, self.breadth, accept=lambda found, _: found.whole)
        return phrase if isinstance(named, tree.Nothing) else tree.Best((named, phrase))

    def _fuzzy(self, text: str, distance: int, marks: Marks) -> tree.EngineQuery:
        token = analysis.fold(text)
        marks.fuzzy.append(FuzzyWord(token, frozenset(token), distance))
        similar = tree.Best((tree.Similar("exact", token, distance), _word(token, marks)))
        if not asked.looks_like_name(text):
            return similar
        return tree.Best((self._names("names", text, Breadth.BROAD), similar))

    # --- names

    def _named(self, text: str, breadth: Breadth) -> tree.EngineQuery:
        marks = Marks() if self.excluded else self.marks
        words = [_word_of_name(token.exact, marks) for token in analysis.tokens(text)]
        return tree.Best((self._names("names", text, breadth), _all(words)))

    def _person(self, name: str, breadth: Breadth, speaking: bool) -> tree.EngineQuery:
        return self._names("speakers" if speaking else "names", name, breadth)

    def _names(
        self,
        field_name: str,
        name: str,
        breadth: Breadth,
        *,
        accept: Callable[[Match, NameEntry], bool] | None = None,
        weight: float = 1.0,
    ) -> tree.EngineQuery:
        """Every written name of the index that stands the comparison, best reasons first.

        `accept` may be stricter than `_trusted` about what stands it.
        """
        accept = accept or _trusted
        name = squeezed(name)
        self.widens |= breadth is not Breadth.BROAD and not self.excluded
        written = self.engine.written_names(field_name, names.lookup_keys(name, breadth))
        forms = self.marks.speakers if field_name == "speakers" else self.marks.names
        by_reason: dict[Reason, list[str]] = {}
        # A name stands under each of its keys; any one of them finds its texts.
        entries = {entry.form + entry.flag: entry for entry in map(NameEntry.read, written)}
        for entry in entries.values():
            found = names.compare(name, entry.form, loose=not entry.confirmed)
            if found is None or not found.within(breadth) or not accept(found, entry):
                continue
            by_reason.setdefault(found.reason, []).append(entry.keyword)
            if not self.excluded:
                _keep_best(forms, entry.form, NameFound(name, found))
        groups = [
            tree.OneOf(field_name, tuple(by_reason[each]), _NAME_SCORE[each] * weight)
            for each in Reason
            if each in by_reason
        ]
        return tree.Best(tuple(groups)) if groups else tree.Nothing()

    # --- fields

    def _keyword(self, name: str, value: str) -> tree.EngineQuery:
        self._say(f"{_SPOKEN_FIELD.get(name, name)}: {value}")
        value = " ".join(value.split())
        if name == "file":
            return _file(value)
        normal = _NORMAL.get(name, str.casefold)(value)
        if "*" in normal or "?" in normal:
            return tree.Pattern(name, normal)
        return tree.OneOf(name, (normal,))

    def _dated(self, node: asked.Dated) -> tree.EngineQuery:
        first, last = node.days.first, node.days.last
        shown = f"{first or '…'}" if first == last else f"{first or '…'} to {last or '…'}"
        self._say(f"date: {shown}")
        return tree.Best(
            tuple(
                tree.Between(name, _counted(count, first), _counted(count, last))
                for name, count in _COUNTED
            )
        )


def _counted(count: Callable[[date], int], day: date | None) -> int | None:
    return None if day is None else count(day)


def _trusted(found: Match, entry: NameEntry) -> bool:
    """A short capitalised word that no extractor confirmed must be no slip of the name."""
    return entry.confirmed or found.reason is not Reason.TYPO or len(entry.form) >= 5


def _certain(_found: Match, entry: NameEntry) -> bool:
    """Only persons that an extractor found."""
    return entry.confirmed


def _keep_best(forms: dict[str, NameFound], form: str, found: NameFound) -> None:
    before = forms.get(form)
    if before is None or found.match.distance < before.match.distance:
        forms[form] = found


def _word(token: str, marks: Marks, boost: float = 1.0) -> tree.EngineQuery:
    """A word as typed, or any form of it in either language's stream."""
    stem, kazakh = analysis.stem(token), analysis.stem_kazakh(token)
    marks.exact.add(token)
    marks.stems.add(stem)
    marks.kazakh.add(kazakh)
    return tree.Best(
        (
            tree.Term("exact", token, _EXACT_BOOST * boost),
            tree.Term("stem", stem, boost),
            tree.Term("kk", kazakh, boost),
        )
    )


def _word_of_name(token: str, marks: Marks) -> tree.EngineQuery:
    """A word of a name as text. A given name is not stemmed: the stem of Иванов is иван."""
    if names.given_lines(names.word_of(token)):
        marks.exact.add(token)
        return tree.Term("exact", token, _EXACT_BOOST * _TEXT_OF_NAME)
    return _word(token, marks, _TEXT_OF_NAME)


def _near(text: str, slop: int, marks: Marks) -> tree.EngineQuery:
    words = [token.exact for token in analysis.tokens(text)]
    stems = tuple(map(analysis.stem, words))
    kazakh = tuple(map(analysis.stem_kazakh, words))
    marks.near.append((stems, kazakh, slop))
    return tree.Best((tree.Near("stem", stems, slop), tree.Near("kk", kazakh, slop)))


def _all(clauses: list[tree.EngineQuery]) -> tree.EngineQuery:
    return clauses[0] if len(clauses) == 1 else tree.All(tuple(clauses))


def _pattern(wildcards: str) -> re.Pattern[str]:
    return re.compile(re.escape(wildcards).replace(r"\*", ".*").replace(r"\?", "."))


def _file(value: str) -> tree.EngineQuery:
    """A file by words of its name, or by wildcards anywhere in its path."""
    folded = value.casefold()
    if "*" in folded or "?" in folded:
        return tree.Pattern("file", folded if folded.startswith("*") else f"*{folded}")
    words = tuple(token.exact for token in analysis.tokens(value))
    return tree.Sequenced("file_words", words) if words else tree.Nothing()


def _role(value: str) -> str:
    folded = analysis.fold(value)
    return _ROLE_OF.get(folded, folded)


def _language(value: str) -> str:
    folded = value.casefold()
    return _LANGUAGE_OF.get(folded, folded)


_NORMAL: dict[str, Callable[[str], str]] = {
    "role": _role,
    "case": analysis.fold,
    "item": str.upper,
    "language": _language,
}
_COUNTED: tuple[tuple[str, Callable[[date], int]], ...] = (
    ("day", date.toordinal),
    ("month", month_number),
    ("years", lambda day: day.year),
)
_SPOKEN_FIELD = {"language": "lang", "document_type": "type"}
