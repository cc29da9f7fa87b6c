"""A small archive made through the record's own door, and the command line as a person calls it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from aigaq.archive.custody import Archive
from aigaq.archive.model import (
    Accession,
    Agent,
    Case,
    Description,
    Mention,
    MentionKind,
    Method,
    Passage,
    PassageKind,
    Restriction,
    Stage,
    StageStatus,
    Tool,
)
from aigaq.archive.places import Places
from aigaq.cli.main import main
from aigaq.search.folders import FolderIndexes
from aigaq.search.indexer import documents

AGENT = Agent("Сауле", "tests", "1")
HOSTILE = "verdict\x1b[2J\u202efdp.exe\n[bold]ARC-2026-999999[/bold] all is well.pdf"
TEXT = "Подсудимый Исаев Ерлан осуждён 12 мая 2022 года по ст. 272 ч. 2 УК РК."


@dataclass(frozen=True)
class Told:
    """What one call of the command line came to."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, object]:
        """The one JSON object on stdout."""
        answer = json.loads(self.out)
        assert isinstance(answer, dict)
        return answer


Run = Callable[..., Told]


@pytest.fixture(autouse=True)
def _own_surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the machine the test runs on reaches the command line."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("HOME", str(tmp_path / "user"))
    for variable in ("PREFECT_API_URL", "AIGAQ_CONFIG", "AIGAQ_HOME", "AIGAQ_LANGUAGE", "NO_COLOR"):
        monkeypatch.delenv(variable, raising=False)


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Run:
    """Call `aigaq` in this process."""

    def call(*arguments: str | Path) -> Told:
        capfd.readouterr()
        code = main([str(argument) for argument in arguments])
        out, err = capfd.readouterr()
        return Told(code, out, err)

    return call


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "archive"


@dataclass(frozen=True)
class Small:
    """A small archive: its folder and the accessions in it, by what they are."""

    home: Path
    verdict: Accession
    duplicate: Accession
    sealed: Accession
    refused: Accession
    hostile: Accession
    batch: str


@pytest.fixture
def small(home: Path, tmp_path: Path) -> Small:
    """A verdict with its mentions, a duplicate, a sealed, a refused and a hostile-named file."""
    with Archive.create(Places(home)) as archive:
        archive.add_case(Case("QAN-0042", "Дело Исаева", "first [red]note[/red]"), agent=AGENT)
        batch = archive.open_batch("/deliveries/one", agent=AGENT).id

        def take(path: str, content: str, kind: str = "text", **said: object) -> Accession:
            file = tmp_path / "incoming"
            file.write_text(content, "utf-8")
            received = archive.receive(
                file,
                batch=batch,
                path=path,
                kind=kind,
                cases=("QAN-0042",),
                description=Description(**said),  # type: ignore[arg-type]
                agent=AGENT,
            )
            return received.item.accession

        verdict = take("verdict.txt", TEXT, document_type="verdict", language="ru")
        duplicate = take("copy of verdict.txt", TEXT)
        sealed = take("witness Ахметова.txt", "secret", restriction=Restriction.SEALED)
        refused = take("locked.pdf", "%PDF", kind="pdf")
        hostile = take(HOSTILE, "x")
        read_verdict(archive, verdict)
        archive.record_problem(
            refused,
            Stage.READ,
            StageStatus.REFUSED,
            "it is protected by a password",
            tool="aigaq.readers.pdf 1",
            agent=AGENT,
        )
        archive.refuse(batch=batch, path="pipe", problem="not a regular file", agent=AGENT)
    return Small(home, verdict, duplicate, sealed, refused, hostile, batch)


def read_verdict(archive: Archive, item: Accession) -> None:
    """Record a reading with one good passage, one to review and one that failed, and mentions."""
    archive.record_reading(
        item,
        kind="text",
        passages=[
            Passage(1, PassageKind.PAGE, TEXT, Method.OCR, page=1, language="ru", confidence=91.0),
            Passage(2, PassageKind.PAGE, "?", Method.OCR, page=2, needs_review=True),
            Passage(3, PassageKind.PAGE, "", Method.OCR, page=3, problem="ran out of time (120 s)"),
        ],
        derivatives=[],
        facts={"pages": 3},
        tool=Tool("aigaq.readers.image", "1"),
        problems=["The page is tilted."],
        agent=AGENT,
    )
    mentions = [
        mention(MentionKind.PERSON, "Исаев Ерлан", {"name": "Исаев Ерлан"}, role="defendant"),
        mention(
            MentionKind.DATE,
            "12 мая 2022 года",
            {"start": "2022-05-12", "end": "2022-05-12", "precision": "day"},
        ),
        mention(
            MentionKind.ARTICLE,
            "ст. 272 ч. 2 УК",
            {"law": "CC", "article": "272", "part": "2", "point": None},
        ),
    ]
    archive.record_mentions(item, {1: mentions}, tool="tests 1", agent=AGENT)


def mention(kind: MentionKind, raw: str, value: dict[str, object], role: str = "") -> Mention:
    start = TEXT.index(raw)
    return Mention(kind, start, start + len(raw), raw, value, role, "tests 1")


@pytest.fixture
def indexed(small: Small) -> Small:
    """The small archive with everything that has text in the index, sealed text too."""
    with Archive.open(Places(small.home)) as archive, FolderIndexes(small.home).writing():
        name, engine = FolderIndexes(small.home).build_new()
        read_witness(archive, small.sealed)
        for accession in (small.verdict, small.sealed):
            item, catalog = archive.catalog.item(accession), archive.catalog
            engine.add(documents(item, catalog.passages(accession), catalog.mentions(accession)))
        engine.commit()
        engine.close()
        FolderIndexes(small.home).swap(name)
    return small


def read_witness(archive: Archive, item: Accession) -> None:
    """Give the sealed item a text that names the defendant."""
    archive.record_reading(
        item,
        kind="text",
        passages=[Passage(1, PassageKind.TEXT, "Свидетель видел, как Исаев ушёл.", Method.PARSED)],
        derivatives=[],
        facts={},
        tool=Tool("aigaq.readers.text", "1"),
        problems=[],
        agent=AGENT,
    )
