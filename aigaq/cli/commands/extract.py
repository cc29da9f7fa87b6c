"""`aigaq extract FILE`: what one file says, without an archive.

Offsets count as `str` offsets into the text the line's passage stands in: for a text file the
whole file decoded as UTF-8 (a byte order mark counts, line ends as they are), for a paged document
the text of the page.
"""

from __future__ import annotations

import codecs
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from aigaq.archive.errors import NotFoundError
from aigaq.archive.model import Mention, MentionKind, Passage, PassageKind
from aigaq.cli.answer import print_json
from aigaq.cli.commands.show import meaning, shortened
from aigaq.cli.screen import Screen
from aigaq.cli.session import Session, json_option
from aigaq.cli.words import role_of, word
from aigaq.messages.plain import plain
from aigaq.pipeline import steps
from aigaq.pipeline.flows.conditions import limits_of, options_of
from aigaq.pipeline.kinds import sniff
from aigaq.pipeline.readers import read_document
from aigaq.pipeline.readers.reading import Reading
from aigaq.pipeline.tools.sandbox import confine


@dataclass(frozen=True, slots=True)
class Found:
    """A mention and its passage; `shift` turns the passage's offsets into the answer's."""

    mention: Mention
    passage: Passage
    shift: int

    def as_json(self) -> dict[str, object]:
        """One line of the answer (design: "Contracts other programs rely on")."""
        mention = self.mention
        value = dict(mention.value)
        if mention.kind is MentionKind.TURN:
            for name in ("text_start", "text_end"):
                value[name] = self._shifted(value[name])
        line: dict[str, object] = {
            "kind": mention.kind.value,
            "start": mention.start + self.shift,
            "end": mention.end + self.shift,
            "raw": mention.raw,
            "value": value,
            "role": mention.role,
            "page": self.passage.page,
        }
        if self.passage.start_seconds is not None:
            line["start_seconds"] = self.passage.start_seconds
        return line

    def _shifted(self, offset: object) -> int:
        assert isinstance(offset, int)
        return offset + self.shift


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@json_option
@click.pass_context
def command(context: click.Context, /, file: Path, json: bool) -> None:
    """Read one file, and print the persons, articles, dates and the rest it names."""
    session = Session.of(context, json=json)
    if not file.is_file():
        raise NotFoundError(f"there is no file {file}", advice="check the path")
    reading = _read(session, file)
    for told in _problems(session, reading):
        print(plain(told), file=sys.stderr)
    found = list(_mentions(session, file, reading))
    if session.json:
        for each in found:
            print_json(each.as_json())
        return
    _print(session, reading, found)


def _read(session: Session, file: Path) -> Reading:
    steps.make_ready()
    kind = sniff(file, file.name).kind
    with tempfile.TemporaryDirectory(prefix="aigaq-") as work:
        return read_document(
            file,
            kind,
            Path(work),
            limits=limits_of(session.settings),
            options=options_of(session.settings),
        )


def _mentions(session: Session, file: Path, reading: Reading) -> Iterator[Found]:
    limits = limits_of(session.settings)
    mark = _byte_order_mark(file)
    for start in range(0, len(reading.passages), steps.PASSAGES_A_CHILD):
        part = reading.passages[start : start + steps.PASSAGES_A_CHILD]
        texts = [(passage.text, "") for passage in part]
        found = confine(steps.mentions_in, texts, limits=limits)
        for passage, mentions in zip(part, found, strict=True):
            unpaged = passage.kind is PassageKind.TEXT
            shift = passage.offset + mark if unpaged else 0
            for mention in mentions:
                yield Found(mention, passage, shift)


def _byte_order_mark(file: Path) -> int:
    """1 when the file begins with UTF-8's byte order mark, which a plain UTF-8 decoder keeps."""
    with file.open("rb") as opened:
        return int(opened.read(3) == codecs.BOM_UTF8)


def _problems(session: Session, reading: Reading) -> Iterator[str]:
    _ = session.translator.gettext
    for problem in reading.problems:
        yield _(problem)
    for passage in reading.passages:
        if passage.problem:
            page = passage.number if passage.page is None else passage.page
            told = _("page {page} could not be read: {problem}")
            yield told.format(page=page, problem=passage.problem)


def _print(session: Session, reading: Reading, found: list[Found]) -> None:
    _ = session.translator.gettext
    screen = Screen()
    screen.pairs(
        [
            (_("read by"), f"{reading.tool.name} {reading.tool.version}"),
            (_("passages"), str(len(reading.passages))),
            (_("letters"), str(sum(len(passage.text) for passage in reading.passages))),
        ]
    )
    if not found:
        screen.line(_("Nothing was recognised."))
        return
    screen.heading(_("Mentions"))
    screen.table(
        (_("page"), _("kind"), _("meaning"), _("role"), _("written")),
        [
            (
                "" if each.passage.page is None else str(each.passage.page),
                word(session, each.mention.kind),
                (meaning(each.mention), "bold"),
                role_of(session, each.mention.role),
                shortened(each.mention.raw),
            )
            for each in found
        ],
    )
