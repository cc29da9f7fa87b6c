"""Who is looking: every read that a person asks for goes through a viewer.

Default closed: a restricted item is shown only to a viewer who was granted one of its cases, a
sealed item only to one who was granted that very item or case under seal.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Self

from aigaq.archive.model import Item, Restriction


@dataclass(frozen=True, slots=True)
class Viewer:
    """A person with a role and what they were granted.

    `cases` are the case ids whose restricted items may be seen; None means all cases. `sealed` are
    the accessions and case ids whose sealed items may be seen; there is no "all".
    """

    name: str
    role: str
    cases: frozenset[str] | None = frozenset()
    sealed: frozenset[str] = frozenset()

    @classmethod
    def owner(cls, name: str = "owner") -> Self:
        """The operator of the command line: open and restricted items of all cases."""
        return cls(name, "owner", cases=None)

    def may_see(self, item: Item) -> bool:
        """Whether this item may be shown to this viewer, in any form."""
        return self.sees(item.description.restriction, item.cases, accession=item.accession)

    def sees(
        self, restriction: Restriction, cases: Collection[str], *, accession: str = ""
    ) -> bool:
        """`may_see` for a caller that holds the facts but no item (a search engine's filter)."""
        if restriction is Restriction.OPEN:
            return True
        if restriction is Restriction.RESTRICTED:
            return self.cases is None or not self.cases.isdisjoint(cases)
        return accession in self.sealed or not self.sealed.isdisjoint(cases)
