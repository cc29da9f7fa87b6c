"""A small archive without the archive: items, passages and mentions written by hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from aigaq.archive.model import (
    Accession,
    Description,
    Digest,
    Item,
    Mention,
    MentionKind,
    Method,
    Passage,
    PassageKind,
    Restriction,
)
from aigaq.search.document import SearchDocument
from aigaq.search.engine import Engine
from aigaq.search.engines.embedded import EmbeddedEngine
from aigaq.search.indexer import documents


@dataclass(frozen=True)
class Written:
    """One page of one item. `persons` are (raw, role), `articles` (raw, law, article, part)."""

    text: str
    cases: tuple[str, ...] = ("QAN-0001",)
    kind: str = "pdf"
    type: str = "verdict"
    date: str = ""
    language: str = ""
    restriction: Restriction = Restriction.OPEN
    persons: Sequence[tuple[str, str]] = ()
    articles: Sequence[tuple[str, str, str, str]] = ()
    dates: Sequence[tuple[str, str, str]] = ()
    numbers: Sequence[str] = ()
    extra: Sequence[Mention] = field(default=())


def accession(number: int) -> Accession:
    return Accession(f"ARC-2026-{number:06}")


def item_of(written: Written, number: int) -> Item:
    return Item(
        accession(number),
        Digest("sha256", "0" * 64),
        1,
        "B-1",
        f"box/file {number}.{written.kind}",
        datetime(2026, 11, 22, tzinfo=UTC),
        written.kind,
        written.cases,
        Description(written.type, written.date, "", written.language, written.restriction),
    )


def mentions_of(written: Written) -> list[Mention]:
    found = list(written.extra)

    def add(kind: MentionKind, raw: str, value: dict[str, object], role: str = "") -> None:
        start = written.text.index(raw)
        found.append(Mention(kind, start, start + len(raw), raw, value, role))

    for raw, role in written.persons:
        add(MentionKind.PERSON, raw, {"name": raw}, role)
    for raw, law, article, part in written.articles:
        value: dict[str, object] = {"law": law, "article": article, "part": part or None}
        add(MentionKind.ARTICLE, raw, value)
    for raw, start, end in written.dates:
        add(MentionKind.DATE, raw, {"start": start, "end": end})
    for raw in written.numbers:
        add(MentionKind.CASE_NUMBER, raw, {"number": raw})
    return found


def units_of(written: Written, number: int) -> list[SearchDocument]:
    passage = Passage(0, PassageKind.PAGE, written.text, Method.PARSED, page=1)
    return list(documents(item_of(written, number), [passage], {0: mentions_of(written)}))


def fill(engine: Engine, texts: Iterable[Written | str]) -> None:
    """Put one-page items in, numbered from 1."""
    for number, each in enumerate(texts, start=1):
        engine.add(units_of(Written(each) if isinstance(each, str) else each, number))
    engine.commit()


def index_of(folder: Path, texts: Iterable[Written | str]) -> EmbeddedEngine:
    """An embedded index of one-page items, numbered from 1."""
    engine = EmbeddedEngine(folder)
    fill(engine, texts)
    return engine
