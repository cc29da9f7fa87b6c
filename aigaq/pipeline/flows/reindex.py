"""The reindex as a Prefect flow: one run, its counts as an artifact."""

from __future__ import annotations

from prefect import flow
from prefect.artifacts import create_table_artifact

from aigaq.archive.custody import Archive
from aigaq.config.settings import Settings
from aigaq.pipeline import runner
from aigaq.pipeline.flows.places import index_place_of, places_of
from aigaq.pipeline.flows.runs import at_work
from aigaq.pipeline.flows.watched import watched_by, watcher
from aigaq.pipeline.runner import Reindexed
from aigaq.pipeline.steps import Watcher


def run(settings: Settings, *, seen_by: Watcher) -> Reindexed:
    """Run the flow in this process, under the API that Prefect is configured for."""
    with watched_by(seen_by):
        return reindex(home=str(settings.home))


@flow(name="reindex", flow_run_name="reindex", persist_result=False)
def reindex(home: str = "", archive: str = "") -> Reindexed:
    """Build a new index from the record; it is put in use once its count agrees.

    `archive` is the identity of the archive that is meant, where the settings of the machine say
    which it is and not `home`.
    """
    settings = Settings.load(command_line={"home": home} if home else {})
    with Archive.open(places_of(settings)) as opened, at_work(opened, archive):
        built = runner.reindex(opened, watcher(), index_place_of(settings))
    create_table_artifact(
        [{"index": built.index, "items": built.items, "units": built.units}],
        key="reindexed",
        description="The index now in use",
    )
    return built
