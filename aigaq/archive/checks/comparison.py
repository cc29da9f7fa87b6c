"""Comparing what the ledger says with what a row says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from aigaq.archive.findings import Finding, RowDisagrees

_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Comparison:
    """Of one object's row in one table."""

    table: str
    subject: str

    def values(self, field: str, expected: object, found: object) -> Iterator[Finding]:
        """A finding when the two are not the same."""
        if expected != found:
            yield RowDisagrees(
                self.table, self.subject, field, _in_short(expected), _in_short(found)
            )

    def fields(
        self, expected: Mapping[str, object], found: Mapping[str, object]
    ) -> Iterator[Finding]:
        """A finding for each field the ledger speaks of; where its details are erased, none."""
        for field in found:
            if field in expected:
                yield from self.values(field, expected[field], found[field])


def _in_short(value: object) -> str:
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
