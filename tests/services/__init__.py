"""The real servers that tests run against: started here as plain processes, on loopback only.

One module a service, each with `start(folder) -> Running` and `stop(running)`. A service that
cannot be had on this machine raises `ServiceMissing`: its tests are skipped with that one line, or
fail where SERVICES_REQUIRED is set, as continuous integration does. The variables named in each
module point the same tests at a server that is up already.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field


class ServiceMissing(Exception):
    """Why a service cannot be had here, in one line."""


@dataclass(frozen=True, slots=True)
class Running:
    """A server that answers: its address, and the process groups to end (none if not ours)."""

    address: str
    groups: tuple[int, ...] = ()
    details: dict[str, str] = field(default_factory=dict)

    def to_json(self) -> str:
        """As text, for another process of the same test run."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Running:
        """What `to_json` wrote."""
        fields = json.loads(text)
        return cls(fields["address"], tuple(fields["groups"]), fields["details"])
