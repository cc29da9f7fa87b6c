"""OCR of scanned pages: our road against tesseract alone and against ocrmypdf, in one run.

    python -m benchmarks.ocr [--dpi 300]

Pages are the samples' court documents in Russian, Kazakh and English, printed, sealed and scanned
with skew, noise, dust and JPEG artefacts, as PDF without text. Every road gets the same scans on
one core a process. Printed for each: CPU seconds a page (with all child processes) and character
error rate against the exact text. Ours is the whole reader in its sandbox, without the sandbox's
start, which a run pays once. To be reached: at most 1.15 x tesseract's CPU on the same gray pages,
at least 2.5 x fewer than ocrmypdf, at an equal or lower error rate.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

import numpy as np
from rapidfuzz.distance import Levenshtein

from aigaq.pipeline.readers import ReadOptions, read_document
from aigaq.pipeline.tools.sandbox import Limits, confine, preload, stop
from samples import recipes, scan

DOCUMENTS = {
    "verdict_ru": "Cyrillic",
    "appeal_kk": "Cyrillic",
    "indictment_shchukin_ru": "Cyrillic",
    "letter_en": "eng",
}
"""Sample texts, and the language data a person would choose for tesseract alone and ocrmypdf."""

ONE_THREAD = {**os.environ, "OMP_THREAD_LIMIT": "1"}


@dataclass(frozen=True, slots=True)
class Scanned:
    """One scanned document and the exact text of its pages."""

    name: str
    language: str
    file: Path
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Measured:
    """CPU seconds a page and the error rate (0..1) of each page."""

    road: str
    cpu: float
    errors: tuple[float, ...]


def documents(folder: Path, dpi: int) -> list[Scanned]:
    """The scans, the last page of those that carry a seal under it."""
    found = []
    for name, language in DOCUMENTS.items():
        rng = np.random.default_rng(7)
        printed = recipes.printed(name)
        sealed = (-1,) if name in recipes.SEALS else ()
        made = recipes.scanned(name, scan.Scanner(dpi=dpi), sealed_pages=sealed)(rng)
        file = folder / f"{name}.pdf"
        file.write_bytes(made.content)
        found.append(Scanned(name, language, file, tuple(page.text for page in printed.pages)))
    return found


def cpu_seconds() -> float:
    """Of this process and of all its children that have ended."""
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def ours(scans: Sequence[Scanned]) -> list[list[str]]:
    """Our whole reader; when the sandbox has stopped, its children's time counts as ours."""
    preload(["aigaq.pipeline.readers"])
    texts = []
    for scanned in scans:
        with tempfile.TemporaryDirectory() as work:
            reading = read_document(
                scanned.file, "pdf", Path(work), limits=Limits(), options=ReadOptions()
            )
        texts.append([passage.text for passage in reading.passages])
    stop()
    return texts


def sandbox_start() -> float:
    """CPU seconds of starting the sandbox and loading all readers."""
    preload(["aigaq.pipeline.readers"])
    before = cpu_seconds()
    confine(len, "", limits=Limits())
    stop()
    return cpu_seconds() - before


def drawn(scanned: Scanned, folder: Path, dpi: int) -> list[Path]:
    """Gray page images of a document, not counted as anybody's work."""
    command = ["pdftoppm", "-gray", "-r", str(dpi), str(scanned.file), str(folder / scanned.name)]
    subprocess.run(command, check=True)
    return sorted(folder.glob(f"{scanned.name}-*.pgm"))


def tesseract_alone(pages: Sequence[Path], language: str) -> list[str]:
    """One run a page, with the right language given."""
    texts = []
    for page in pages:
        command = ["tesseract", str(page), "-", "-l", language, "--psm", "3"]
        done = subprocess.run(command, check=True, capture_output=True, text=True, env=ONE_THREAD)
        texts.append(done.stdout)
    return texts


def ocrmypdf(scanned: Scanned, folder: Path) -> list[str]:
    """ocrmypdf with its defaults and a text file beside."""
    sidecar = folder / f"{scanned.name}.txt"
    command = [sys.executable, "-m", "ocrmypdf", "--jobs", "1", "--force-ocr", "-q"]
    command += ["-l", scanned.language, "--sidecar", str(sidecar)]
    command += [str(scanned.file), str(folder / f"{scanned.name}-out.pdf")]
    subprocess.run(command, check=True, env=ONE_THREAD, capture_output=True)
    return sidecar.read_text().split("\f")[: len(scanned.texts)]


def error_rate(read: str, exact: str) -> float:
    """Edits a character, white space counted as one blank."""
    wanted = " ".join(exact.split())
    return Levenshtein.distance(" ".join(read.split()), wanted) / len(wanted)


def measure(
    road: str,
    scans: Sequence[Scanned],
    read: Callable[[Sequence[Scanned]], list[list[str]]],
    *,
    less: float = 0.0,
) -> Measured:
    """What `read` costs and gets wrong; `less` CPU seconds are not its work."""
    before = cpu_seconds()
    texts = read(scans)
    spent = cpu_seconds() - before - less
    errors = [
        error_rate(text, exact)
        for scanned, pages in zip(scans, texts, strict=True)
        for text, exact in zip(pages, scanned.texts, strict=True)
    ]
    return Measured(road, spent / len(errors), tuple(errors))


def main() -> None:
    """Measure the three roads and print their figures and ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=_Plain)
    parser.add_argument("--dpi", type=int, default=300, help="resolution of the scanner")
    dpi = parser.parse_args().dpi
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        scans = documents(folder, dpi)
        pages = {scanned.name: drawn(scanned, folder, 300) for scanned in scans}
        mine = measure("aigaq", scans, ours, less=sandbox_start())
        alone = measure(
            "tesseract alone",
            scans,
            lambda scans: [tesseract_alone(pages[each.name], each.language) for each in scans],
        )
        peer = measure("ocrmypdf", scans, lambda scans: [ocrmypdf(each, folder) for each in scans])
    for measured in (mine, alone, peer):
        print(
            f"{measured.road:16} {measured.cpu:5.2f} CPU s/page   "
            f"errors {mean(measured.errors):6.2%} mean, {max(measured.errors):6.2%} worst page"
        )
    print(f"aigaq / tesseract alone: {mine.cpu / alone.cpu:.2f} (to be reached: at most 1.15)")
    print(f"ocrmypdf / aigaq: {peer.cpu / mine.cpu:.2f} (to be reached: at least 2.5)")


class _Plain(argparse.RawDescriptionHelpFormatter):
    """The module's text as it is written."""


if __name__ == "__main__":
    main()
