"""All commands: name, module, one line of help. To see what there is, read this table.

It is literal so that `aigaq --help`, a misspelt command and shell completion answer without
importing a single command.
"""

from __future__ import annotations

from dataclasses import dataclass

from aigaq.messages.translator import N_


@dataclass(frozen=True, slots=True)
class Entry:
    """One command; `module` is imported when it is called."""

    name: str
    module: str
    help: str


COMMANDS = (
    Entry("ingest", "aigaq.cli.commands.ingest", N_("Take a folder of files into the archive")),
    Entry("find", "aigaq.cli.commands.find", N_("Search pages, speeches and recordings")),
    Entry("show", "aigaq.cli.commands.show", N_("Tell the history of an item, a case or a batch")),
    Entry("verify", "aigaq.cli.commands.verify", N_("Check that nothing was changed or lost")),
    Entry("status", "aigaq.cli.commands.status", N_("What is in, what failed and why, what waits")),
    Entry("case", "aigaq.cli.commands.case", N_("Add, list, show and import cases")),
    Entry("retry", "aigaq.cli.commands.retry", N_("Try again what failed or was refused")),
    Entry("reindex", "aigaq.cli.commands.reindex", N_("Build the search index anew")),
    Entry(
        "serve-flows",
        "aigaq.cli.commands.serve_flows",
        N_("Set Prefect up for the archive and lend it workers"),
    ),
    Entry("extract", "aigaq.cli.commands.extract", N_("Read one file, without an archive")),
    Entry("names", "aigaq.cli.commands.names", N_("The keys of a name, or why two names match")),
    Entry("admin", "aigaq.cli.commands.admin", N_("Migrate an archive, copy it elsewhere")),
    Entry("config", "aigaq.cli.commands.config", N_("Every setting, its value and its origin")),
)
