"""Text of born-digital PDF: our reader against pdfplumber, and the memory for 10,000 pages.

    python -m benchmarks.pdf_text [--pages 600] [--many 10000]

Ours is the whole reader with its sandbox, reading order and rule for OCR; pdfplumber is
`extract_text()` with every page closed. CPU seconds count all children, without the imports of
either (the sandbox loads all readers once a run: about 0.6 s). To be reached: at least 40 x
pdfplumber's pages a second, 10,000 pages in under 400 MB.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pdfplumber
import pypdfium2 as pdfium

from aigaq.pipeline.readers import ReadOptions, read_document
from aigaq.pipeline.tools.sandbox import Limits, confine, preload, stop
from samples import recipes


def written(file: Path, pages: int) -> Path:
    """A PDF of so many pages: the samples' Russian verdict again and again."""
    source = pdfium.PdfDocument(recipes.printed("verdict_ru").content)
    target = pdfium.PdfDocument.new()
    target.import_pages(source, [number % len(source) for number in range(pages)])
    target.save(file)
    return file


def cpu_seconds() -> float:
    """Of this process and of all its children that have ended."""
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def read_ours(file: Path) -> int:
    """Letters read by our whole reader."""
    preload(["aigaq.pipeline.readers"])
    with tempfile.TemporaryDirectory() as work:
        reading = read_document(file, "pdf", Path(work), limits=Limits(), options=ReadOptions())
    stop()
    return sum(len(passage.text) for passage in reading.passages)


def sandbox_start() -> float:
    """CPU seconds of starting the sandbox and loading all readers, which a run does once."""
    preload(["aigaq.pipeline.readers"])
    confine(len, "", limits=Limits())
    stop()  # once for the disk's cache
    before = cpu_seconds()
    confine(len, "", limits=Limits())
    stop()
    return cpu_seconds() - before


def read_plumber(file: Path) -> int:
    """Letters read by pdfplumber."""
    count = 0
    with pdfplumber.open(file) as document:
        for page in document.pages:
            count += len(page.extract_text())
            page.close()
    return count


READERS = {"ours": read_ours, "pdfplumber": read_plumber}


def measure(reader: str, file: Path) -> tuple[float, float, int, int]:
    """CPU seconds, wall seconds, peak MB (this process and its largest child), letters; in a fresh
    process, so that what one reader leaves in memory is not counted with the other.
    """
    command = [sys.executable, "-m", "benchmarks.pdf_text", "--reader", reader, "--file", str(file)]
    answer = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return float(answer[0]), float(answer[1]), int(answer[2]), int(answer[3])


def _one(reader: str, file: Path) -> None:
    """What `measure` runs: imports are done, the reading is timed."""
    start = sandbox_start() if reader == "ours" else 0.0
    cpu, wall = cpu_seconds(), time.perf_counter()
    letters = READERS[reader](file)
    spent = cpu_seconds() - cpu - start
    peaks = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, _CHILDREN))
    print(spent, time.perf_counter() - wall, sum(peaks) // 1024, letters)


_CHILDREN = resource.RUSAGE_CHILDREN


def main() -> None:
    """Measure both and print figures and ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=_Plain)
    parser.add_argument("--pages", type=int, default=600, help="pages of the file for both")
    parser.add_argument("--many", type=int, default=10_000, help="pages of the large file")
    parser.add_argument("--reader", choices=READERS, help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if wanted.reader:
        _one(wanted.reader, wanted.file)
        return
    with tempfile.TemporaryDirectory() as place:
        small = written(Path(place) / "small.pdf", wanted.pages)
        large = written(Path(place) / "large.pdf", wanted.many)
        ours, theirs = (measure(reader, small) for reader in ("ours", "pdfplumber"))
        many = measure("ours", large)
    for name, pages, (cpu, wall, peak, letters) in (
        ("aigaq", wanted.pages, ours),
        ("pdfplumber", wanted.pages, theirs),
        ("aigaq", wanted.many, many),
    ):
        print(
            f"{name:11} {pages:6} pages: {1000 * cpu / pages:6.2f} CPU ms/page, "
            f"{pages / wall:6.0f} pages/s, peak {peak} MB, {letters} letters"
        )
    print(f"CPU, pdfplumber / aigaq, {wanted.pages} pages: {theirs[0] / ours[0]:.0f}")
    per_page = theirs[0] / wanted.pages / (many[0] / wanted.many)
    print(f"CPU a page, pdfplumber / aigaq on {wanted.many} pages: {per_page:.0f} (at least 40)")
    print(f"peak for {wanted.many} pages: {many[2]} MB (under 400)")


class _Plain(argparse.RawDescriptionHelpFormatter):
    """The module's text as it is written."""


if __name__ == "__main__":
    main()
