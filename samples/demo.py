"""`make demo`: the sample batch goes in by a real Prefect flow, is searched, told and verified.

Every command is shown as it would be typed and its real output follows. Nothing is kept between two
demos but the archive itself, so the second one shows that nothing is done twice.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from aigaq.pipeline.flows.server import prefect_server

ROOT = Path(__file__).parent.parent
HOME = Path("demo-archive")
AIGAQ = Path(sys.executable).with_name("aigaq")

TOLD = 4
"""Exit code of an ingest that refused some inputs, as the troublemakers of the samples are."""


def demo() -> None:
    """Run the whole demo; the first command that fails ends it with its own words."""
    say("The sample batch: files that a documentation centre receives, about invented people.")
    aigaq("case", "import", "samples/cases.csv")
    say("A Prefect server starts on loopback, the batch goes in as a flow run, the server stops.")
    with prefect_server(HOME / "prefect") as api:
        aigaq("ingest", "samples/batch", fine=(0, TOLD), settings={"PREFECT_API_URL": api})
    scan = accession_of("verdicts/приговор_Исаев_скан_300dpi.pdf")
    for told, command in WALK:
        say(told)
        aigaq(*(word.format(scan=scan) for word in command))


WALK = (
    (
        "A lawyer looks for a defendant: typed in Russian, found in every script and case.",
        ("find", "Исаев О.К.", "--sort", "-date", "--limit", "6"),
    ),
    (
        "The same man in English letters, where he speaks or is spoken of as the defendant.",
        ("find", "person:Issayev AND role:defendant", "--limit", "3"),
    ),
    (
        "An article of the criminal code, down to its part, in one case.",
        ("find", 'article:"272 ч. 2" AND case:QAN-0001', "--limit", "3"),
    ),
    ("Kazakh words and a Kazakh operator.", ("find", "Исаев ЖӘНЕ үтік", "--limit", "3")),
    (
        "What one item is, where it came from, and everything that was done with it.",
        ("show", "{scan}"),
    ),
    ("What is in, what was refused and why.", ("status",)),
    ("An auditor checks every byte and every row.", ("verify",)),
)


def accession_of(file: str) -> str:
    """The accession number of a file of the batch, from the receipt the ingest left."""
    kept = (ROOT / HOME / "receipts").glob("*.json")
    receipts = sorted(kept, key=lambda path: path.stat().st_mtime)
    lines = json.loads(receipts[-1].read_text(encoding="utf-8"))["items"]
    return str(next(line["item"] for line in lines if line["path"] == file))


def say(sentence: str) -> None:
    """One sentence of ours between two commands."""
    print(f"\n# {sentence}", flush=True)


def aigaq(
    *words: str, fine: tuple[int, ...] = (0,), settings: Mapping[str, str] | None = None
) -> None:
    """Show a command, run it, let its output through; SystemExit when it fails."""
    print(f"$ aigaq {shlex.join(words)}", flush=True)
    environment = os.environ | {"AIGAQ_HOME": str(HOME)} | dict(settings or {})
    ended = subprocess.run([AIGAQ, *words], cwd=ROOT, env=environment, check=False)
    if ended.returncode not in fine:
        raise SystemExit(ended.returncode)


if __name__ == "__main__":
    demo()
