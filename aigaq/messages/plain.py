"""Foreign text made safe to show: a file name must not be able to fake a line of ours.

Control characters, line ends, bidirectional overrides and other invisible format characters are
written as escapes (`\\n`, `\\u202e`); everything a person can read stays as it is.
"""

from __future__ import annotations

import unicodedata

# Joiners shape letters and emoji inside words and cannot reorder or hide a line.
_HARMLESS = {"\u200c", "\u200d"}
_HIDING = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def plain(text: str) -> str:
    """`text` with everything that could move the cursor, hide or reorder what follows escaped."""
    return "".join(map(_shown, text)) if not text.isascii() or not text.isprintable() else text


def _shown(character: str) -> str:
    if character in _HARMLESS or unicodedata.category(character) not in _HIDING:
        return character
    return character.encode("unicode_escape").decode("ascii")
