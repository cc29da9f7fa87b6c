"""What people read: lines, tables and a progress bar, harmless and readable without colour.

Everything printed goes through `plain`, so no name of a file and no line of a document can move
the cursor, colour the text or begin a line of its own. On a terminal rich folds what is too
wide; into a pipe or a file go plain, unfolded lines. `NO_COLOR` is honoured by rich.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from aigaq.messages.plain import plain

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

Cell = str | tuple[str, str]
"""A text, or a text and its style in rich's words (`bold`, `red`, `bold underline`)."""

UNFOLDED = 100_000
"""Width of what is not a terminal: no line is ever folded there."""


class Screen:
    """Standard output for people. Strings given to it are data, never markup."""

    @cached_property
    def console(self) -> Console:
        """rich's console on stdout; heavy, so only made when somebody is to read."""
        # rich takes 0.12 s to import, and answers in JSON do not need it.
        from rich.console import Console  # noqa: PLC0415

        width = None if sys.stdout.isatty() else UNFOLDED
        return Console(markup=False, emoji=False, highlight=False, width=width)

    @property
    def styled(self) -> bool:
        """Whether bold and underline can be seen here."""
        return self.console.is_terminal and self.console.color_system is not None

    def line(self, *cells: Cell) -> None:
        """Print one line made of pieces."""
        text = self._text(cells)
        text.rstrip()
        self.console.print(text, soft_wrap=not self.console.is_terminal)

    def heading(self, title: str) -> None:
        """Print the title of what follows, with an empty line before it."""
        self.console.print()
        self.line((title, "bold"))

    def pairs(self, rows: Iterable[tuple[str, Cell]]) -> None:
        """Print names and values, the values aligned; rows with an empty value are left out."""
        given = [
            (name, cell) for name, cell in rows if (cell if isinstance(cell, str) else cell[0])
        ]
        if given:
            self.table((), [((name, "dim"), cell) for name, cell in given])

    def table(self, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
        """Print aligned columns without lines; nothing but the header when there are no rows."""
        from rich.table import Table  # noqa: PLC0415 - as above

        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=bool(header))
        given = [[self._text([cell]) for cell in row] for row in rows]
        for index in range(len(header) or max((len(row) for row in given), default=0)):
            title = self._text([(header[index], "dim")]) if header else ""
            table.add_column(title, overflow="fold")
        for row in given:
            table.add_row(*row)
        if self.console.is_terminal:
            self.console.print(table)
            return
        with self.console.capture() as capture:
            self.console.print(table)
        for line in capture.get().splitlines():
            print(line.rstrip())

    @staticmethod
    def _text(cells: Iterable[Cell]) -> Text:
        from rich.text import Text  # noqa: PLC0415 - as above

        text = Text()
        for cell in cells:
            content, style = (cell, "") if isinstance(cell, str) else cell
            text.append(plain(content), style)
        return text
