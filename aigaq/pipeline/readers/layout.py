"""The reading order of a page: columns one after the other, tables row by row.

Pure geometry. Boxes are in points, y grows downwards, (left, top) is the upper left corner.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import NamedTuple


class Box(NamedTuple):
    """A rectangle of the page. (A named tuple: a page makes hundreds, a dataclass costs thrice.)"""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2

    def holds(self, other: Box) -> bool:
        """Whether the other's centre lies inside."""
        x = (other.left + other.right) / 2
        return self.left <= x <= self.right and self.top <= other.middle <= self.bottom

    def joined(self, other: Box) -> Box:
        return Box(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )


class Fragment(NamedTuple):
    """Text on one line without a wide gap in it; `words` counts them (1 when unknown)."""

    box: Box
    text: str = ""
    words: int = 1


@dataclass(frozen=True, slots=True)
class Table:
    """A ruled table: its box and, row by row, the boxes of its cells."""

    box: Box
    rows: tuple[tuple[Box, ...], ...]


def fragments(words: Iterable[Fragment]) -> list[Fragment]:
    """Neighbours in the order of writing, on one line and less than 1.2 heights apart, joined."""
    found: list[Fragment] = []
    for word in words:
        if found and _continues(found[-1].box, word.box):
            last = found[-1]
            text = f"{last.text} {word.text}" if word.text else last.text
            found[-1] = Fragment(last.box.joined(word.box), text, last.words + word.words)
        else:
            found.append(word)
    return found


def _continues(before: Box, after: Box) -> bool:
    height = max(before.height, after.height)
    same_line = abs(before.bottom - after.bottom) < 0.4 * height
    return same_line and -0.5 * height < after.left - before.right < 1.2 * height


def is_plain(boxes: Sequence[Box]) -> bool:
    """Whether each run of letters goes on after the one before or stands below it: one column,
    written from top to bottom, as most pages are. A quick look before the full one.
    """
    for (_, top, right, bottom), (next_left, next_top, _, next_bottom) in pairwise(boxes):
        height = max(bottom - top, next_bottom - next_top)
        below = next_top > bottom - 0.5 * height
        goes_on = next_bottom > top and -0.5 * height < next_left - right < 1.2 * height
        if not (below or goes_on):
            return False
    return True


GUTTER = 6.0
"""Points between two columns at least."""


@dataclass(frozen=True, slots=True)
class Gutter:
    """A vertical cut at x: fragments left and right of it, and those that cross it."""

    x: float
    left: tuple[Fragment, ...]
    right: tuple[Fragment, ...]
    crossing: tuple[Fragment, ...]


def find_gutter(parts: Sequence[Fragment]) -> Gutter | None:
    """The cut between two columns of running text, None when there is none.

    Columns are told from tables and forms by their lines: at least five on each side that stand
    beside each other, mostly as wide as the column.
    """
    if len(parts) < 10:
        return None
    x = _least_crossed(parts)
    if x is None:
        return None
    outside = _outside(parts)
    inner = [part for part in parts if part not in outside]
    left = tuple(part for part in inner if part.box.right <= x)
    right = tuple(part for part in inner if part.box.left >= x)
    crossing = (
        *(part for part in inner if part.box.left < x < part.box.right),
        *outside,
    )
    if not (_are_columns(left) and _are_columns(right) and _beside(left, right)):
        return None
    return Gutter(x, left, right, crossing)


def _least_crossed(parts: Sequence[Fragment]) -> float | None:
    """The middle of the widest place, between 15 and 85 % of the width, that few parts cross."""
    start = min(part.box.left for part in parts)
    width = max(part.box.right for part in parts) - start
    # A line over 85 % of the width crosses every place: a page of running text is told at once.
    if sum(part.box.right - part.box.left > 0.85 * width for part in parts) > 0.25 * len(parts):
        return None
    bins = int(width / 2) + 2
    change = [0] * (bins + 1)
    for part in parts:
        change[int((part.box.left - start) / 2)] += 1
        change[int((part.box.right - start) / 2) + 1] -= 1
    cover, covers = 0, []
    for step in change[:-1]:
        cover += step
        covers.append(cover)
    inner = range(int(bins * 0.15), int(bins * 0.85))
    if not inner:
        return None
    least = min(covers[place] for place in inner)
    if least > 0.25 * len(parts):
        return None
    best, run = (0, 0), 0
    for place in inner:
        run = run + 1 if covers[place] == least else 0
        best = max(best, (run, place))
    length, end = best
    if length * 2 < GUTTER:
        return None
    return start + (end - length / 2 + 0.5) * 2


_OUTER_ROWS = 3
"""Rows above and below columns that can belong to neither: date and place, header, page number."""


