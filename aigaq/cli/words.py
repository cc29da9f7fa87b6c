"""The record's fixed words in the reader's language, and what an item may be called."""

from __future__ import annotations

from enum import StrEnum

from aigaq.archive.access import Viewer
from aigaq.archive.model import Item, MentionKind, Restriction, Stage, StageStatus
from aigaq.cli.session import Session
from aigaq.messages.translator import N_

STAGES: dict[StrEnum, str] = {
    Stage.ADMIT: N_("taking in"),
    Stage.READ: N_("reading"),
    Stage.EXTRACT: N_("extracting"),
    Stage.INDEX: N_("indexing"),
}

_WORDS: dict[StrEnum, str] = {
    **STAGES,
    StageStatus.WAITING: N_("waiting"),
    StageStatus.DONE: N_("done"),
    StageStatus.REFUSED: N_("refused"),
    StageStatus.FAILED: N_("failed"),
    Restriction.OPEN: N_("open to everybody here"),
    Restriction.RESTRICTED: N_("restricted to its cases"),
    Restriction.SEALED: N_("sealed"),
    MentionKind.PERSON: N_("person"),
    MentionKind.ARTICLE: N_("article of law"),
    MentionKind.DATE: N_("date"),
    MentionKind.CASE_NUMBER: N_("court case number"),
    MentionKind.COURT: N_("court"),
    MentionKind.PLACE: N_("place"),
    MentionKind.ORG: N_("organisation"),
    MentionKind.UNIT: N_("unit"),
    MentionKind.TURN: N_("speaker"),
}

ROLES = (
    N_("defendant"),
    N_("victim"),
    N_("relative"),
    N_("eyewitness"),
    N_("witness"),
    N_("judge"),
    N_("prosecutor"),
    N_("attorney"),
    N_("investigator"),
    N_("expert"),
    N_("official"),
    N_("journalist"),
    N_("activist"),
    N_("other"),
)
"""The roles of `extractors/data/roles.yml`, marked for the catalogs; a test compares the two."""


def role_of(session: Session, role: str) -> str:
    """The role of a person or speaker, translated."""
    return session.translator.gettext(role)


def word(session: Session, term: StrEnum) -> str:
    """One word of the record, translated."""
    return session.translator.gettext(_WORDS[term])


def name_of(session: Session, item: Item, viewer: Viewer | None = None) -> str:
    """The name an item came with; a sealed item's name is sealed with it."""
    if (viewer or Viewer.owner()).may_see(item):
        return item.path
    return session.translator.gettext("(name sealed)")
