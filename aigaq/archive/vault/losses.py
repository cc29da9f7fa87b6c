"""How a vault says that bytes are gone, or are not what they were."""

from __future__ import annotations

from aigaq.archive.errors import BlobMissingError, VaultError
from aigaq.archive.model import Digest


def missing(digest: Digest) -> BlobMissingError:
    """There is no blob of that digest."""
    return BlobMissingError(
        f"the vault does not hold {digest}",
        advice="run `aigaq verify` to see what else is missing, then restore it from a copy",
    )


def damaged(digest: Digest, how: str = "has been changed") -> VaultError:
    """There is one, and its bytes are not those of its digest."""
    return VaultError(
        f"the blob {digest} {how}",
        advice="run `aigaq verify` to see what else is damaged, then restore it from a copy",
    )