def _outside(parts: Sequence[Fragment]) -> set[Fragment]:
    """Short pieces in the first and last rows of the page, set off by more than the line spacing:
    they go with the whole width, though they do not cross the gutter.
    """
    rows = _stacked(sorted(parts, key=lambda part: part.box.middle))
    if len(rows) < 2 * _OUTER_ROWS:
        return set()
    middles = [row[0].box.middle for row in rows]
    gaps = [below - above for above, below in pairwise(middles)]
    spacing = 1.2 * median(gaps)
    width = max(part.box.right for part in parts) - min(part.box.left for part in parts)
    found: set[Fragment] = set()
    for steps in (range(_OUTER_ROWS), range(len(rows) - 1, len(rows) - 1 - _OUTER_ROWS, -1)):
        for place in steps:
            gap = gaps[place] if place < _OUTER_ROWS else gaps[place - 1]
            if gap <= spacing:
                break
            if all(part.box.width < 0.25 * width for part in rows[place]):
                found.update(rows[place])
    return found


def _are_columns(parts: Sequence[Fragment]) -> bool:
    """One column, or several with gutters of their own."""
    return _is_column(parts) or find_gutter(parts) is not None


def _is_column(parts: Sequence[Fragment]) -> bool:
    """Lines of running text: at least five, most of them nearly as wide as the widest."""
    if len(parts) < 5:
        return False
    width = max(part.box.right for part in parts) - min(part.box.left for part in parts)
    height = median(part.box.height for part in parts)
    return width > 8 * height and median(part.box.width for part in parts) > 0.55 * width


def _beside(left: Sequence[Fragment], right: Sequence[Fragment]) -> bool:
    """Whether both sides stand at the same height for at least half of the shorter one."""
    tops = [min(part.box.top for part in side) for side in (left, right)]
    bottoms = [max(part.box.bottom for part in side) for side in (left, right)]
    shared = min(bottoms) - max(tops)
    return shared > 0.5 * min(bottoms[0] - tops[0], bottoms[1] - tops[1])


def in_writing_order(parts: Sequence[Fragment]) -> bool:
    """Whether the page was written from top to bottom (up to a header or footer out of place)."""
    jumps = sum(after.box.bottom <= before.box.top for before, after in pairwise(parts))
    return jumps <= 2


def lines(parts: Sequence[Fragment]) -> list[str]:
    """The page's lines in reading order."""
    gutter = find_gutter(parts)
    if gutter is None:
        return _rows(parts)
    found: list[str] = []
    cuts = sorted(gutter.crossing, key=lambda part: part.box.top)
    above = float("-inf")
    for rows in [*_stacked(cuts), []]:
        below = min((part.box.middle for part in rows), default=float("inf"))
        for side in (gutter.left, gutter.right):
            band = [part for part in side if above <= part.box.middle < below]
            found += lines(band)
        found += _rows(rows)
        above = below
    return found


def _stacked(parts: Sequence[Fragment]) -> list[list[Fragment]]:
    """Parts sorted by height, those of one line together."""
    rows: list[list[Fragment]] = []
    for part in parts:
        if rows and part.box.middle < rows[-1][0].box.bottom - 0.2 * rows[-1][0].box.height:
            rows[-1].append(part)
        else:
            rows.append([part])
    return rows


def _rows(parts: Sequence[Fragment]) -> list[str]:
    """Lines from top to bottom, each from left to right."""
    by_height = sorted(parts, key=lambda part: (part.box.middle, part.box.left))
    return [
        " ".join(part.text for part in sorted(row, key=lambda part: part.box.left))
        for row in _stacked(by_height)
    ]


def page_lines(words: Sequence[Fragment], tables: Sequence[Table]) -> list[str]:
    """Lines of a page with ruled tables: a table is a line a row, its cells parted by tabs."""
    free = [word for word in words if not any(table.box.holds(word.box) for table in tables)]
    found: list[str] = []
    above = float("-inf")
    for table in sorted(tables, key=lambda table: table.box.top):
        found += lines(fragments(word for word in free if above <= word.box.middle < table.box.top))
        found += _table_lines(table, [word for word in words if table.box.holds(word.box)])
        above = table.box.top
    return found + lines(fragments(word for word in free if word.box.middle >= above))


def _table_lines(table: Table, words: Sequence[Fragment]) -> list[str]:
    """A line a row. A word in no cell (on a rule) goes to the row at its height."""
    left = list(words)
    found = []
    for row in table.rows:
        cells = []
        for cell in row:
            inside = [word for word in left if cell.holds(word.box)]
            left = [word for word in left if not cell.holds(word.box)]
            cells.append(" ".join(_rows(inside)))
        if any(cells):
            found.append("\t".join(cells).strip("\t"))
    return found + _rows(left)
