"""Text being written down while markup is read: lines, paragraphs, table rows.

HTML, DOCX and ODT are read as streams of start, text and end; no tree is built, so nesting
depth costs nothing and memory follows the text, not the markup. This is where the streams write.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

_WHITE = re.compile(r"[ \t\n\r\f]+")
"""What HTML and ODT collapse: not U+00A0, which its writer put there on purpose."""
_BLANK_LINES = re.compile(r"\n{3,}")


@dataclass(slots=True)
class _Row:
    """A table row being written; each cell is a list of pieces."""

    cells: list[list[str]] = field(default_factory=list)


@dataclass(slots=True)
class Written:
    """Collects text. Blocks end with a line end; a table row becomes one line, cells by tabs.

    A row with a single cell keeps the lines of the cell (pages are often laid out with such
    tables); in a row of several cells the lines of a cell are joined by spaces. A table inside a
    cell counts as text of the cell.
    """

    _body: list[str] = field(default_factory=list)
    _rows: list[_Row] = field(default_factory=list)

    @property
    def _here(self) -> list[str]:
        if self._rows:
            row = self._rows[-1]
            if not row.cells:
                row.cells.append([])
            return row.cells[-1]
        return self._body

    def verbatim(self, text: str) -> None:
        """Add text as it is."""
        if text:
            self._here.append(text)

    def collapsed(self, text: str) -> None:
        """Add text with each run of white space as one space, none at a line's beginning."""
        text = _WHITE.sub(" ", text)
        here = self._here
        if text.startswith(" ") and (not here or here[-1].endswith((" ", "\n", "\t"))):
            text = text[1:]
        self.verbatim(text)

    def break_line(self) -> None:
        """End the line, even an empty one."""
        self._here.append("\n")

    def end_block(self) -> None:
        """End the line unless it is empty."""
        here = self._here
        if here and not here[-1].endswith("\n"):
            here.append("\n")

    def open_row(self) -> None:
        self.end_block()
        self._rows.append(_Row())

    def open_cell(self) -> None:
        if self._rows:
            self._rows[-1].cells.append([])

    def close_row(self) -> None:
        """Write the row as one line; without an open row, nothing happens."""
        if not self._rows:
            return
        cells = ["".join(cell).strip(" \n") for cell in self._rows.pop().cells]
        if len(cells) > 1:
            cells = [_WHITE.sub(" ", cell) for cell in cells]
        line = "\t".join(cells)
        if line.strip():
            self._here.append(f"{line}\n")

    def text(self) -> str:
        """All of it in NFC: lines without spaces at their edges, at most one empty line between."""
        while self._rows:
            self.close_row()
        lines = "".join(self._body).replace("\r\n", "\n").split("\n")
        text = _BLANK_LINES.sub("\n\n", "\n".join(line.strip(" ") for line in lines))
        return unicodedata.normalize("NFC", text.strip("\n"))
