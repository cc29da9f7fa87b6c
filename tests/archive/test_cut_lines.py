"""The line to PostgreSQL is cut at every message, commits among them: each change is made once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import count, takewhile
from pathlib import Path

import pytest

from aigaq.archive.custody import Archive
from aigaq.archive.database import postgresql
from aigaq.archive.errors import UnreachableError
from aigaq.archive.model import Accession, Case, Stage, StageStatus, Tool
from aigaq.archive.places import Places
from aigaq.archive.verify import verify
from tests.archive.conftest import ARCHIVIST, TEXTS, Delivery, pages, person, read
from tests.services.line import Line, Struck

pytestmark = pytest.mark.parametrize("record", ["postgresql"], indirect=True)


@pytest.fixture
def vault_place() -> None:
    """The bytes are in the home: this is about the record."""


def is_message(at: int, number: int, _message: bytes) -> bool:
    return number == at


def is_commit(_number: int, message: bytes) -> bool:
    return b"COMMIT\0" in message


@pytest.fixture
def line(record: str) -> Iterator[Line]:
    [port] = re.findall(r":(\d+)/", record)
    with Line(int(port)) as line:
        yield line


@pytest.fixture
def far(delivery: Delivery, line: Line, places: Places) -> Iterator[Delivery]:
    """A delivery to the archive from beyond the line."""
    address = re.sub(r":\d+/", f":{line.port}/", places.record, count=1)
    with Archive.open(Places(places.home, address)) as archive:
        yield replace(delivery, archive=archive)


# --- every change, cut everywhere -----------------------------------------------------------------

Change = Callable[[Delivery, Accession, int], object]
"""A change through the line: perhaps of an item, with a number that makes it another change."""


def add_case(far: Delivery, _item: Accession, number: int) -> None:
    far.archive.add_case(Case(f"QAN-{number:04d}"), agent=ARCHIVIST)


def receive(far: Delivery, _item: Accession, number: int) -> None:
    assert far.receive(f"{number}.txt", b"%d" % number).new


def refuse(far: Delivery, _item: Accession, number: int) -> None:
    far.archive.refuse(batch=far.batch.id, path=f"pipe-{number}", problem="pipe", agent=ARCHIVIST)


def record_reading(far: Delivery, item: Accession, number: int) -> None:
    far.archive.record_reading(
        item,
        kind="pdf",
        passages=pages(*TEXTS),
        derivatives=[],
        facts={"pages": number},
        tool=Tool("pdf", "1"),
        problems=[],
        agent=ARCHIVIST,
    )


def record_mentions(far: Delivery, item: Accession, number: int) -> None:
    mentions = {0: [person(TEXTS[0], "Ержан Ахметов", f"role {number}")]}
    far.archive.record_mentions(item, mentions, tool="rules 1", agent=ARCHIVIST)


def record_problem(far: Delivery, item: Accession, number: int) -> None:
    far.archive.record_problem(
        item,
        Stage.READ,
        StageStatus.REFUSED,
        f"cut off at {number}",
        tool="pdf 1",
        agent=ARCHIVIST,
    )


def retry(far: Delivery, item: Accession, number: int) -> None:
    record_problem(far, item, number)
    assert far.archive.retry(None, agent=ARCHIVIST) == 1


def open_and_close(far: Delivery, _item: Accession, number: int) -> None:
    batch = far.archive.open_batch(f"delivery {number}", agent=ARCHIVIST)
    head = far.archive.close_batch(batch.id, agent=ARCHIVIST)
    assert (far.archive.layout.checkpoints / f"{head.size:012d}.txt").read_text() == head.body


CHANGES: dict[str, tuple[Change, int]] = {
    "a case added": (add_case, 1),
    "a file received": (receive, 1),
    "a file refused": (refuse, 1),
    "a reading recorded": (record_reading, 1),
    "mentions recorded": (record_mentions, 1),
    "a problem recorded": (record_problem, 1),
    "a problem tried again": (retry, 2),
    "a batch opened and closed": (open_and_close, 2),
}


@pytest.mark.parametrize("delivered", [True, False], ids=["answer lost", "message lost"])
@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_made_once_wherever_the_line_is_cut(
    far: Delivery, line: Line, tmp_path: Path, name: str, delivered: bool
) -> None:
    change, events = CHANGES[name]
    catalog = far.archive.catalog
    item = far.receive("first.txt", b"first").item.accession
    read(far.archive, item, tmp_path)
    size = catalog.checkpoint().size

    def cut_at(strike: Struck, number: int) -> bool:
        """Make the change with the line cut where `strike` says; whether it was cut."""
        nonlocal size
        line.cut_once(strike, delivered=delivered)
        change(far, item, number)
        cut = line.leave_alone()
        size += events
        assert catalog.checkpoint().size == size, f"cut at message {number}"
        return cut

    assert cut_at(is_commit, 0)
    messages = takewhile(lambda at: cut_at(partial(is_message, at), at), count(1))
    assert len(list(messages)) > 5
    assert verify(far.archive).ok


# --- and nobody there to ask ----------------------------------------------------------------------


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgresql, "PATIENCE_SECONDS", 0.3)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("delivered", [True, False], ids=["answer lost", "message lost"])
def test_what_is_not_known_is_said_and_the_same_again_ends_right(
    far: Delivery, line: Line, delivered: bool
) -> None:
    def strike(number: int, message: bytes) -> bool:
        if is_commit(number, message):
            line.close()
            return True
        return False

    far.receive("first.txt", b"first")
    line.cut_once(strike, delivered=delivered)
    with pytest.raises(UnreachableError, match="while it committed") as caught:
        far.receive("a.txt", b"text")
    assert "run the same command again" in caught.value.advice
    line.open()
    again = far.receive("a.txt", b"text")
    assert again.new is not delivered
    intakes = far.archive.catalog.events(object=again.item.accession)
    assert [event.term for event in intakes] == ["accession"]
    assert verify(far.archive).ok


@pytest.mark.usefixtures("impatient")
def test_a_server_that_stays_away_is_not_waited_for_for_ever(far: Delivery, line: Line) -> None:
    far.receive("a.txt", b"text")
    line.close()
    line.cut()
    for ask in (far.archive.catalog.cases, lambda: far.receive("b.txt", b"other")):
        with pytest.raises(UnreachableError) as caught:
            ask()
        assert caught.value.advice


def test_a_long_reading_that_is_cut_says_so(far: Delivery, line: Line) -> None:
    for number in range(3):
        far.receive(f"{number}.txt", b"%d" % number)
    items = far.archive.catalog.items()
    next(items)
    line.cut()
    with pytest.raises(UnreachableError):
        list(items)
