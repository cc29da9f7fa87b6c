"""Lucene syntax, as people type it in three languages, to a small tree of our own.

`parse` never fails: what cannot be understood is searched as plain words, and a notice says so.
The language is described in docs/query-language.md, whose examples are tested against this file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import InvalidOperation

from luqum import tree as lucene
from luqum.exceptions import IllegalCharacterError, ParseSyntaxError
from luqum.thread import parse as parse_lucene

from aigaq.search.analysis import tokens
from aigaq.search.articles import ArticleQuery, parse_article
from aigaq.search.days import Days, parse_days

MAX_LENGTH = 1_000
"""Letters of a query."""
MAX_DEPTH = 20
"""Brackets inside brackets."""
MAX_CLAUSES = 60
MAX_WILDCARDS = 4
"""Words with * or ?; each walks a part of the index's dictionary."""
MAX_SLOP = 50
LEAST_STEM = 2
"""Letters that must stand before a * or beside a ?."""


@dataclass(frozen=True, slots=True)
class Everything:
    """`*`: all there is."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """Nothing was left to search for."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word in any of its forms."""

    text: str


@dataclass(frozen=True, slots=True)
class Named:
    """Words that look like a name: searched as text and as a name."""

    text: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """Exactly these words in a row."""

    text: str


@dataclass(frozen=True, slots=True)
class Proximity:
    """These words, in any form, within `slop` moves of standing in a row."""

    text: str
    slop: int


@dataclass(frozen=True, slots=True)
class Fuzzy:
    """A word up to `distance` wrong letters away; for a name, at broad breadth as well."""

    text: str
    distance: int


@dataclass(frozen=True, slots=True)
class Prefix:
    """Words that begin so."""

    text: str


@dataclass(frozen=True, slots=True)
class Wildcard:
    """Words that fit; * is any letters, ? is one."""

    pattern: str


@dataclass(frozen=True, slots=True)
class Person:
    """A person's name in any spelling; `broad` forgives slips too, `speaking` is who speaks."""

    name: str
    broad: bool = False
    speaking: bool = False


@dataclass(frozen=True, slots=True)
class Keyword:
    """A value of a field, `*` and `?` allowed."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class Article:
    """An article of law, as far down as given; several readings of an ambiguous spelling."""

    query: ArticleQuery


@dataclass(frozen=True, slots=True)
class Dated:
    """A day or range of days that the item or its text speaks of."""

    days: Days


@dataclass(frozen=True, slots=True)
class And:
    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    child: Node


Node = (
    Everything
    | Nothing
    | Word
    | Named
    | Phrase
    | Proximity
    | Fuzzy
    | Prefix
    | Wildcard
    | Person
    | Keyword
    | Article
    | Dated
    | And
    | Or
    | Not
)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A query understood. `notices` are sentences for the person who typed it; `plain` is set when
    the syntax was not understood and only the words are searched."""

    node: Node
    notices: tuple[str, ...] = ()
    plain: bool = False


FIELDS = {
    "person": "person", "name": "person", "лицо": "person", "имя": "person", "тұлға": "person",
    "speaker": "speaker", "говорит": "speaker", "сөйлеуші": "speaker",
    "role": "role", "роль": "role", "рөл": "role",
    "article": "article", "статья": "article", "бап": "article",
    "case": "case", "дело": "case", "іс": "case",
    "kind": "kind", "вид": "kind", "түр": "kind",
    "date": "date", "дата": "date", "күн": "date",
    "file": "file", "файл": "file",
    "item": "item",
    "lang": "language", "language": "language", "язык": "language", "тіл": "language",
    "type": "document_type", "тип": "document_type",
}  # fmt: skip
"""What may stand before a colon, in three languages, and the field it means."""

_OPERATORS = {
    "И": "AND", "ЖӘНЕ": "AND", "&&": "AND",
    "ИЛИ": "OR", "НЕМЕСЕ": "OR", "||": "OR",
    "НЕ": "NOT", "ЕМЕС": "NOT", "!": "NOT",
}  # fmt: skip
_OPERATOR_WORDS = {"AND", "OR", "NOT", *_OPERATORS}
_QUOTES = str.maketrans(dict.fromkeys("«»“”„", '"'))
_QUOTED_OR_WORD = re.compile(r'"(?:[^"\\]|\\.)*"|[^\s()"]+|.', re.DOTALL)
_BANG = re.compile(r"^!(?=\w)")
_ESCAPED = re.compile(r"\\(.)")
_WILD = re.compile(r"(?<!\\)[*?]")
_NAME_WORD = re.compile(r"[^\W\d_][^\W_]*(?:['’ʼ`-][^\W_]+)*")
_INITIALS = re.compile(r"(?:[^\W\d_]{1,2}\.){1,3}")
_CAPITAL = re.compile(r"[A-ZА-ЯӘҒҚҢӨҰҮҺІ]")


