"""`aigaq find`: the page, the line or the second where something is said."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import asdict, replace

import click

from aigaq.archive.access import Viewer
from aigaq.archive.layout import Layout
from aigaq.cli.amounts import clock
from aigaq.cli.answer import print_json
from aigaq.cli.completion import complete_case, complete_object
from aigaq.cli.reasons import explained
from aigaq.cli.screen import Cell, Screen
from aigaq.cli.session import Session, json_option
from aigaq.cli.snippet import snippet
from aigaq.cli.words import role_of
from aigaq.messages.translator import N_
from aigaq.pipeline.flows.places import index_place_of
from aigaq.search.engine import Sort
from aigaq.search.finder import MOST_HITS, Hit, Results, find
from aigaq.search.indexes import indexes_of
from aigaq.search.names import Breadth
from aigaq.search.query import parse

EXAMPLES = """\b
Examples:
  aigaq find 'Исаев AND role:defendant'
  aigaq find '"лишения свободы" AND article:"УК 272"' --sort -date
  aigaq find 'person:Issayev date:[2022-01-01 TO 2022-01-31]' --facets
"""


_NO_WORD = re.compile(r"[^\w\s.'’ʼ`-]|\b(?:AND|OR|NOT|И|ИЛИ|НЕ|ЖӘНЕ|НЕМЕСЕ|ЕМЕС)\b")


@click.command(epilog=EXAMPLES)
@click.argument("query")
@click.option(
    "--limit", type=click.IntRange(1, MOST_HITS), help=N_("Hits shown (setting search.page_size).")
)
@click.option("--after", metavar="TOKEN", help=N_("The page after: the token the last page gave."))
@click.option(
    "--sort",
    type=click.Choice([str(sort) for sort in Sort]),
    default=str(Sort.SCORE),
    help=N_("Order of the hits."),
)
@click.option(
    "--names",
    "breadth",
    type=click.Choice([str(breadth) for breadth in Breadth]),
    default=str(Breadth.SIMILAR),
    help=N_("How far a name may be from the one asked for."),
)
@click.option(
    "--case",
    "cases",
    multiple=True,
    shell_complete=complete_case,
    help=N_("Only in this case; may be given several times."),
)
@click.option("--facets", is_flag=True, help=N_("Count the hits by kind, case, person and so on."))
@click.option(
    "--unseal",
    "unsealed",
    multiple=True,
    metavar="ITEM|CASE",
    shell_complete=complete_object,
    help=N_("Search this sealed item, or the sealed items of this case, too."),
)
@json_option
@click.pass_context
def command(
    context: click.Context,
    /,
    *,
    query: str,
    limit: int | None,
    after: str | None,
    sort: str,
    breadth: str,
    cases: tuple[str, ...],
    facets: bool,
    unsealed: tuple[str, ...],
    json: bool,
) -> None:
    """Search everything that was read. docs/query-language.md explains the language."""
    session = Session.of(context, json=json)
    home = session.settings.home
    Layout(home).check()
    narrowed, notice = within(query, cases)
    engine = indexes_of(index_place_of(session.settings)).open_current()
    try:
        results = find(
            engine,
            narrowed,
            viewer=Viewer(session.settings.operator, "owner", None, frozenset(unsealed)),
            limit=limit or session.settings.search.page_size,
            after=after,
            sort=sort,
            breadth=Breadth(breadth),
            facets=facets or session.json,
        )
    finally:
        engine.close()
    results = replace(results, notice=f"{notice} {results.notice}".strip())
    if session.json:
        print_json(_as_json(results))
        return
    _print(session, results, context)


def within(query: str, cases: tuple[str, ...]) -> tuple[str, str]:
    """The query narrowed to some cases, in its own language, and what is to be told about it.

    A query whose syntax is not understood would take the condition on the case down with it: only
    its words are taken over then, as `find` itself does.
    """
    if not cases:
        return query, ""
    parsed = parse(query)
    if parsed.plain:
        query = _NO_WORD.sub(" ", query)
    wanted = " OR ".join(f'case:"{_quoted(case)}"' for case in cases)
    return f"({query}) AND ({wanted})", " ".join(parsed.notices) if parsed.plain else ""


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _as_json(results: Results) -> dict[str, object]:
    return {
        "total": results.total,
        "hits": [asdict(hit) for hit in results.hits],
        "facets": {
            name: [asdict(counted) for counted in counts] for name, counts in results.facets.items()
        },
        "notice": results.notice,
        "next": results.next,
    }


def _print(session: Session, results: Results, context: click.Context) -> None:
    _ = session.translator
    screen = Screen()
    screen.line((_.ngettext("{n} hit", "{n} hits", results.total).format(n=results.total), "bold"))
    if results.notice:
        screen.line(results.notice)
    for hit in results.hits:
        screen.line()
        _print_hit(session, screen, hit)
    _print_facets(session, screen, results)
    if results.next is not None:
        screen.line()
        screen.line(_.gettext("More: {command}").format(command=_next_page(context, results.next)))


def _print_hit(session: Session, screen: Screen, hit: Hit) -> None:
    cases = ", ".join(hit.cases)
    said = [part for part in (_place(session, hit), cases, hit.file) if part]
    screen.line((hit.item, "bold"), "  ", "  ".join(said))
    screen.line("  ", *_text(session, screen, hit))
    if hit.why:
        screen.line("  ", (explained(session, hit.why), "dim"))


def _text(session: Session, screen: Screen, hit: Hit) -> Iterator[Cell]:
    """The text around what was found; without a terminal's styles the marks are in brackets."""
    pieces = snippet(hit.text, [(mark.start, mark.end) for mark in hit.highlights])
    speaker = " ".join(hit.speaker.split())
    # A speech begins with the speaker's name; only where that was cut off is it said anew.
    if speaker and not "".join(piece.text for piece in pieces).startswith(speaker):
        role = f" ({role_of(session, hit.speaker_role)})" if hit.speaker_role else ""
        yield (f"{speaker}{role}: ", "italic")
    for piece in pieces:
        if not piece.marked:
            yield piece.text
        elif screen.styled:
            yield (piece.text, "bold underline")
        else:
            yield f"[{piece.text}]"


