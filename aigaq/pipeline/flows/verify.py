"""The verification as a Prefect flow: one run, its findings as an artifact.

The checks are the archive's own (`archive.verify`); Prefect only sees them happen. A run with
findings fails, so that it stands out in the list of runs.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

from prefect import flow, runtime
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from aigaq.archive import verify as checks
from aigaq.archive.checks.bytes import Progress
from aigaq.archive.custody import Archive
from aigaq.archive.findings import describe
from aigaq.archive.verify import VerifyReport
from aigaq.config.settings import Settings
from aigaq.pipeline import runner
from aigaq.pipeline.flows.places import places_of
from aigaq.pipeline.flows.runs import at_work

_progress: ContextVar[Progress | None] = ContextVar("progress", default=None)


def run(
    settings: Settings, *, item: str | None, case: str | None, progress: Progress | None
) -> VerifyReport:
    """Run the flow in this process, under the API that Prefect is configured for.

    `progress(done_bytes, total_bytes)` is called as bytes are read.
    """
    token = _progress.set(progress)
    try:
        state: State[Any] = verify(home=str(settings.home), item=item, case=case, return_state=True)
    finally:
        _progress.reset(token)
    report = state.result(raise_on_failure=False)
    if isinstance(report, BaseException):
        raise report
    assert isinstance(report, VerifyReport)
    return report


def _run_name() -> str:
    asked = runtime.flow_run.parameters
    return f"verify {asked.get('item') or asked.get('case') or 'all'}"


@flow(name="verify", flow_run_name=_run_name, persist_result=False)
def verify(
    item: str | None = None, case: str | None = None, home: str = "", archive: str = ""
) -> State[VerifyReport]:
    """Do the nine checks and show what they found.

    `archive` is the identity of the archive that is meant, where the settings of the machine say
    which it is and not `home`.
    """
    settings = Settings.load(command_line={"home": home} if home else {})
    with Archive.open(places_of(settings)) as opened, at_work(opened, archive):
        report = checks.verify(
            opened, _progress.get(), runner.cores(settings.workers), item=item, case=case
        )
    _show(report)
    told = "{items} items, {bytes} bytes, {events} events checked".format(**report.checked)
    if report.ok:
        return Completed(message=told, data=report)
    return Failed(name="Findings", message=f"{len(report.findings)} findings; {told}", data=report)


def _show(report: VerifyReport) -> None:
    """The findings as a table, or one line that says that there are none."""
    if report.ok:
        create_markdown_artifact("No findings.", key="verified", description="Verification")
        return
    rows = [
        {"check": f.check, "type": f.type, "finding": describe(f), "what to do": f.advice}
        for f in report.findings
    ]
    create_table_artifact(rows, key="findings", description="What the verification found")
