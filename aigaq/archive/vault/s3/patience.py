"""How long a store is waited for."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Patience:
    """`attempts` in all. The pauses between them double from `first_seconds` to `longest_seconds`;
    a store that says nothing for `silence_seconds` has failed an attempt.

    As it stands, a store may be away for about half a minute: time enough to be started again.
    """

    attempts: int = 9
    first_seconds: float = 0.25
    longest_seconds: float = 15.0
    silence_seconds: float = 60.0

    def pauses(self) -> Iterator[float]:
        """The seconds to wait after each failed attempt but the last; a part of each is chance, so
        that many workers do not all come back in the same moment."""
        for number in range(self.attempts - 1):
            whole = min(self.first_seconds * 2**number, self.longest_seconds)
            yield whole * random.uniform(0.5, 1)


USUAL = Patience()
