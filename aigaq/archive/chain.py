"""The arithmetic of the ledger: RFC 6962 hashing over canonical rows.

A row's leaf hash is SHA-256(0x00 || canonical row); a node is SHA-256(0x01 || left || right). Each
row names the leaf hash of the row before it, and the tree head covers all rows at once, so that
membership and growth can be proved to someone who holds only a head (RFC 9162 section 2.1).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from aigaq.archive.canonical import canonical
from aigaq.archive.model import Digest

SALT_BYTES = 32
NO_ROW = Digest("sha256", "0" * 64)
"""What the first row names as the row before it."""
EMPTY_ROOT = Digest("sha256", hashlib.sha256(b"").hexdigest())


def leaf_hash(row: Mapping[str, object]) -> bytes:
    """RFC 6962 leaf hash of a ledger row, 32 bytes."""
    return leaf_of(canonical(row))


def leaf_of(row: bytes) -> bytes:
    """RFC 6962 leaf hash of a ledger row's canonical bytes, 32 bytes."""
    return hashlib.sha256(b"\x00" + row).digest()


def commitment(details: bytes, salt: bytes) -> str:
    """What a row says of its details: HMAC-SHA256 of their canonical bytes under a random salt.

    Once details and salt are erased nobody can guess the details from the row.
    """
    return f"hmac-sha256:{hmac.digest(salt, details, 'sha256').hex()}"


def new_salt() -> bytes:
    """32 bytes from the operating system."""
    return secrets.token_bytes(SALT_BYTES)


class Frontier:
    """The roots of the perfect subtrees of a growing tree, largest first: log2(size) hashes."""

    def __init__(self, size: int = 0, hashes: Iterable[bytes] = ()) -> None:
        self.size = size
        self.hashes = list(hashes)
        if len(self.hashes) != size.bit_count():
            raise ValueError(f"a tree of {size} leaves has no {len(self.hashes)} perfect subtrees")

    def append(self, leaf: bytes) -> None:
        """Add one leaf's hash at the right."""
        node, size = leaf, self.size
        while size & 1:
            node = _node(self.hashes.pop(), node)
            size >>= 1
        self.hashes.append(node)
        self.size += 1

    def root(self) -> Digest:
        """RFC 6962 Merkle tree hash of all leaves so far."""
        if not self.hashes:
            return EMPTY_ROOT
        node = self.hashes[-1]
        for left in reversed(self.hashes[:-1]):
            node = _node(left, node)
        return Digest("sha256", node.hex())


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What the ledger was at one moment: which log, how many rows, and their root hash.

    `body` is the unsigned text of a C2SP tlog-checkpoint (https://c2sp.org/tlog-checkpoint).
    """

    origin: str
    size: int
    root: Digest

    @property
    def body(self) -> str:
        root = base64.b64encode(bytes.fromhex(self.root.hex)).decode()
        return f"{self.origin}\n{self.size}\n{root}\n"

    @classmethod
    def parse(cls, body: str) -> Checkpoint:
        """Read a checkpoint body; ValueError when it is none."""
        lines = body.split("\n")
        if len(lines) < 4 or not lines[0] or not lines[1].isascii() or not lines[1].isdigit():
            raise ValueError("not a checkpoint: origin, size and root are expected on three lines")
        root = base64.b64decode(lines[2], validate=True)
        return cls(lines[0], int(lines[1]), Digest("sha256", root.hex()))
