"""What a verification found, in the reader's language."""

from __future__ import annotations

from dataclasses import asdict

from aigaq.archive.findings import Finding
from aigaq.cli.session import Session
from aigaq.messages.translator import N_

TEXTS = (
    N_("There is nothing to verify: no item was found."),
    N_("Row {sequence} of the ledger was changed after it was written."),
    N_("Rows {first} to {last} of the ledger are missing."),
    N_(
        "Row {sequence} of the ledger does not follow from the row before it: one of them was "
        "changed, put in, or moved."
    ),
    N_("The details of ledger row {sequence} were changed."),
    N_("The details of ledger row {sequence} are missing."),
    N_("The ledger's head says {field} {expected}, but the rows give {found}."),
    N_("The ledger was cut: it had {expected} rows, now there are {found}."),
    N_(
        "The ledger's first {size} rows are not those of the published checkpoint: its root is "
        "{expected}, theirs is {found}."
    ),
    N_("The checkpoint {path} is damaged or of another archive."),
    N_("{item} was never received: the ledger has no intake of it."),
    N_("{item} was received, but is gone from the catalog."),
    N_(
        "The catalog was changed without the ledger: {field} of {object} in {table} is {found}, "
        "and the ledger says {expected}."
    ),
    N_("A file of {item} is lost: the vault does not hold {digest}."),
    N_("A file of {item}, {digest}, cannot be read: {problem}."),
    N_("A file of {item} is damaged: its digest was {expected} and now is {found}."),
    N_("The ledger does not account for {path} in the vault."),
    N_("The derivative {digest} of {item} has {problem}."),
    N_(
        "In {item}, the mention at {start}..{end} of passage {passage} does not read back its text."
    ),
    N_("check that this is the archive, case or item you meant"),
    N_(
        "compare the database with a copy made before; the ledger's older checkpoints say since "
        "when"
    ),
    N_("restore the database from a newer copy; do not add to this one"),
    N_("restore it from the place checkpoints are copied to"),
    N_("restore the file from a copy of the vault whose digest is right, then verify again"),
    N_(
        "check the disk; restore the file from a copy of the vault whose digest is right, then "
        "verify again"
    ),
    N_(
        "if an ingest was interrupted, run it again: it takes up what it left; otherwise find out "
        "who put it there"
    ),
    N_("read the item again with `aigaq retry`"),
    N_("extract the item again with `aigaq retry`"),
)
"""The sentences and advices of `archive.findings`, marked for the catalogs; a test compares."""


def sentence(session: Session, finding: Finding) -> str:
    """What was found, as one sentence."""
    return session.translator.gettext(finding.sentence).format(**asdict(finding))


def advice(session: Session, finding: Finding) -> str:
    """What to do about it."""
    return session.translator.gettext(finding.advice)
