"""RFC 6962 hashing, against the tree built the slow way and the vectors of Certificate
Transparency."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aigaq.archive.chain import EMPTY_ROOT, Checkpoint, Frontier, commitment, leaf_of
from aigaq.archive.model import Digest

# certificate-transparency-go, testdata: the leaves and roots of the reference tree
LEAVES = ("", "00", "10", "2021", "3031", "40414243", "5051525354555657")
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
)


def slow_root(leaves: list[bytes]) -> bytes:
    """RFC 6962 section 2.1, word for word."""
    if len(leaves) <= 1:
        return leaves[0] if leaves else hashlib.sha256(b"").digest()
    split = 1 << (len(leaves) - 1).bit_length() - 1
    halves = slow_root(leaves[:split]) + slow_root(leaves[split:])
    return hashlib.sha256(b"\x01" + halves).digest()


@pytest.mark.parametrize("size", range(1, 8))
def test_the_reference_tree(size: int) -> None:
    frontier = Frontier()
    for leaf in LEAVES[:size]:
        frontier.append(leaf_of(bytes.fromhex(leaf)))
    assert frontier.root().hex == ROOTS[size - 1]


@given(st.lists(st.binary(max_size=4), max_size=70), st.integers(0, 70))
def test_a_frontier_kept_anywhere_gives_the_same_root(rows: list[bytes], cut: int) -> None:
    leaves = [leaf_of(row) for row in rows]
    frontier = Frontier()
    for leaf in leaves[:cut]:
        frontier.append(leaf)
    resumed = Frontier(frontier.size, frontier.hashes)
    for leaf in leaves[cut:]:
        resumed.append(leaf)
    assert resumed.root().hex == slow_root(leaves).hex()


def test_an_empty_tree() -> None:
    assert Frontier().root() == EMPTY_ROOT


def test_a_frontier_of_the_wrong_size_is_refused() -> None:
    with pytest.raises(ValueError, match="3 leaves"):
        Frontier(3, [b"\0" * 32])


def test_a_commitment_needs_its_salt() -> None:
    salted = {commitment(b"{}", bytes([n]) * 32) for n in range(3)}
    assert len(salted) == 3


@given(st.integers(0, 10**12), st.binary(min_size=32, max_size=32))
def test_checkpoints_read_back(size: int, root: bytes) -> None:
    checkpoint = Checkpoint("aigaq-archive/00ff", size, Digest("sha256", root.hex()))
    assert Checkpoint.parse(checkpoint.body) == checkpoint


@pytest.mark.parametrize(
    "body",
    [
        "",
        "origin\n",
        "origin\n-1\nAAAA\n",
        "origin\n1\nAAAA\n",
        "\n1\n" + "A" * 43 + "=\n",
        "o\n²\n",
    ],
)
def test_what_is_no_checkpoint(body: str) -> None:
    with pytest.raises(ValueError):
        Checkpoint.parse(body)
