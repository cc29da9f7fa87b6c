"""`make demo`: the sample batch goes in by a real Prefect flow, is searched, told and verified.

Every command is shown as it would be typed and its real output follows. Nothing is kept between two
demos but the archive itself, so the second one shows that nothing is done twice.
"""

from __future__ import annotations

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
    for told, *command in WALK:
        say(told)
        aigaq(*command)


WALK = (
    (
        "A lawyer looks for a defendant: typed in Russian, found in every script and case.",
        "find",
        "Исаев",
        "--limit",
        "6",
    ),
    (
        "The same person in English letters, as the defendant.",
        "find",
        "person:Issayev AND role:defendant",
        "--limit",
        "4",
    ),
    (
        "An article of the criminal code, in one case.",
        "find",
        "article:272 AND case:QAN-0001",
        "--limit",
        "4",
    ),
    ("Kazakh words with Kazakh operators.", "find", "сот ЖӘНЕ куәгер", "--limit", "3"),
    (
        "What one item is, where it came from, and everything that was done with it.",
        "show",
        "ARC-2026-000001",
    ),
    ("What is in, what was refused and why.", "status"),
    ("An auditor checks every byte and every row.", "verify"),
)


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
