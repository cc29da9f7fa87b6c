"""Where one archive keeps its record and its bytes: in its home, or on servers of its own.

The home is always there: it holds published checkpoints, receipts, locks and the readers' work. The
record and the bytes are in it too unless these places say otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class S3Place:
    """A bucket of an S3 store. Keys come from boto3's own chain (environment, shared files, role).

    `endpoint`, `region` and `ca_file` are empty for boto3's own choice; `retention_days` above 0
    puts an Object Lock on each blob.
    """

    bucket: str
    prefix: str = ""
    endpoint: str = ""
    region: str = ""
    ca_file: str = ""
    retention_days: int = 0

    @property
    def top(self) -> str:
        """What all our keys begin with: nothing, or a folder's name with its slash."""
        folder = self.prefix.strip("/")
        return f"{folder}/" if folder else ""


@dataclass(frozen=True, slots=True)
class Places:
    """`record` is the address of a PostgreSQL database (`postgresql://user@host:port/name`, its
    password in libpq's own file) or empty for SQLite in the home; `vault` a bucket or None for a
    folder in the home."""

    home: Path
    record: str = ""
    vault: S3Place | None = None
