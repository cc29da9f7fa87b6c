"""One small tree of errors; each class knows its exit code, its HTTP status and its advice.

Vendor exceptions stop at the wrapper that calls the vendor and become one of these with
`raise ... from`. Only the doors (command line, web, flow) catch the root.
"""

from __future__ import annotations

from typing import ClassVar


class AigaqError(Exception):
    """Something went wrong that a person can act on.

    `args[0]` says what happened; `advice` says what to type or do next.
    """

    exit_code: ClassVar[int] = 1
    http_status: ClassVar[int] = 500

    def __init__(self, message: str, *, advice: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice


class UsageError(AigaqError):
    """The request itself cannot be carried out as written."""

    exit_code = 2
    http_status = 400


class SettingError(UsageError):
    """A setting is unknown, missing or malformed; the message names key, value and origin."""


class TableError(UsageError):
    """A manifest or a list of cases cannot be read as a whole (a bad row is told and left out)."""


class NotFoundError(AigaqError):
    """No archive, case, batch or item by that name."""

    exit_code = 2
    http_status = 404


class RecordError(AigaqError):
    """The record refused a change, or is not what it should be."""


class UnreachableError(RecordError):
    """The server of the record does not answer, or was lost on the way."""

    http_status = 503


class VaultError(RecordError):
    """Bytes could not be stored or read back."""


class BlobMissingError(VaultError):
    """The vault does not hold the bytes the record speaks of."""

    http_status = 410


class UntrustedStoreError(VaultError):
    """The S3 store was tried and may not hold evidence: it overwrites, or loses what it had."""


class LedgerError(RecordError):
    """The ledger cannot be appended to or does not hang together."""


class RefusedError(AigaqError):
    """This input is not taken or not opened; the message is the reason kept in the record.

    Raised by kinds, tools and readers. The file stays in the vault, marked with the reason.
    """

    exit_code = 4
    http_status = 422


class ToolError(AigaqError):
    """An outside program is missing, too old, or failed in a way that is not the file's fault."""


class SearchError(AigaqError):
    """The index is missing, of another version, or the engine failed."""

    http_status = 503