def _place(session: Session, hit: Hit) -> str:
    _ = session.translator.gettext
    if hit.start_seconds is not None:
        return clock(hit.start_seconds)
    if hit.page is not None:
        return _("page {page}").format(page=hit.page)
    return "" if hit.turn is None else _("speech {number}").format(number=hit.turn)


FACET_NAMES = {
    "kind": N_("kind"),
    "case": N_("case"),
    "person": N_("person"),
    "article": N_("article of law"),
    "year": N_("year"),
    "language": N_("language"),
    "document_type": N_("document type"),
}


def _print_facets(session: Session, screen: Screen, results: Results) -> None:
    _ = session.translator.gettext
    counted = {name: counts for name, counts in results.facets.items() if counts}
    if not counted:
        return
    screen.heading(_("Counted"))
    screen.table(
        (),
        [
            (
                (_(FACET_NAMES.get(name, name)), "dim"),
                "  ".join(f"{each.value} ({each.count})" for each in counts),
            )
            for name, counts in counted.items()
        ],
    )


def _next_page(context: click.Context, token: str) -> str:
    """The line to type for the next page: this one with another token."""
    given = context.params
    words = ["aigaq"]
    home = context.find_root().params["home"]
    words += ["--home", home] if home else []
    words += ["find", given["query"]]
    for name, option in (("limit", "--limit"), ("sort", "--sort"), ("breadth", "--names")):
        if context.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE:
            words += [option, str(given[name])]
    for case in given["cases"]:
        words += ["--case", case]
    for thing in given["unsealed"]:
        words += ["--unseal", thing]
    return shlex.join([*words, "--after", token])
