"""What a verification may find, as typed values; words are made only at the door.

Each class says in its docstring what was found and, after a blank line, what to do about it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Finding:
    """One result of verification. `check` is the number of the check that found it."""

    check: ClassVar[int] = 0
    sentence: ClassVar[str] = ""
    advice: ClassVar[str] = ""

    @property
    def type(self) -> str:
        """The name other programs know this kind of finding by."""
        return type(self).__name__


def describe(finding: Finding) -> str:
    """One English sentence for a person."""
    return finding.sentence.format(**asdict(finding))


def as_json(finding: Finding) -> dict[str, object]:
    """`{"type", "check", ... the finding's own fields ...}`"""
    return {"type": finding.type, "check": finding.check, **asdict(finding)}


_TAMPERED = (
    "compare the database with a copy made before; the ledger's older checkpoints say since when"
)
_RESTORE = "restore the file from a copy of the vault whose digest is right, then verify again"


@dataclass(frozen=True, slots=True)
class NothingToVerify(Finding):
    """No item was there to verify: an empty archive proves nothing."""

    check: ClassVar[int] = 1
    sentence: ClassVar[str] = "There is nothing to verify: no item was found."
    advice: ClassVar[str] = "check that this is the archive, case or item you meant"


@dataclass(frozen=True, slots=True)
class RowEdited(Finding):
    """A ledger row does not give the hash that was recorded for it."""

    sequence: int
    check: ClassVar[int] = 2
    sentence: ClassVar[str] = "Row {sequence} of the ledger was changed after it was written."
    advice: ClassVar[str] = _TAMPERED


@dataclass(frozen=True, slots=True)
class RowsMissing(Finding):
    """Ledger rows between two others are gone; first and last are both missing."""

    first: int
    last: int
    check: ClassVar[int] = 2
    sentence: ClassVar[str] = "Rows {first} to {last} of the ledger are missing."
    advice: ClassVar[str] = _TAMPERED


@dataclass(frozen=True, slots=True)
class BrokenChain(Finding):
    """A row does not name the hash of the row before it."""

    sequence: int
    check: ClassVar[int] = 2
    sentence: ClassVar[str] = (
        "Row {sequence} of the ledger does not follow from the row before it: one of them was "
        "changed, put in, or moved."
    )
    advice: ClassVar[str] = _TAMPERED


@dataclass(frozen=True, slots=True)
class DetailsEdited(Finding):
    """The details of an event are not what its row commits to."""

    sequence: int
    check: ClassVar[int] = 2
    sentence: ClassVar[str] = "The details of ledger row {sequence} were changed."
    advice: ClassVar[str] = _TAMPERED


@dataclass(frozen=True, slots=True)
class DetailsMissing(Finding):
    """The details of an event are gone."""

    sequence: int
    check: ClassVar[int] = 2
    sentence: ClassVar[str] = "The details of ledger row {sequence} are missing."
    advice: ClassVar[str] = _TAMPERED


@dataclass(frozen=True, slots=True)
class HeadMismatch(Finding):
    """The ledger's head in the database is not the head of its rows."""

    field: str
    expected: str
    found: str
    check: ClassVar[int] = 2
    sentence: ClassVar[str] = (
        "The ledger's head says {field} {expected}, but the rows give {found}."
    )
    advice: ClassVar[str] = _TAMPERED


@dataclass(frozen=True, slots=True)
class LedgerCut(Finding):
    """The ledger is shorter than its head or a published checkpoint says."""

    expected: int
    found: int
    check: ClassVar[int] = 3
    sentence: ClassVar[str] = "The ledger was cut: it had {expected} rows, now there are {found}."
    advice: ClassVar[str] = "restore the database from a newer copy; do not add to this one"


@dataclass(frozen=True, slots=True)
class LedgerRewritten(Finding):
    """The first rows of the ledger do not give the root of a checkpoint published over them."""

    size: int
    expected: str
    found: str
    check: ClassVar[int] = 3
    sentence: ClassVar[str] = (
        "The ledger's first {size} rows are not those of the published checkpoint: its root is "
        "{expected}, theirs is {found}."
    )
    advice: ClassVar[str] = _TAMPERED


