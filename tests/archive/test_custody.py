"""The archive as its users see it: what goes in comes out, and every change is an event."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aigaq.archive.custody import Archive
from aigaq.archive.errors import NotFoundError, RecordError, RefusedError
from aigaq.archive.indexed import IndexVersion
from aigaq.archive.model import (
    Accession,
    Case,
    Description,
    Digest,
    Mention,
    MentionKind,
    Method,
    Outcome,
    Passage,
    PassageKind,
    Restriction,
    Stage,
    StageStatus,
    Tool,
)
from aigaq.archive.places import Places
from aigaq.archive.vault import Stored
from aigaq.archive.vault.opening import vault_of
from aigaq.archive.verify import verify
from tests.archive.conftest import ARCHIVIST, TEXTS, Delivery, pages, person, read
from tests.archive.intruders import intruder

Announce = Callable[[Digest, int], None]

any_text = st.text(st.characters(exclude_categories=()))
# One archive for all examples: what one example leaves must not matter to the next.
SHARED = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def terms(archive: Archive, of: str) -> list[tuple[str, str]]:
    return [(event.term, event.outcome) for event in archive.catalog.events(object=of)]


# --- opening --------------------------------------------------------------------------------------


def test_an_archive_is_created_once_and_opened_again(places: Places) -> None:
    with Archive.create(places) as first:
        head = first.catalog.checkpoint()
    with Archive.create(places) as second, Archive.open(places) as third:
        assert second.catalog.checkpoint() == third.catalog.checkpoint() == head
    assert head.size == 1
    assert places.home.stat().st_mode & 0o077 == 0


def test_a_folder_without_an_archive_is_not_opened(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError) as caught:
        Archive.open(Places(tmp_path))
    assert "--home" in caught.value.advice
    assert list(tmp_path.iterdir()) == []


def test_an_archive_of_a_newer_format_is_left_alone(archive: Archive, places: Places) -> None:
    archive.layout.format_file.write_text("2\n")
    with pytest.raises(RecordError, match="format '2'"):
        Archive.open(places)


# --- cases and batches ----------------------------------------------------------------------------


def test_a_case_is_added_changed_and_not_repeated(archive: Archive) -> None:
    for case in (Case("QAN-0001"), Case("QAN-0001"), Case("QAN-0001", "Ахметов")):
        archive.add_case(case, agent=ARCHIVIST)
    assert archive.catalog.case("QAN-0001") == Case("QAN-0001", "Ахметов")
    assert [term for term, _ in terms(archive, "case:QAN-0001")] == [
        "creation",
        "metadata modification",
    ]


def test_a_batch_of_the_same_source_is_continued(archive: Archive) -> None:
    first = archive.open_batch("/media/stick", agent=ARCHIVIST)
    assert archive.open_batch("/media/stick", agent=ARCHIVIST) == first
    archive.close_batch(first.id, agent=ARCHIVIST)
    archive.close_batch(first.id, agent=ARCHIVIST)
    again = archive.open_batch("/media/stick", agent=ARCHIVIST)
    other = archive.open_batch("/media/other", agent=ARCHIVIST)
    assert again == first
    assert (first.id, other.id) == (f"BAT-{first.opened_at.year}-0001", f"{first.id[:-1]}2")
    assert [term for term, _ in terms(archive, first.id)] == [
        "ingestion start",
        "ingestion end",
        "ingestion start",
    ]


def test_closing_a_batch_publishes_the_head(delivery: Delivery) -> None:
    receipt = delivery.receive("receipt.json", b"{}").item.digest
    head = delivery.archive.close_batch(delivery.batch.id, receipt, agent=ARCHIVIST)
    published = delivery.archive.layout.checkpoints / f"{head.size:012d}.txt"
    assert published.read_text() == head.body
    *_, last = delivery.archive.catalog.events()
    assert (last.term, last.content) == ("ingestion end", receipt)


def test_an_unknown_batch_is_named(archive: Archive) -> None:
    with pytest.raises(NotFoundError, match="BAT-2020-0001"):
        archive.close_batch("BAT-2020-0001", agent=ARCHIVIST)


# --- receiving ------------------------------------------------------------------------------------


def test_a_file_becomes_an_item(delivery: Delivery) -> None:
    delivery.archive.add_case(Case("QAN-0001"), agent=ARCHIVIST)
    got = delivery.receive("үкім.txt", b"text", "QAN-0001", "QAN-0001", language="kk")
    year = datetime.now(UTC).year
    assert got.item.accession == f"ARC-{year}-000001"
    assert (got.outcome, got.new) == (Outcome.STORED, True)
    assert got.item.cases == ("QAN-0001",)
    assert delivery.archive.catalog.item(got.item.accession) == got.item
    with delivery.archive.vault.local(got.item.digest) as file:
        assert file.read_bytes() == b"text"
    states = delivery.archive.catalog.stages(got.item.accession)
    assert [state.status.value for state in states.values()] == ["done"] + ["waiting"] * 3


def test_the_same_file_again_is_no_event(delivery: Delivery) -> None:
    first = delivery.receive("a.txt", b"text", note="from the family")
    size = delivery.archive.catalog.checkpoint().size
    again = delivery.receive("a.txt", b"text")
    assert (again.item, again.new) == (first.item, False)
    assert delivery.archive.catalog.checkpoint().size == size


def test_what_the_manifest_now_says_is_recorded(delivery: Delivery) -> None:
    archive = delivery.archive
    for case in ("QAN-0001", "QAN-0002"):
        archive.add_case(Case(case), agent=ARCHIVIST)
    delivery.receive("a.txt", b"text", "QAN-0001", note="from the family", language="ru")
    item = delivery.receive("a.txt", b"text", "QAN-0002", note="from the lawyer").item
    assert item.cases == ("QAN-0002",)
    assert item.description == Description(note="from the lawyer", language="ru")
    assert archive.catalog.item(item.accession) == item
    assert [term for term, _ in terms(archive, item.accession)] == [
        "accession",
        "metadata modification",
    ]


@pytest.mark.parametrize(
    ("before", "now", "after"),
    [("sealed", "open", "sealed"), ("restricted", "sealed", "sealed"), ("open", "open", "open")],
)
def test_delivering_again_never_loosens_a_restriction(
    delivery: Delivery, before: str, now: str, after: str
) -> None:
    delivery.receive("a.txt", b"text", restriction=Restriction(before))
    item = delivery.receive("a.txt", b"text", restriction=Restriction(now)).item
    assert item.description.restriction.value == after


def test_a_duplicate_is_an_item_without_a_second_blob(delivery: Delivery) -> None:
    first = delivery.receive("a.txt", b"text").item
    second = delivery.receive("b.txt", b"text")
    third = delivery.receive("c.txt", b"text")
    assert (second.outcome, second.new) == (Outcome.DUPLICATE, True)
    assert second.item.duplicate_of == third.item.duplicate_of == first.accession
    assert list(delivery.archive.vault.contents()) == [first.digest]
    assert delivery.archive.catalog.duplicates(first.accession) == [second.item, third.item]
    assert delivery.archive.catalog.waiting(Stage.READ) == [first.accession]


def test_other_bytes_under_the_same_name_are_another_item(delivery: Delivery) -> None:
    first = delivery.receive("a.txt", b"text").item
    second = delivery.receive("a.txt", b"new text")
    assert second.new
    assert second.item.accession > first.accession
    assert delivery.receive("a.txt", b"text").item == first


def test_an_attachment_has_a_parent(delivery: Delivery) -> None:
    message = delivery.receive("mail.eml", b"From: a").item
    part = delivery.archive.receive(
        delivery.file("part", b"inside"),
        batch=delivery.batch.id,
        path="mail.eml",
        kind="text",
        cases=(),
        description=Description(),
        parent=message.accession,
        agent=ARCHIVIST,
    )
    assert part.item.parent == message.accession
    assert delivery.archive.catalog.parts(message.accession) == [part.item]


def test_an_unknown_case_is_named_and_nothing_is_recorded(delivery: Delivery) -> None:
    with pytest.raises(NotFoundError, match="QAN-9") as caught:
        delivery.receive("a.txt", b"text", "QAN-9")
    assert "aigaq case add QAN-9" in caught.value.advice
    assert list(delivery.archive.catalog.items()) == []


def test_a_refusal_is_recorded_once_and_ends_when_the_file_comes(delivery: Delivery) -> None:
    archive, batch = delivery.archive, delivery.batch.id
    with pytest.raises(RefusedError):
        delivery.archive.receive(
            delivery.folder / "a.txt",
            batch=batch,
            path="a.txt",
            kind="text",
            cases=(),
            description=Description(),
            agent=ARCHIVIST,
        )
    for problem in ("gone", "gone", "no permission"):
        archive.refuse(batch=batch, path="a.txt", problem=problem, agent=ARCHIVIST)
    assert [refusal.problem for refusal in archive.catalog.refusals(batch)] == ["no permission"]
    assert terms(archive, batch)[1:] == [("accession", "refused")] * 2
    delivery.receive("a.txt", b"text")
    assert archive.catalog.refusals(batch) == []
    assert verify(archive).ok


def test_a_lost_blob_is_recovered_by_delivering_it_again(delivery: Delivery) -> None:
    item = delivery.receive("a.txt", b"text").item
    intruder(delivery.archive).lose(item.digest)
    assert delivery.receive("a.txt", b"text").item == item
    assert terms(delivery.archive, item.accession)[-1] == ("recovery", "success")
    assert verify(delivery.archive).ok


def test_bytes_that_two_bring_at_once_were_not_lost(
    delivery: Delivery, places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else receives the same bytes after our `put` and commits first."""
    archive = delivery.archive
    vault = vault_of(places, archive.layout)
    put = vault.put

    def overtaken(file: Path, *, announce: Announce | None = None) -> Stored:
        stored = put(file, announce=announce)
        delivery.receive("other.txt", b"text")
        return stored

    monkeypatch.setattr(vault, "put", overtaken)
    slower = replace(delivery, archive=Archive(archive.layout, archive.database, vault))
    got = slower.receive("a.txt", b"text")
    [first, second] = archive.catalog.items()
    assert (first.path, got.item, got.outcome) == ("other.txt", second, Outcome.DUPLICATE)
    assert terms(archive, first.accession) == [("accession", "stored")]
    assert verify(archive).ok


