"""A query's tree in one line, as docs/query-language.md writes it."""

from __future__ import annotations

from aigaq.search import query as asked


def outline(node: asked.Node) -> str:
    """One node and all below it."""
    match node:
        case asked.And(children):
            return f"and({', '.join(map(outline, children))})"
        case asked.Or(children):
            return f"or({', '.join(map(outline, children))})"
        case asked.Not(child):
            return f"not({outline(child)})"
        case asked.Everything():
            return "everything"
        case asked.Nothing():
            return "nothing"
        case _:
            return _words(node) or _condition(node)


def _words(node: asked.Node) -> str:
    match node:
        case asked.Word(text):
            return f"word {text}"
        case asked.Named(text):
            return f"name {text}"
        case asked.Phrase(text):
            return f"phrase {text}"
        case asked.Proximity(text, slop):
            return f"near {slop} {text}"
        case asked.Fuzzy(text, distance):
            return f"fuzzy {distance} {text}"
        case asked.Prefix(text):
            return f"prefix {text}"
        case asked.Wildcard(pattern):
            return f"wildcard {pattern}"
        case _:
            return ""


def _condition(node: asked.Node) -> str:
    match node:
        case asked.Person(name, broad, speaking):
            kind = "speaker" if speaking else "person"
            return f"{kind}{' broad' if broad else ''} {name}"
        case asked.Keyword(field, value):
            return f"{field} {value}"
        case asked.Article(query):
            return f"article {' | '.join(query.tokens)}"
        case asked.Dated(days):
            return f"date {days.first or '*'} {days.last or '*'}"
        case _:
            raise TypeError(f"{node} is no node of a query")
