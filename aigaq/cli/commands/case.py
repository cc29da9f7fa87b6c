"""`aigaq case`: the matters of the documentation centre."""

from __future__ import annotations

from pathlib import Path

import click

from aigaq.archive.custody import Archive
from aigaq.archive.errors import NotFoundError, UsageError
from aigaq.archive.model import CASE_ID, Agent, Case
from aigaq.cli.answer import print_json
from aigaq.cli.case_list import read_cases
from aigaq.cli.commands.show import show_case
from aigaq.cli.completion import complete_case
from aigaq.cli.screen import Screen
from aigaq.cli.session import Session, json_option
from aigaq.messages.translator import N_

PARTLY = 4
"""Exit code: some rows were refused, the others are in."""


@click.group()
def command() -> None:
    """Group of the commands below."""


@command.command("add", help=N_("Add a case, or change its title and note"))
@click.argument("case", metavar="ID")
@click.option("--title", default=None, help=N_("What the case is called."))
@click.option("--note", default=None, help=N_("Anything worth knowing about it."))
@json_option
@click.pass_context
def add(
    context: click.Context, /, case: str, title: str | None, note: str | None, json: bool
) -> None:
    """Add one case. What is not given of a known case stays as it is."""
    session = Session.of(context, json=json)
    if not CASE_ID.fullmatch(case):
        raise UsageError(
            f"{case!r} is not a case id",
            advice="a case id is made of letters, digits and _ . / -, such as QAN-0042",
        )
    with Archive.create(session.places) as archive:
        known = _known(archive, case) or Case(case)
        wanted = Case(
            case,
            title=known.title if title is None else title,
            note=known.note if note is None else note,
        )
        outcome = _put(archive, wanted, session.agent)
    if session.json:
        print_json({**_case_json(wanted), "outcome": outcome})
        return
    Screen().line(_spoken(session)[outcome].format(case=case))


@command.command("list", help=N_("List all cases"))
@json_option
@click.pass_context
def listed(context: click.Context, /, json: bool) -> None:
    """List all cases."""
    session = Session.of(context, json=json)
    with Archive.open(session.places) as archive:
        cases = archive.catalog.cases()
    if session.json:
        print_json({"cases": [_case_json(case) for case in cases]})
        return
    _ = session.translator.gettext
    if not cases:
        Screen().line(_("There is no case yet: aigaq case add ID --title TITLE"))
        return
    Screen().table(
        (_("case"), _("title"), _("note")), [(case.id, case.title, case.note) for case in cases]
    )


@command.command("show", help=N_("Tell all about one case"))
@click.argument("case", metavar="ID", shell_complete=complete_case)
@json_option
@click.pass_context
def shown(context: click.Context, /, case: str, json: bool) -> None:
    """Show one case: the same as `aigaq show ID`."""
    session = Session.of(context, json=json)
    with Archive.open(session.places) as archive:
        show_case(session, archive, archive.catalog.case(case))


@command.command("import", help=N_("Add the cases of a CSV file (id,title,note)"))
@click.argument("file", type=click.Path(path_type=Path))
@json_option
@click.pass_context
def imported(context: click.Context, /, file: Path, json: bool) -> int:
    """Import a list of cases: good rows go in, every bad row is told with its line."""
    session = Session.of(context, json=json)
    read = read_cases(file)
    counts = dict.fromkeys(("added", "changed", "unchanged"), 0)
    with Archive.create(session.places) as archive:
        for _line, case in read.cases:
            counts[_put(archive, case, session.agent)] += 1
    if session.json:
        problems = [{"line": bad.line, "problem": bad.problem} for bad in read.problems]
        print_json({**counts, "refused": len(problems), "problems": problems})
    else:
        _ = session.translator.gettext
        screen = Screen()
        screen.line(
            _("{added} added, {changed} changed, {unchanged} unchanged, {refused} refused").format(
                **counts, refused=len(read.problems)
            )
        )
        for bad in read.problems:
            screen.line(_("line {line}: {problem}").format(line=bad.line, problem=bad.problem))
    return PARTLY if read.problems else 0


def _put(archive: Archive, case: Case, agent: Agent) -> str:
    """Put a case into the record: `added`, `changed`, or `unchanged`."""
    known = _known(archive, case.id)
    if known == case:
        return "unchanged"
    archive.add_case(case, agent=agent)
    return "added" if known is None else "changed"


def _known(archive: Archive, case: str) -> Case | None:
    try:
        return archive.catalog.case(case)
    except NotFoundError:
        return None


def _spoken(session: Session) -> dict[str, str]:
    _ = session.translator.gettext
    return {
        "added": _("Case {case} added."),
        "changed": _("Case {case} changed."),
        "unchanged": _("Case {case} was so already."),
    }


def _case_json(case: Case) -> dict[str, object]:
    return {"id": case.id, "title": case.title, "note": case.note}
