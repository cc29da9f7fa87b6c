"""Why something was found, in the reader's language."""

from __future__ import annotations

import re

from aigaq.cli.session import Session
from aigaq.messages.translator import N_

REASONS = (
    N_("same spelling"),
    N_("inflected form"),
    N_("other script"),
    N_("other transliteration"),
    N_("initials"),
    N_("short form"),
    N_("only the surname"),
    N_("likely typo"),
)
"""The values of `search.names.Reason`, marked for the catalogs; a test compares the two."""

_NAMED = re.compile(f" — ({'|'.join(REASONS)}) of ([^;]*)")


def told(session: Session, reason: str) -> str:
    """The reason in the reader's language."""
    return session.translator.gettext(reason)


def explained(session: Session, why: str) -> str:
    """The line that says why a hit is one (`search.highlight.reason`), in the reader's language."""
    _ = session.translator.gettext

    def spoken(found: re.Match[str]) -> str:
        # Translators: as in "Issayev — other script of Исаев"
        return " — " + _("{reason} of {name}").format(reason=_(found[1]), name=found[2])

    return _NAMED.sub(spoken, why)
