"""Written text and canonical bytes: exact, reversible, and those of RFC 8785."""

from __future__ import annotations

from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from aigaq.archive.canonical import (
    canonical,
    from_canonical,
    stored_json,
    stored_line,
    unwritten,
    written,
)
from aigaq.archive.errors import RecordError

any_text = st.text(st.characters(exclude_categories=()))
numbers = st.one_of(
    st.integers(-(2**53) + 1, 2**53 - 1), st.floats(allow_nan=False, allow_infinity=False)
)
scalars = st.one_of(st.none(), st.booleans(), numbers, any_text)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(any_text, inner)),
    max_leaves=12,
)


def all_written(value: Any) -> Any:
    """The value with every string written."""
    if isinstance(value, str):
        return written(value)
    if isinstance(value, list):
        return [all_written(inner) for inner in value]
    if isinstance(value, dict):
        return {written(key): all_written(inner) for key, inner in value.items()}
    return value


@given(any_text)
def test_written_text_is_reversible_and_storable(text: str) -> None:
    assert unwritten(written(text)) == text
    assert "\0" not in written(text)
    written(text).encode()  # no lone surrogate is left


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("үкім.pdf", "үкім.pdf"),
        ("a\\b", "a\\\\b"),
        ("a\0b", "a\\0b"),
        ("scan\udcff.jpg", "scan\\udcff.jpg"),
        ("\\udcff", "\\\\udcff"),
        ("🕊️ e\u0301", "🕊️ e\u0301"),
    ],
)
def test_written_text(text: str, stored: str) -> None:
    assert written(text) == stored


@given(values)
def test_canonical_bytes_read_back(value: object) -> None:
    assert from_canonical(canonical(value)) == value


@given(values)
def test_both_encoders_write_the_same(value: object) -> None:
    """The fast road and rfc8785 agree on every value, of which many take the fast road."""
    assert canonical(value) == rfc8785.dumps(all_written(value))


@given(st.lists(st.one_of(st.none(), numbers, any_text.map(written))))
def test_stored_rows_are_rfc8785_lines(row: list[str | int | float | None]) -> None:
    assert stored_line(row) == rfc8785.dumps(row) + b"\n"


@given(st.dictionaries(st.text("abcdefghijk_"), st.one_of(st.none(), any_text.map(written))))
def test_stored_objects_are_rfc8785(row: dict[str, object]) -> None:
    assert stored_json(row) == rfc8785.dumps(row)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), 2**53, {"n": -(2**60)}, {1: "a"}, b"bytes", {"a": {1, 2}}]
)
def test_what_json_cannot_say_exactly_is_refused(value: object) -> None:
    with pytest.raises(RecordError):
        canonical(value)


def test_a_stored_row_holds_finite_numbers_only() -> None:
    with pytest.raises(RecordError, match="nan"):
        stored_line([float("nan")])
