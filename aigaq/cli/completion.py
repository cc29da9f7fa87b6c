"""Completion on Tab: the scripts for the shells, and the case ids and accessions to offer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from aigaq.archive.errors import AigaqError
from aigaq.cli.session import read_settings
from aigaq.messages.plain import plain
from aigaq.pipeline.flows.places import places_of

if TYPE_CHECKING:
    from aigaq.archive.catalog import Catalog

SHELLS = ("bash", "zsh", "fish")

_PLACES = {
    # Read by bash-completion, which Debian and Ubuntu install with bash, on the first Tab.
    "bash": "~/.local/share/bash-completion/completions/aigaq",
    "zsh": "~/.zfunc/_aigaq",
    "fish": "~/.config/fish/completions/aigaq.fish",
}
_OFFERED = 50
"""More than these nobody reads."""
_LOOKED_THROUGH = 5_000
"""Items read for one Tab at most: 0.1 s. Beyond them nothing is offered."""


def install(shell: str, script: str) -> Iterator[str]:
    """Write the script to its shell's place; yields what the user is to be told."""
    place = Path(_PLACES[shell]).expanduser()
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(script, "utf-8")
    yield f"written: {place}"
    if shell == "zsh":
        yield "add to ~/.zshrc if it is not there: fpath+=~/.zfunc; autoload -Uz compinit; compinit"
    yield "it works in the next shell you open"


def complete_case(context: click.Context, _: click.Parameter, begun: str) -> list[CompletionItem]:
    """Case ids that begin so, with their titles."""
    return _look_up(context, lambda catalog: _cases(catalog, begun))


def complete_object(context: click.Context, _: click.Parameter, begun: str) -> list[CompletionItem]:
    """Case ids, batch ids and accessions that begin so."""
    return _look_up(context, lambda catalog: _objects(catalog, begun))


def _cases(catalog: Catalog, begun: str) -> list[CompletionItem]:
    offered = (case for case in catalog.cases() if case.id.startswith(begun))
    return [CompletionItem(case.id, help=plain(case.title)) for case in islice(offered, _OFFERED)]


def _objects(catalog: Catalog, begun: str) -> list[CompletionItem]:
    ids = [batch.id for batch in catalog.batches()]
    ids += [str(item.accession) for item in islice(catalog.items(), _LOOKED_THROUGH)]
    found = [CompletionItem(name) for name in ids if name.startswith(begun)]
    return (_cases(catalog, begun) + found)[:_OFFERED]


def _look_up(
    context: click.Context, look: Callable[[Catalog], list[CompletionItem]]
) -> list[CompletionItem]:
    """Ask the archive meant by the line typed so far.

    A Tab is no place for an error: without an archive to read nothing is offered, and the command
    itself will say why.
    """
    # The record takes half a second to import; only a Tab on one of these arguments pays it.
    from aigaq.archive.custody import Archive  # noqa: PLC0415

    home = context.find_root().params.get("home")
    try:
        settings = read_settings({"home": home} if home else {})
        with Archive.open(places_of(settings)) as archive:
            return look(archive.catalog)
    except AigaqError:
        return []
