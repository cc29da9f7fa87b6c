"""The walks of the three users over the whole sample batch, held against its ground truth."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aigaq.archive.access import Viewer
from aigaq.archive.custody import Archive
from aigaq.archive.model import Agent, Stage
from aigaq.archive.places import Places
from aigaq.archive.verify import verify
from aigaq.pipeline import batches, runner
from aigaq.pipeline.receipts import Receipt
from aigaq.pipeline.steps import Conditions, Done
from aigaq.search.engine import Engine
from aigaq.search.finder import find
from aigaq.search.folders import FolderIndexes
from samples.generate import generate

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent / "samples"
BATCH, TRUTH = ROOT / "batch", ROOT / "truth"


class Nobody:
    def begin(self, stage: Stage, files: int) -> None: ...

    def done(self, done: Done) -> None: ...


def truth(name: str) -> Any:
    return json.loads((TRUTH / name).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Archive, Receipt]]:
    """The sample batch, ingested once."""
    generate(BATCH, TRUTH, 7)
    conditions = Conditions(Agent("archivist", "aigaq", "test"))
    with Archive.create(Places(tmp_path_factory.mktemp("walk") / "home")) as archive:
        delivery = batches.load(BATCH)
        receipt = runner.ingest(archive, delivery, conditions, workers=2, watcher=Nobody())
        yield archive, receipt


@pytest.fixture(scope="module")
def engine(walked: tuple[Archive, Receipt]) -> Iterator[Engine]:
    opened = FolderIndexes(walked[0].home).open_current()
    yield opened
    opened.close()


# --- the archivist --------------------------------------------------------------------------------


def test_the_receipt_tells_the_fate_the_truth_expects(walked: tuple[Archive, Receipt]) -> None:
    receipt = walked[1]
    ended = {line.path: line for line in receipt.lines}
    wrong = []
    for document in truth("index.json")["documents"]:
        line = ended[document["path"]]
        told = truth(document["truth"])
        accepted = {told["expect_read"], *told.get("also_accept", ())}
        outcomes = {"refused" if read == "refused" else document["outcome"] for read in accepted}
        if line.outcome not in outcomes:
            wrong.append((document["path"], outcomes, str(line.outcome), line.problem))
    assert wrong == []


def test_nothing_waits_and_every_refusal_has_its_reason(walked: tuple[Archive, Receipt]) -> None:
    receipt = walked[1]
    assert receipt.waiting == 0
    assert [
        line.path for line in receipt.lines if line.outcome == "refused" and not line.problem
    ] == []
    assert receipt.missing
    assert receipt.manifest_problems


# --- the lawyer -----------------------------------------------------------------------------------


def queries() -> list[Any]:
    generate(BATCH, TRUTH, 7)
    loaded: list[Any] = truth("queries.json")["queries"]
    return loaded


@pytest.mark.parametrize("asked", queries(), ids=lambda asked: asked["query"])
def test_a_query_finds_what_it_must(
    walked: tuple[Archive, Receipt], engine: Engine, asked: dict[str, Any]
) -> None:
    files = _files(walked[0])
    found: set[str] = set()
    after: str | None = None
    while True:
        page = find(engine, asked["query"], viewer=Viewer.owner(), limit=50, after=after)
        found |= {files[hit.item] for hit in page.hits}
        after = page.next
        if after is None:
            break
    assert sorted(set(asked["must_hit"]) - found) == []
    assert sorted(set(asked["must_not_hit"]) & found) == []
    surplus = found - set(asked["must_hit"]) - set(asked["may_hit"])
    assert sorted(path for path in surplus if not path.startswith("usb/")) == []
    assert bool(page.notice) == asked["notice"]


def _files(archive: Archive) -> dict[str, str]:
    """The file of the batch by accession; an attachment counts as its message."""
    items = {item.accession: item for item in archive.catalog.items()}
    return {
        accession: (items[item.parent] if item.parent is not None else item).path
        for accession, item in items.items()
    }


def test_highlights_are_what_was_found(walked: tuple[Archive, Receipt], engine: Engine) -> None:
    archive = walked[0]
    page = find(engine, "Исаев", viewer=Viewer.owner(), limit=50)
    assert page.hits
    for hit in page.hits:
        assert hit.highlights, hit.file
        passages = {p.number: p.text for p in archive.catalog.passages(hit.item)}
        stored = passages[hit.passage][hit.start : hit.start + len(hit.text)]
        assert stored == hit.text
        assert hit.why


# --- the auditor ----------------------------------------------------------------------------------


def test_everything_verifies(walked: tuple[Archive, Receipt]) -> None:
    report = verify(walked[0])
    assert report.findings == ()
    assert report.checked["items"] == len(walked[1].lines)
