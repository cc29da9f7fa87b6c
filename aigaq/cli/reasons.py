"""Why a name matched, in the reader's language."""

from __future__ import annotations

from aigaq.cli.session import Session
from aigaq.messages.translator import N_

_REASONS = (
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


def told(session: Session, reason: str) -> str:
    """The reason in the reader's language."""
    return session.translator.gettext(reason)
