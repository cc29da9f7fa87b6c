"""The words of the house as frozen values.

Times are aware UTC datetimes, sizes are bytes, offsets are Python `str` offsets with the end
exclusive, seconds are floats from the start of a recording, pages count from 1.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType

JsonObject = Mapping[str, object]
"""A JSON object whose values are str, int, float, bool, None, lists or objects of the same."""

Accession = NewType("Accession", str)
"""`ARC-2026-000123`: given once, never reused."""


class Restriction(StrEnum):
    """Who may read an item, from the manifest. Sealed means: not shown by any search."""

    OPEN = "open"
    RESTRICTED = "restricted"
    SEALED = "sealed"


STRICTNESS = tuple(Restriction)
"""From open to sealed: whoever has to choose between two takes the later."""


class Outcome(StrEnum):
    """How a file of a batch ended."""

    STORED = "stored"
    DUPLICATE = "duplicate"
    REFUSED = "refused"


class Stage(StrEnum):
    """The steps of an item, in order."""

    ADMIT = "admit"
    READ = "read"
    EXTRACT = "extract"
    INDEX = "index"


class StageStatus(StrEnum):
    """`refused`: the file's own fault, kept with a reason. `failed`: ours, may be tried again."""

    WAITING = "waiting"
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"


class PassageKind(StrEnum):
    """What a passage is: a page, an unpaged text, or a timed segment of a recording."""

    PAGE = "page"
    TEXT = "text"
    SEGMENT = "segment"


class Method(StrEnum):
    """How the text of a passage was come by."""

    TEXT_LAYER = "text-layer"
    OCR = "ocr"
    PARSED = "parsed"
    SUBTITLE = "subtitle"


class MentionKind(StrEnum):
    PERSON = "person"
    ARTICLE = "article"
    DATE = "date"
    CASE_NUMBER = "case_number"
    COURT = "court"
    PLACE = "place"
    ORG = "org"
    UNIT = "unit"
    TURN = "turn"


_DIGEST = re.compile(r"(sha256|sha512):([0-9a-f]{64}|[0-9a-f]{128})")


@dataclass(frozen=True, slots=True, order=True)
class Digest:
    """A content address, written `sha256:<64 hex digits>`."""

    algorithm: str
    hex: str

    def __post_init__(self) -> None:
        if not _DIGEST.fullmatch(str(self)):
            raise ValueError(f"not a digest: {self}")

    def __str__(self) -> str:
        return f"{self.algorithm}:{self.hex}"

    @classmethod
    def parse(cls, written: str) -> Digest:
        """Read `sha256:...`; ValueError for anything else."""
        algorithm, _, digits = written.partition(":")
        return cls(algorithm, digits)


@dataclass(frozen=True, slots=True)
class Agent:
    """Who did it: a person or account, and the tool with its version."""

    name: str
    tool: str
    version: str


CASE_ID = re.compile(r"[^\W_][\w./-]{0,63}")
"""What a case id may be: letters, digits and `_ . / -`, at most 64 of them."""


@dataclass(frozen=True, slots=True)
class Case:
    """One matter of the documentation centre, with its own id (`QAN-0042`)."""

    id: str
    title: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """One delivery of files. `source` is where it came from, as an absolute path or a name."""

    id: str
    source: str
    opened_at: datetime
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Description:
    """What the manifest says of a file. Empty strings and None mean: not said."""

    document_type: str = ""
    date: str = ""
    source: str = ""
    language: str = ""
    restriction: Restriction = Restriction.OPEN
    note: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One accession: an evidence file as received.

    `path` is the name it came with, relative to its batch (or to its parent message), exactly as
    received except that undecodable bytes are kept as surrogate escapes written `\\udcXX`.
    """

    accession: Accession
    digest: Digest
    size: int
    batch: str
    path: str
    received_at: datetime
    kind: str
    cases: tuple[str, ...] = ()
    description: Description = field(default_factory=Description)
    duplicate_of: Accession | None = None
    parent: Accession | None = None


@dataclass(frozen=True, slots=True)
class Tool:
    """A program or library that made something, with its version."""

    name: str
    version: str


@dataclass(frozen=True, slots=True)
class Derivative:
    """Something a tool made from an item.

    `role`: page-image, page-text, word-boxes, rectified-page, keyframe, contact-sheet, transcript,
    technical-metadata, message-headers.
    """

    item: Accession
    role: str
    page: int | None
    digest: Digest
    size: int
    media_type: str
    tool: Tool
    source: Digest
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of text of an item: a page, an unpaged text, or a timed segment.

    `text` is stored exactly as every offset counts it (NFC). `offset` is where it begins in the
    item's whole text, for texts cut into several passages. `confidence` is 0..100 for OCR.
    `problem` is set, and `text` empty, when this page could not be read.
    """

    number: int
    kind: PassageKind
    text: str
    method: Method
    page: int | None = None
    offset: int = 0
    start_seconds: float | None = None
    end_seconds: float | None = None
    language: str = ""
    confidence: float | None = None
    needs_review: bool = False
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Mention:
    """A span of a passage that names something: `passage.text[start:end] == raw`, always.

    `value` is the normalised reading (shapes in docs/extractors.md); `role` is the role of a person
    or speaker, "" when unknown; `rule` names the extractor and its version.
    """

    kind: MentionKind
    start: int
    end: int
    raw: str
    value: JsonObject
    role: str = ""
    rule: str = ""


@dataclass(frozen=True, slots=True)
class StageState:
    """Where an item stands in one stage, and why."""

    item: Accession
    stage: Stage
    status: StageStatus
    attempts: int
    tool: str
    problem: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Event:
    """One row of the custody ledger. `details` is what the row commits to, kept beside it.

    `term` is from the PREMIS event vocabulary; `object` is an accession, a batch id, `case:<id>`
    or `archive`; `content` is the digest of the bytes the event is about, if it is about bytes.
    """

    sequence: int
    previous: Digest
    term: str
    object: str
    agent: Agent
    at: datetime
    outcome: str
    commitment: str
    details: JsonObject
    content: Digest | None = None


@dataclass(frozen=True, slots=True)
class Received:
    """What became of a file handed to the archive; `new` is False when it was there already."""

    item: Item
    outcome: Outcome
    new: bool


@dataclass(frozen=True, slots=True)
class Refusal:
    """A file of a batch that could not be taken in at all, and why."""

    batch: str
    path: str
    problem: str
    at: datetime
