"""What is known about a sample file: what it says, and how its way through an archive must end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from samples.marked import Mark, Marked

Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class Page:
    """One page, unpaged text or timed segment: its exact text and the marks in it.

    `number` is the page from 1, None for unpaged text. `layout`: plain, columns or table.
    """

    text: str
    marks: Sequence[Mark] = ()
    number: int | None = None
    layout: str = "plain"
    seconds: tuple[float, float] | None = None

    def as_json(self) -> Json:
        """Articles that share one span give one row each."""
        page: Json = {"page": self.number, "layout": self.layout, "text": self.text}
        if self.seconds is not None:
            page["start_seconds"], page["end_seconds"] = self.seconds
        page["mentions"] = [row for mark in self.marks if mark.kind != "turn" for row in rows(mark)]
        page["turns"] = [row for mark in self.marks if mark.kind == "turn" for row in rows(mark)]
        return page


@dataclass(frozen=True, slots=True)
class Truth:
    """How a file must end and what it holds.

    `outcome`: stored or duplicate. `read`: done, partly or refused; `also` lists other ends of
    the reading that are as good. `method`: text-layer, ocr, parsed, subtitle or none.
    """

    kind: str
    pages: tuple[Page, ...] = ()
    method: str = "parsed"
    outcome: str = "stored"
    read: str = "done"
    also: tuple[str, ...] = ()
    reason: str = ""
    language: str = ""
    encoding: str = ""
    same_bytes_as: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)
    attachments: Mapping[str, Truth] = field(default_factory=dict)

    def as_json(self) -> Json:
        """The fields of docs/samples.md; empty optional ones are left out."""
        body: Json = {
            "kind": self.kind,
            "expect_outcome": self.outcome,
            "expect_read": self.read,
            "also_accept": list(self.also),
            "reason": self.reason,
            "method": self.method,
            "language": self.language,
            "pages": [page.as_json() for page in self.pages],
        }
        for key in ("encoding", "same_bytes_as", "facts"):
            if getattr(self, key):
                body[key] = getattr(self, key)
        if self.attachments:
            body["attachments"] = [
                {"name": name, **truth.as_json()} for name, truth in self.attachments.items()
            ]
        return body


@dataclass(frozen=True, slots=True)
class Made:
    """The bytes of a sample file and the truth about them."""

    content: bytes
    truth: Truth


def rows(mark: Mark) -> list[Json]:
    """A mark as mention rows: kind, start, end, raw, value, role."""
    return [
        {
            "kind": mark.kind,
            "start": mark.start,
            "end": mark.end,
            "raw": mark.raw,
            "value": value,
            "role": mark.role,
        }
        for value in mark.values
    ]


def unpaged(document: Marked, separator: str = "\n") -> tuple[Page, ...]:
    """The whole text as one page without a number."""
    return (Page(*document.joined(separator)),)