def parse(written: str) -> Parsed:
    """Read a query. Never raises for anything a person can type."""
    notices: list[str] = []
    text = written.replace("\x00", " ").strip()
    if len(text) > MAX_LENGTH:
        text = text[:MAX_LENGTH]
        notices.append(f"The query was cut after {MAX_LENGTH:,} letters.")
    text = _with_plain_operators(text.translate(_QUOTES))
    if not text:
        return Parsed(Nothing(), ("The query is empty.",))
    if _depth(text) > MAX_DEPTH:
        return _plain_words(text, [*notices, f"More than {MAX_DEPTH} brackets inside brackets"])
    try:
        found = parse_lucene(text)
    except (ParseSyntaxError, IllegalCharacterError, InvalidOperation, ValueError) as error:
        # The last two: luqum 1.0 reads the number of `word~1.2.3` and `"words"~.` and fails.
        return _plain_words(text, [*notices, _complaint(error)])
    try:
        node = _Reader(notices).read(found)
    except _TooDeepError:
        return _plain_words(text, [*notices, f"More than {MAX_DEPTH} operators inside each other"])
    if isinstance(node, Nothing) and not tokens(text):
        notices.append("There is no word to search for.")
    return Parsed(node, tuple(dict.fromkeys(notices)))


def _complaint(error: Exception) -> str:
    text = str(error)
    where = re.search(r"unexpected\s+'(.+?)'", text)
    if "unexpected end" in text:
        return "The query stops in the middle"
    return f"“{where[1]}” was not expected there" if where else "The syntax was not understood"


def _with_plain_operators(text: str) -> str:
    """Russian and Kazakh operators as Lucene's; one at the very end is a word (`Исаев И`)."""
    pieces = _QUOTED_OR_WORD.findall(text)
    last = len(pieces) - 1
    return "".join(
        _OPERATORS.get(piece, _BANG.sub("-", piece)) if at != last else _BANG.sub("-", piece)
        for at, piece in enumerate(pieces)
    )


def _depth(text: str) -> int:
    depth = deepest = 0
    for letter in text:
        depth += (letter == "(") - (letter == ")")
        deepest = max(deepest, depth)
    return deepest


def _plain_words(text: str, notices: Sequence[str]) -> Parsed:
    """What remains when the syntax is not understood."""
    bare = re.sub(r"[^\w\s.'’ʼ`-]|(?<!\w)[.'’ʼ`-]+", " ", text)
    written = [word for word in bare.split() if tokens(word)]
    kept = [word for word in written if word not in _OPERATOR_WORDS] or written
    *before, why = notices
    if not kept:
        return Parsed(Nothing(), (*before, f"{why}; there is no word to search for."), plain=True)
    words = tuple(_word_or_name(word) for word in kept[:MAX_CLAUSES])
    return Parsed(
        _joined(And, _names_joined(words)),
        (*before, f"{why}; searched the plain words."),
        plain=True,
    )


def _joined(kind: type[And] | type[Or], children: Sequence[Node]) -> Node:
    """One node over several; what is Nothing adds nothing."""
    kept = tuple(child for child in children if not isinstance(child, Nothing))
    if not kept:
        return Nothing()
    return kept[0] if len(kept) == 1 else kind(kept)


def _bare(word: str) -> str:
    """Without signs at its ends, but for the point of an initial."""
    return word if _INITIALS.fullmatch(word) else word.strip(".'’ʼ`-")


def looks_like_name(word: str) -> bool:
    """A word with a capital first letter and three letters or more, without digits."""
    return len(word) > 2 and word[0].isupper() and _NAME_WORD.fullmatch(word) is not None


def _word_or_name(text: str) -> Node:
    found = tokens(text)
    if not found:
        return Nothing()
    if looks_like_name(text) and text not in _OPERATOR_WORDS:
        return Named(text)
    return Word(text) if len(found) == 1 or _INITIALS.fullmatch(text) else Phrase(text)


def _names_joined(children: Sequence[Node]) -> tuple[Node, ...]:
    """Neighbouring words of a name become one name: `Исаев И. П.`, `Айгүл Серікқызы`."""
    joined: list[Node] = []
    for child in children:
        before = joined[-1] if joined else None
        initial = isinstance(child, Word) and (
            _INITIALS.fullmatch(child.text) or _CAPITAL.fullmatch(child.text)
        )
        if isinstance(before, Named) and (isinstance(child, Named) or initial):
            joined[-1] = Named(f"{before.text} {_text_of(child)}")
        elif (
            isinstance(child, Named)
            and isinstance(before, Word)
            and _INITIALS.fullmatch(before.text)
        ):
            joined[-1] = Named(f"{before.text} {child.text}")
        else:
            joined.append(child)
    return tuple(joined)


