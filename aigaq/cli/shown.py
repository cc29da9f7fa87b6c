"""Text of strangers made harmless for a terminal.

A file name or a line of a document may hold what moves the cursor, changes colours, turns the
reading direction or breaks the line, and so writes lines of its own into what an archivist
reads. Everything printed goes through `shown`; it is the only guard and it stands in `screen`.
"""

from __future__ import annotations

import unicodedata

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories that print nothing of their own: controls, formats (bidi overrides, zero
width), lone surrogates, private use, unassigned, line and paragraph separators."""


def shown(text: str) -> str:
    r"""The text with every unseen character written out: a newline as `\n`, U+202E as `\u202e`.

    The result is one line and every character of it is visible or a blank. A text without such
    characters comes back unchanged.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_written(letter) for letter in text)


def one_line(text: str) -> str:
    """Running text for one line: blanks and line ends become single spaces, the rest is `shown`."""
    return shown(" ".join(text.split()))


def _written(letter: str) -> str:
    if unicodedata.category(letter) not in _UNSEEN:
        return " " if letter.isspace() else letter
    if letter in "\n\r\t":
        return {"\n": "\\n", "\r": "\\r", "\t": "\\t"}[letter]
    code = ord(letter)
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