@dataclass(frozen=True, slots=True)
class CheckpointUnreadable(Finding):
    """A published checkpoint is damaged, or is one of another archive."""

    path: str
    check: ClassVar[int] = 3
    sentence: ClassVar[str] = "The checkpoint {path} is damaged or of another archive."
    advice: ClassVar[str] = "restore it from the place checkpoints are copied to"


@dataclass(frozen=True, slots=True)
class MissingIntake(Finding):
    """An item stands in the catalog, but the ledger knows nothing of its arrival."""

    item: str
    check: ClassVar[int] = 4
    sentence: ClassVar[str] = "{item} was never received: the ledger has no intake of it."
    advice: ClassVar[str] = _TAMPERED


@dataclass(frozen=True, slots=True)
class ItemMissing(Finding):
    """The ledger tells of an item's intake, but the catalog has no such item."""

    item: str
    check: ClassVar[int] = 4
    sentence: ClassVar[str] = "{item} was received, but is gone from the catalog."
    advice: ClassVar[str] = _TAMPERED


@dataclass(frozen=True, slots=True)
class RowDisagrees(Finding):
    """A row of the catalog is not what the ledger committed to."""

    table: str
    object: str
    field: str
    expected: str
    found: str
    check: ClassVar[int] = 4
    sentence: ClassVar[str] = (
        "The catalog was changed without the ledger: {field} of {object} in {table} is "
        "{found}, and the ledger says {expected}."
    )
    advice: ClassVar[str] = _TAMPERED


@dataclass(frozen=True, slots=True)
class Missing(Finding):
    """The vault does not hold the bytes of an item or of a derivative of it."""

    item: str
    digest: str
    check: ClassVar[int] = 5
    sentence: ClassVar[str] = "A file of {item} is lost: the vault does not hold {digest}."
    advice: ClassVar[str] = _RESTORE


@dataclass(frozen=True, slots=True)
class Unreadable(Finding):
    """Bytes are there but cannot be read."""

    item: str
    digest: str
    problem: str
    check: ClassVar[int] = 5
    sentence: ClassVar[str] = "A file of {item}, {digest}, cannot be read: {problem}."
    advice: ClassVar[str] = "check the disk; " + _RESTORE


@dataclass(frozen=True, slots=True)
class DigestMismatch(Finding):
    """Bytes are not those that were received or made."""

    item: str
    expected: str
    found: str
    check: ClassVar[int] = 6
    sentence: ClassVar[str] = (
        "A file of {item} is damaged: its digest was {expected} and now is {found}."
    )
    advice: ClassVar[str] = _RESTORE


@dataclass(frozen=True, slots=True)
class Unaccounted(Finding):
    """Something lies in the vault that the ledger does not account for."""

    path: str
    check: ClassVar[int] = 7
    sentence: ClassVar[str] = "The ledger does not account for {path} in the vault."
    advice: ClassVar[str] = (
        "if an ingest was interrupted, run it again: it takes up what it left; otherwise find out "
        "who put it there"
    )


@dataclass(frozen=True, slots=True)
class OrphanDerivative(Finding):
    """A derivative that does not say what it was made from, by which tool, in which version."""

    item: str
    digest: str
    problem: str
    check: ClassVar[int] = 8
    sentence: ClassVar[str] = "The derivative {digest} of {item} has {problem}."
    advice: ClassVar[str] = "read the item again with `aigaq retry`"


@dataclass(frozen=True, slots=True)
class MentionMismatch(Finding):
    """A mention does not read back its raw text from its passage."""

    item: str
    passage: int
    start: int
    end: int
    check: ClassVar[int] = 9
    sentence: ClassVar[str] = (
        "In {item}, the mention at {start}..{end} of passage {passage} does not read back its text."
    )
    advice: ClassVar[str] = "extract the item again with `aigaq retry`"
