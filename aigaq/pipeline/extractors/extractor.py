"""What an extractor is: a name, a version, and a pure function from a text to what it found."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from aigaq.archive.model import JsonObject, Mention, MentionKind
from aigaq.pipeline.extractors.folding import Folded, fold


@dataclass(frozen=True, slots=True)
class Found:
    """A find in the folded text; `start` and `end` are offsets into `Folded.plain`."""

    kind: MentionKind
    start: int
    end: int
    value: JsonObject
    role: str = ""


@dataclass(frozen=True, slots=True)
class Extractor:
    """A pure callable, text in, mentions out. It reads no file, clock or setting when called.

    `find` gets the folded text and returns finds in its offsets; calling the extractor with a
    stored text gives mentions whose `rule` is `NAME/VERSION`.
    """

    NAME: str
    VERSION: str
    find: Callable[[Folded], Iterable[Found]]

    @property
    def rule(self) -> str:
        return f"{self.NAME}/{self.VERSION}"

    def __call__(self, text: str) -> list[Mention]:
        """All mentions of this kind in a text, in the order of their spans."""
        return self.mentions(fold(text))

    def mentions(self, folded: Folded) -> list[Mention]:
        """As a call, for a text that was folded once for several extractors."""
        mentions = [self._mention(folded, found) for found in self.find(folded)]
        return sorted(mentions, key=lambda mention: (mention.start, mention.end))

    def _mention(self, folded: Folded, found: Found) -> Mention:
        start, end = folded.span(found.start, found.end)
        raw = folded.original[start:end]
        return Mention(found.kind, start, end, raw, found.value, found.role, self.rule)