def _text_of(node: Node) -> str:
    return node.text if isinstance(node, Word | Named) else ""


class _TooDeepError(Exception):
    """The tree is deeper than any person types."""


class _Reader:
    """One walk over luqum's tree. Holds the notices and what is left of the caps."""

    def __init__(self, notices: list[str]) -> None:
        self.notices = notices
        self.clauses = MAX_CLAUSES
        self.wildcards = MAX_WILDCARDS
        self.depth = 0

    def read(self, node: lucene.Item, field: str = "") -> Node:
        """Our node for one of luqum's; `field` is the one whose brackets we are in."""
        if self.depth > 3 * MAX_DEPTH:
            raise _TooDeepError
        for kind, reader in self._READERS:
            if isinstance(node, kind):
                self.depth += 1
                read = reader(self, node, field)
                self.depth -= 1
                return read
        self.notices.append(f"{type(node).__name__} is not known here and was left out.")
        return Nothing()

    def _group(self, node: lucene.Item, field: str) -> Node:
        return self.read(node.children[0], field)

    def _all(self, node: lucene.Item, field: str) -> Node:
        return _joined(And, [self.read(child, field) for child in node.children])

    def _side_by_side(self, node: lucene.Item, field: str) -> Node:
        children = [self.read(child, field) for child in node.children]
        return _joined(And, children if field else _names_joined(children))

    def _each(self, node: lucene.Item, field: str) -> Node:
        return _joined(Or, [self.read(child, field) for child in node.children])

    def _not(self, node: lucene.Item, field: str) -> Node:
        child = self.read(node.children[0], field)
        return child if isinstance(child, Nothing) else Not(child)

    def _boost(self, node: lucene.Boost, field: str) -> Node:
        self.notices.append("Boosts (^) are ignored.")
        return self.read(node.expr, field)

    def _regex(self, node: lucene.Regex, field: str) -> Node:
        self.notices.append("Regular expressions are not searched; searched the plain words.")
        return self._phrase_of(node.value.strip("/"), field)

    def _search_field(self, node: lucene.SearchField, _field: str) -> Node:
        field = FIELDS.get(node.name.casefold())
        if field is None:
            known = "person, role, article, case, kind, date, file, item, lang, speaker, type"
            self.notices.append(
                f"There is no field “{node.name}”; searched its words. Fields: {known}."
            )
            rest = self.read(node.expr)
            return _joined(And, (self._phrase_of(node.name, ""), rest))
        return self.read(node.expr, field)

    def _phrase_of(self, text: str, field: str) -> Node:
        words = [_bare(word) for word in re.split(r"[^\w'’ʼ`.-]+", text)]
        return _joined(And, [self._leaf(word, field) for word in words if tokens(word)])

    def _word(self, node: lucene.Word, field: str) -> Node:
        wild = len(_WILD.findall(node.value))
        text = _ESCAPED.sub(r"\1", node.value)
        if wild and field in ("person", "speaker"):
            self.notices.append("Names take no * or ?; searched the words of the text for it.")
            return self._wild(text, "")
        if wild and (not field or field in ("file", "case", "item", "document_type", "kind")):
            return self._wild(text, field)
        return self._leaf(text, field)

    def _wild(self, text: str, field: str) -> Node:
        if text == "*":
            return Everything()
        literal = re.sub(r"[*?]", "", text)
        if not tokens(literal):
            return Nothing()
        if not field and len(tokens(literal)) > 1:
            return self._phrase_of(literal, field)
        if self.wildcards == 0 or len(literal) < LEAST_STEM:
            self.notices.append(
                f"At most {MAX_WILDCARDS} words with * or ? and at least {LEAST_STEM} letters in "
                f"each; searched “{literal}” as a plain word."
            )
            return self._leaf(literal, field)
        if not self._take_clause():
            return Nothing()
        self.wildcards -= 1
        if field:
            return Keyword(field, text)
        if text.endswith("*") and literal == text[:-1]:
            return Prefix(literal)
        return Wildcard(text)

    def _phrase(self, node: lucene.Phrase, field: str) -> Node:
        text = _ESCAPED.sub(r"\1", node.value[1:-1])
        if field:
            return self._leaf(text, field)
        if not tokens(text):
            return Nothing()
        return Phrase(text) if self._take_clause() else Nothing()

    def _proximity(self, node: lucene.Proximity, field: str) -> Node:
        text = _ESCAPED.sub(r"\1", node.term.value[1:-1])
        slop = min(int(1 if node.degree is None else node.degree), MAX_SLOP)
        if field in {"person", "speaker"}:
            return Person(text, broad=True, speaking=field == "speaker")
        if field:
            return self._leaf(text, field)
        if not tokens(text):
            return Nothing()
        return Proximity(text, slop) if self._take_clause() else Nothing()

    def _fuzzy(self, node: lucene.Fuzzy, field: str) -> Node:
        text = _ESCAPED.sub(r"\1", str(node.term.value).strip('"'))
        if field in {"person", "speaker"}:
            return Person(text, broad=True, speaking=field == "speaker")
        if field or len(tokens(text)) != 1:
            return self._leaf(text, field)
        asked = node.degree if node.degree is not None and not node._implicit_degree else None
        if asked is not None and asked > 2:
            self.notices.append("Words may differ in two letters at most.")
        distance = usual_distance(text) if asked is None or asked % 1 else min(int(asked), 2)
        return Fuzzy(text, distance) if self._take_clause() else Nothing()

    def _range(self, node: lucene.Range, field: str) -> Node:
        low, high = _bound(node.low), _bound(node.high)
        if field != "date":
            self.notices.append("Only date: takes a range; searched the plain words.")
            return self._phrase_of(f"{low} {high}", field)
        return self._dated(low, high, node.include_low, node.include_high)

    def _from(self, node: lucene.From, field: str) -> Node:
        if field != "date":
            return self._leaf(_bound(node.a), field)
        return self._dated(_bound(node.a), "*", node.include, True)

    def _to(self, node: lucene.To, field: str) -> Node:
        if field != "date":
            return self._leaf(_bound(node.a), field)
        return self._dated("*", _bound(node.a), True, node.include)

    def _dated(self, low: str, high: str, include_low: bool, include_high: bool) -> Node:
        first = None if low == "*" else parse_days(low)
        last = None if high == "*" else parse_days(high)
        if (first is None and low != "*") or (last is None and high != "*"):
            self.notices.append("Dates are written 2022-01-05, 2022-01, 2022 or 05.01.2022.")
            return self._phrase_of(f"{low} {high}".replace("*", " "), "")
        days = Days.spanning(first, last, include_low, include_high)
        if days is None:
            self.notices.append("The range of dates ends before it begins.")
            return Nothing()
        return Dated(days) if self._take_clause() else Nothing()

    def _leaf(self, text: str, field: str) -> Node:
        if not text.strip() or not self._take_clause():
            return Nothing()
        if not field:
            return _word_or_name(text)
        if field in ("person", "speaker"):
            return Person(text, speaking=field == "speaker")
        if field == "date":
            self.clauses += 1
            return self._dated(text, text, True, True)
        if field == "article":
            article = parse_article(text)
            if article is None:
                self.notices.append(
                    'Articles are written 272, CC-272-2 or "272 ч.2 УК"; searched the plain words.'
                )
                return Phrase(text) if tokens(text) else Nothing()
            return Article(article)
        return Keyword(field, text)

    def _take_clause(self) -> bool:
        self.clauses -= 1
        if self.clauses < 0:
            self.notices.append(f"Only the first {MAX_CLAUSES} words were searched.")
        return self.clauses >= 0

    _READERS: tuple[tuple[type[lucene.Item], Callable[[_Reader, lucene.Item, str], Node]], ...] = (
        (lucene.SearchField, _search_field),
        (lucene.BaseGroup, _group),
        (lucene.Plus, _group),
        (lucene.Prohibit, _not),
        (lucene.Not, _not),
        (lucene.AndOperation, _all),
        (lucene.UnknownOperation, _side_by_side),
        (lucene.OrOperation, _each),
        (lucene.Boost, _boost),
        (lucene.Proximity, _proximity),
        (lucene.Fuzzy, _fuzzy),
        (lucene.Range, _range),
        (lucene.From, _from),
        (lucene.To, _to),
        (lucene.Regex, _regex),
        (lucene.Phrase, _phrase),
        (lucene.Word, _word),
    )


def _bound(node: lucene.Item) -> str:
    return _ESCAPED.sub(r"\1", str(getattr(node, "value", node)).strip('" '))


def usual_distance(word: str) -> int:
    """How many wrong letters a bare `~` forgives: none below 3 letters, 1 to 5, then 2."""
    return 0 if len(word) < 3 else 1 if len(word) <= 5 else 2
