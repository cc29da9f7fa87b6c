"""The shapes of answers in JSON that other programs rely on (docs/commands.md)."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict


class Shape(BaseModel):
    """A JSON object with exactly these keys and types."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Error(Shape):
    type: str
    message: str
    advice: str
    exit_code: int


class ErrorAnswer(Shape):
    error: Error


class SettingAnswer(Shape):
    value: str | int | float | list[str]
    origin: str
    purpose: str


class Agent(Shape):
    name: str
    tool: str
    version: str


class Event(Shape):
    sequence: int
    term: str
    object: str
    outcome: str
    at: str
    agent: Agent
    content: str | None
    commitment: str
    details: dict[str, object] | None


class Migrated(Shape):
    before: str
    after: str


class CaseAnswer(Shape):
    id: str
    title: str
    note: str


class CaseAdded(CaseAnswer):
    outcome: Literal["added", "changed", "unchanged"]


class CaseList(Shape):
    cases: list[CaseAnswer]


class RowProblem(Shape):
    line: int
    problem: str


class CasesImported(Shape):
    added: int
    changed: int
    unchanged: int
    refused: int
    problems: list[RowProblem]


class ItemShape(Shape):
    item: str
    path: str | None
    digest: str
    size: int
    kind: str
    batch: str
    cases: list[str]
    received_at: str
    restriction: Literal["open", "restricted", "sealed"]
    document_type: str | None
    date: str | None
    source: str | None
    language: str | None
    note: str | None
    duplicate_of: str | None
    parent: str | None


class CaseShown(Shape):
    case: str
    title: str
    note: str
    items: list[ItemShape]
    events: list[Event]


class Refusal(Shape):
    path: str
    problem: str
    at: str


class BatchShown(Shape):
    batch: str
    source: str
    opened_at: str
    closed_at: str | None
    items: list[ItemShape]
    refusals: list[Refusal]
    events: list[Event]


class StageShape(Shape):
    stage: Literal["admit", "read", "extract", "index"]
    status: Literal["waiting", "done", "refused", "failed"]
    attempts: int
    tool: str
    problem: str
    at: str


class DerivativeShape(Shape):
    role: str
    page: int | None
    digest: str
    size: int
    media_type: str
    tool: str
    version: str
    source: str
    made_at: str


class Unreadable(Shape):
    page: int
    problem: str


class TextShape(Shape):
    passages: int
    letters: int
    to_review: list[int]
    unreadable: list[Unreadable]
    methods: list[str]
    languages: list[str]


class PlacedMention(Shape):
    kind: str
    raw: str
    value: dict[str, object]
    role: str
    rule: str
    passage: int
    page: int | None
    start_seconds: float | None
    start: int
    end: int


class ItemShown(ItemShape):
    stages: list[StageShape]
    events: list[Event]
    derivatives: list[DerivativeShape]
    text: TextShape
    mentions: list[PlacedMention]
    facts: dict[str, object]
    problems: list[str]
    duplicates: list[str]
    attachments: list[str]


class BatchLine(Shape):
    id: str
    source: str
    opened_at: str
    closed_at: str | None
    items: int


class ProblemLine(Shape):
    item: str
    path: str | None
    batch: str
    stage: str
    status: str
    attempts: int
    problem: str | None
    at: str


class RefusalLine(Refusal):
    batch: str


class StatusAnswer(Shape):
    home: str
    counts: dict[str, int]
    waiting: dict[Literal["read", "extract", "index"], int]
    batches: list[BatchLine]
    problems: list[ProblemLine]
    refusals: list[RefusalLine]


class NameKeys(Shape):
    k1: list[str]
    k2: list[str]
    k3: list[str]
    initials: list[str]
    patronymic: str


class NameMatch(Shape):
    name: str
    match: bool
    reason: str | None
    distance: float | None


class NamesAnswer(Shape):
    name: str
    keys: NameKeys
    matches: list[NameMatch]


class ExtractLine(Shape):
    kind: Literal[
        "person", "article", "date", "case_number", "court", "place", "org", "unit", "turn"
    ]
    start: int
    end: int
    raw: str
    value: dict[str, object]
    role: str
    page: int | None
    start_seconds: float | None = None


class Hit(Shape):
    item: str
    cases: list[str]
    file: str
    kind: str
    page: int | None
    turn: int | None
    speaker: str
    speaker_role: str
    start_seconds: float | None
    passage: int
    start: int
    language: str
    date: str
    text: str
    highlights: list[list[int]]
    why: str
    score: float


class FacetCount(Shape):
    value: str
    count: int


class FindAnswer(Shape):
    total: int
    hits: list[Hit]
    facets: dict[str, list[FacetCount]]
    notice: str
    next: str | None


class VerifyAnswer(Shape):
    ok: bool
    checked: dict[Literal["items", "bytes", "events"], int]
    findings: list[dict[str, object]]