def test_accessions_go_on_and_start_anew_each_year(delivery: Delivery) -> None:
    archive = delivery.archive
    dates = (datetime(2026, 12, 31, 23, 59, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
    numbers = []
    for at in dates:
        later = Archive(archive.layout, archive.database, archive.vault, clock=lambda at=at: at)
        moved = replace(delivery, archive=later)
        numbers += [moved.receive(f"{at.year}-{n}", b"%d" % n).item.accession for n in range(2)]
    assert numbers == ["ARC-2026-000001", "ARC-2026-000002", "ARC-2027-000001", "ARC-2027-000002"]
    assert verify(archive).ok


@SHARED
@given(path=any_text.filter(bool), note=any_text, kind=any_text)
def test_any_name_comes_back_exactly(delivery: Delivery, path: str, note: str, kind: str) -> None:
    archive = delivery.archive
    got = archive.receive(
        delivery.file("a", path.encode(errors="surrogatepass")),
        batch=delivery.batch.id,
        path=path,
        kind=kind,
        cases=(),
        description=Description(note=note),
        agent=ARCHIVIST,
    )
    item = archive.catalog.item(got.item.accession)
    assert item.path == path
    assert item.description.note == note or not got.new
    [intake] = [e for e in archive.catalog.events(object=item.accession) if e.term == "accession"]
    assert intake.details["path"] == path


def test_a_name_of_undecodable_bytes_is_received(delivery: Delivery) -> None:
    raw = os.fsencode(delivery.folder) + b"/\xf0\xff\xe8.txt"
    file = Path(os.fsdecode(raw))
    file.write_bytes(b"text")
    got = delivery.receive(file.name, b"text")
    assert (
        os.fsencode(delivery.archive.catalog.item(got.item.accession).path) == b"\xf0\xff\xe8.txt"
    )
    assert verify(delivery.archive).ok


# --- readings -------------------------------------------------------------------------------------


def test_a_reading_comes_back_exactly(full: Archive) -> None:
    catalog = full.catalog
    item = next(catalog.items()).accession
    assert list(catalog.passages(item)) == pages(*TEXTS)
    assert catalog.mentions(item)[0] == [person(TEXTS[0], "Ержан Ахметов", "defendant")]
    assert catalog.facts(item) == {"pages": 2, "скан": True}
    assert catalog.reading_problems(item) == ["page 2 is faint"]
    [words] = catalog.derivatives(item)
    assert (words.tool, words.source) == (Tool("tesseract", "5.3.0"), catalog.item(item).digest)
    assert catalog.item(item).kind == "pdf"
    assert catalog.stages(item)[Stage.READ].tool == "tesseract 5.3.0"
    assert item in catalog.waiting(Stage.INDEX)
    full.record_indexed(full.catalog.indexing_moments([item]), index=IndexVersion("v", 1))
    assert item not in catalog.waiting(Stage.INDEX)


def test_reading_again_replaces_and_keeps_account(delivery: Delivery, tmp_path: Path) -> None:
    archive = delivery.archive
    item = delivery.receive("a.txt", b"text").item.accession
    for words in (b"first", b"second"):
        read(archive, item, tmp_path, words)
    archive.record_reading(
        item,
        kind="text",
        passages=pages("other"),
        derivatives=[],
        facts={},
        tool=Tool("text", "2"),
        problems=[],
        agent=ARCHIVIST,
    )
    assert archive.catalog.mentions(item) == {}
    assert archive.catalog.derivatives(item) == []
    assert archive.catalog.waiting(Stage.EXTRACT) == [item]
    assert len(list(archive.vault.contents())) == 3
    assert verify(archive).ok


passages = st.lists(
    st.builds(
        Passage,
        number=st.just(0),
        kind=st.sampled_from(PassageKind),
        text=any_text,
        method=st.sampled_from(Method),
        page=st.none() | st.integers(1, 10**6),
        offset=st.integers(0, 2**40),
        start_seconds=st.none() | st.floats(0, 1e6),
        end_seconds=st.none() | st.floats(0, 1e6),
        language=st.sampled_from(["", "ru", "kk"]),
        confidence=st.none() | st.floats(0, 100),
        needs_review=st.booleans(),
        problem=any_text,
    ),
    min_size=1,
    max_size=4,
).map(lambda found: [replace(passage, number=n) for n, passage in enumerate(found)])


@SHARED
@given(passages=passages, data=st.data())
def test_any_passage_and_mention_comes_back_exactly(
    delivery: Delivery, passages: list[Passage], data: st.DataObject
) -> None:
    """Emoji, combining marks, NUL, lone surrogates, backslashes: offsets still hold."""
    archive = delivery.archive
    item = delivery.receive("a.txt", b"text").item.accession
    archive.record_reading(
        item,
        kind="text",
        passages=passages,
        derivatives=[],
        facts={},
        tool=Tool("text", "1"),
        problems=[],
        agent=ARCHIVIST,
    )
    mentions: dict[int, list[Mention]] = {}
    for passage in passages:
        start = data.draw(st.integers(0, len(passage.text)))
        end = data.draw(st.integers(start, len(passage.text)))
        raw = passage.text[start:end]
        value = data.draw(st.dictionaries(any_text, any_text | st.floats(0, 1e20)))
        mentions[passage.number] = [Mention(MentionKind.PLACE, start, end, raw, value, raw, raw)]
    archive.record_mentions(item, mentions, tool="rules 1", agent=ARCHIVIST)
    assert list(archive.catalog.passages(item)) == passages
    assert archive.catalog.mentions(item) == mentions
    assert verify(archive, item=item).findings == ()


WRONG_SPANS = {
    "other text": Mention(MentionKind.PERSON, 0, 5, "Ержан", {}),
    "one too far": Mention(MentionKind.PERSON, 12, 17, "Ержан", {}),
    "counted from the end": Mention(MentionKind.PERSON, -9, -1, "виновным", {}),
    "beyond the end": Mention(MentionKind.PERSON, 34, 99, "виновным.", {}),
    "ends before it starts": Mention(MentionKind.PERSON, 5, 2, "", {}),
}


@pytest.mark.parametrize("name", WRONG_SPANS)
def test_a_mention_that_does_not_read_back_is_refused(
    delivery: Delivery, tmp_path: Path, name: str
) -> None:
    archive = delivery.archive
    item = delivery.receive("a.txt", b"text").item.accession
    read(archive, item, tmp_path)
    before = (archive.catalog.mentions(item), archive.catalog.checkpoint())
    with pytest.raises(RecordError, match="does not stand"):
        archive.record_mentions(item, {0: [WRONG_SPANS[name]]}, tool="rules", agent=ARCHIVIST)
    assert (archive.catalog.mentions(item), archive.catalog.checkpoint()) == before


def test_a_mention_of_no_passage_is_refused(delivery: Delivery, tmp_path: Path) -> None:
    item = delivery.receive("a.txt", b"text").item.accession
    read(delivery.archive, item, tmp_path)
    with pytest.raises(RecordError, match="no passage 7"):
        delivery.archive.record_mentions(
            item, {7: [person(TEXTS[0], "Ержан")]}, tool="rules", agent=ARCHIVIST
        )


def test_a_derivative_of_something_else_is_refused(full: Archive) -> None:
    first, second = list(full.catalog.items())[:2]
    with pytest.raises(RecordError, match="was not made from"):
        full.record_reading(
            second.accession,
            kind="pdf",
            passages=[],
            derivatives=full.catalog.derivatives(first.accession),
            facts={},
            tool=Tool("pdf", "1"),
            problems=[],
            agent=ARCHIVIST,
        )


def test_a_value_that_cannot_be_kept_exactly_changes_nothing(delivery: Delivery) -> None:
    item = delivery.receive("a.txt", b"text").item.accession
    before = delivery.archive.catalog.checkpoint()
    with pytest.raises(RecordError, match="nan"):
        delivery.archive.record_reading(
            item,
            kind="text",
            passages=[replace(pages("a")[0], confidence=float("nan"))],
            derivatives=[],
            facts={},
            tool=Tool("text", "1"),
            problems=[],
            agent=ARCHIVIST,
        )
    assert delivery.archive.catalog.checkpoint() == before


# --- problems -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "events"),
    [
        (StageStatus.REFUSED, [("quarantine", "failure"), ("unquarantine", "success")]),
        (StageStatus.FAILED, [("extraction", "failure")]),
    ],
)
def test_a_problem_is_recorded_and_tried_again(
    delivery: Delivery, status: StageStatus, events: list[tuple[str, str]]
) -> None:
    archive = delivery.archive
    item = delivery.receive("a.txt", b"text").item.accession
    archive.record_problem(item, Stage.READ, status, "cut off", tool="pdf 1", agent=ARCHIVIST)
    [state] = archive.catalog.problems(delivery.batch.id)
    assert (state.status, state.problem, state.attempts) == (status, "cut off", 1)
    assert archive.catalog.waiting(Stage.READ) == []
    assert archive.retry([Accession("ARC-1999-000001")], agent=ARCHIVIST) == 0
    assert archive.retry(None, stage=Stage.EXTRACT, agent=ARCHIVIST) == 0
    assert archive.retry([item], agent=ARCHIVIST) == 1
    assert archive.catalog.waiting(Stage.READ) == [item]
    assert terms(archive, item)[1:] == events
    assert verify(archive).ok


def test_a_problem_is_not_done(delivery: Delivery) -> None:
    item = delivery.receive("a.txt", b"text").item.accession
    with pytest.raises(RecordError, match="not done"):
        delivery.archive.record_problem(
            item, Stage.READ, StageStatus.DONE, "", tool="", agent=ARCHIVIST
        )


# --- reading the catalog --------------------------------------------------------------------------


def test_items_are_narrowed(full: Archive) -> None:
    catalog = full.catalog

    def paths(**wanted: str) -> list[str]:
        return [item.path for item in catalog.items(**wanted)]

    first, second = catalog.batches()
    assert paths(batch=second.id) == ["letter.txt", "note.txt"]
    assert paths(case="QAN-0002") == ["photo.jpg", "broken.pdf", "letter.txt"]
    assert paths(case="QAN-0001", kind="pdf") == ["verdict.pdf"]
    assert paths(batch=first.id, case="QAN-0003") == []
    assert catalog.counts() == {
        "cases": 2,
        "batches": 2,
        "items": 6,
        "refusals": 1,
        "passages": 4,
        "mentions": 4,
        "events": catalog.checkpoint().size,
        "problems": 1,
        "bytes": sum(item.size for item in catalog.items()),
    }


def test_many_items_stream_in_order_and_may_be_left(delivery: Delivery) -> None:
    for number in range(1203):
        if number % 100 == 0:
            delivery.receive(str(number), b"%d" % number)
    streamed = [item.accession for item in delivery.archive.catalog.items()]
    assert streamed == sorted(streamed)
    assert next(delivery.archive.catalog.items()).accession == streamed[0]


@pytest.mark.parametrize("ask", ["item", "case", "batch"])
def test_what_is_not_there_is_said_with_advice(archive: Archive, ask: str) -> None:
    with pytest.raises(NotFoundError, match="nonesuch") as caught:
        getattr(archive.catalog, ask)("nonesuch")
    assert caught.value.advice


def test_ledger_rows_name_no_person_and_no_file(full: Archive) -> None:
    """All that could identify somebody is in the details, which may be erased."""
    with full.database.reading() as connection:
        rows = str(connection.exec_driver_sql("SELECT * FROM events").all())
    for secret in ("Ахметов", "verdict.pdf", "family", "faint"):
        assert secret not in rows
