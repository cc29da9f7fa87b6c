"""`aigaq names`: under which keys a name is found, and whether two names may be one person's."""

from __future__ import annotations

import click

from aigaq.archive.errors import UsageError
from aigaq.cli.answer import print_json
from aigaq.cli.reasons import told
from aigaq.cli.screen import Screen
from aigaq.cli.session import Session, json_option
from aigaq.search import names

LONGEST_NAME = 300
"""Letters; nobody's name is longer, and comparing takes time with the square of it."""


@click.command()
@click.argument("name")
@click.argument("others", metavar="[OTHER]...", nargs=-1)
@json_option
@click.pass_context
def command(context: click.Context, /, name: str, others: tuple[str, ...], json: bool) -> None:
    """Show the keys of a name; with others, whether each may be the same name, and why."""
    session = Session.of(context, json=json)
    for written in (name, *others):
        if len(written) > LONGEST_NAME:
            raise UsageError(
                f"a name of {len(written)} letters is no name",
                advice=f"give at most {LONGEST_NAME} letters",
            )
    keys = names.keys(name)
    matches = [(other, names.compare(name, other)) for other in others]
    if session.json:
        print_json(
            {
                "name": name,
                "keys": {
                    "k1": sorted(keys.k1),
                    "k2": sorted(keys.k2),
                    "k3": sorted(keys.k3),
                    "initials": list(keys.initials),
                    "patronymic": keys.patronymic,
                },
                "matches": [_match_json(other, match) for other, match in matches],
            }
        )
        return
    if matches:
        _print_matches(session, name, matches)
    else:
        _print_keys(session, keys)


def _match_json(other: str, match: names.Match | None) -> dict[str, object]:
    return {
        "name": other,
        "match": match is not None,
        "reason": None if match is None else match.reason.value,
        "distance": None if match is None else round(match.distance, 3),
    }


def _print_keys(session: Session, keys: names.NameKeys) -> None:
    _ = session.translator.gettext
    Screen().pairs(
        [
            (_("by sound"), ", ".join(sorted(keys.k1))),
            (_("by consonants"), ", ".join(sorted(keys.k2))),
            (_("as looked up"), ", ".join(sorted(keys.k3))),
            (_("initials"), " ".join(keys.initials)),
            (_("father's name"), keys.patronymic),
        ]
    )


def _print_matches(
    session: Session, name: str, matches: list[tuple[str, names.Match | None]]
) -> None:
    _ = session.translator.gettext
    Screen().table(
        (_("name"), _("asked for"), _("match"), _("because")),
        [
            (
                other,
                name,
                _("no") if match is None else (_("yes"), "bold"),
                "" if match is None else told(session, match.reason),
            )
            for other, match in matches
        ],
    )
