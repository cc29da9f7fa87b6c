"""The whole ingest against its parts done alone: CPU seconds of both and their ratio, in one run.

    python -m benchmarks.ingest [--copies 3]

The batch is scans, the same documents born digital, and plain texts. The parts are what cannot be
avoided: SHA-256 over every file, tesseract over the same gray pages at 300 dpi, and the text of the
PDFs by pdfium, each done on its own with nothing around it. Everything else that an
ingest does (custody, isolation, layout, mentions, index, receipt) may cost 0.3 of that.
"""

from __future__ import annotations

import argparse
import ctypes
import hashlib
import os
import resource
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pypdfium2

from aigaq.pipeline import runner
from samples import recipes, scan

REACH = 1.3
NAMES = ("verdict_ru", "appeal_kk", "indictment_shchukin_ru", "letter_en")
SET_CHILD_SUBREAPER = 36  # prctl(2)
ONE_THREAD = os.environ | {"OMP_THREAD_LIMIT": "1"}


def write_batch(folder: Path, copies: int) -> None:
    """Scans (each copy scanned anew), born-digital PDFs and texts of the sample documents."""
    folder.mkdir()
    for name in NAMES:
        printed = recipes.printed(name)
        for copy in range(copies):
            scanned = recipes.scanned(name, scan.Scanner(dpi=300), sealed_pages=())
            made = scanned(np.random.default_rng(copy))
            (folder / f"{name}-scan-{copy}.pdf").write_bytes(made.content)
        digital = recipes.born_digital(name)(np.random.default_rng(0))
        (folder / f"{name}.pdf").write_bytes(digital.content)
        text = "\n".join(page.text for page in printed.pages)
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")


def cpu_of_children() -> float:
    """CPU seconds of all children that have ended and been waited for."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def ingest(folder: Path, home: Path) -> float:
    """CPU seconds of `aigaq ingest`, of every process it started and outlived it too."""
    # Orphans come to us and not to init, so that the time of the zygote and its jobs is counted.
    ctypes.CDLL(None, use_errno=True).prctl(SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    before = cpu_of_children()
    aigaq = Path(sys.executable).with_name("aigaq")
    command = [str(aigaq), "--home", str(home), "ingest", str(folder)]
    subprocess.run(command, check=True, capture_output=True, env=without_prefect())
    _wait_for_orphans()
    return cpu_of_children() - before


def without_prefect() -> dict[str, str]:
    """The environment, so that the ingest takes the local road."""
    return os.environ | {"AIGAQ_PREFECT": "never"}


def _wait_for_orphans() -> None:
    while True:
        try:
            os.wait()
        except ChildProcessError:
            return


def hashing(folder: Path) -> float:
    """CPU seconds of SHA-256 over every file of the batch."""
    before = _own_cpu()
    for file in folder.iterdir():
        with file.open("rb") as source:
            hashlib.file_digest(source, "sha256")
    return _own_cpu() - before


def text_extraction(folder: Path) -> float:
    """CPU seconds of pdfium over every page of every PDF."""
    before = _own_cpu()
    for file in folder.glob("*.pdf"):
        document = pypdfium2.PdfDocument(file)
        for page in document:
            page.get_textpage().get_text_bounded()
        document.close()
    return _own_cpu() - before


def _own_cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def ocr(folder: Path, work: Path) -> tuple[float, int]:
    """CPU seconds of tesseract over the gray pages of the scans, and how many they were.

    Drawing the pages is not counted; the right language data is given.
    """
    pages = [
        (page, "eng" if "_en" in scan_file.name else "Cyrillic")
        for scan_file in sorted(folder.glob("*-scan-*.pdf"))
        for page in _drawn(scan_file, work)
    ]
    before = cpu_of_children()
    # As many at once as the ingest runs: two threads of one core slow each other down, and CPU
    # seconds of a busy core are not those of a half idle one.
    with ThreadPoolExecutor(runner.cores()) as pool:
        list(pool.map(_recognise, pages))
    return cpu_of_children() - before, len(pages)


def _drawn(file: Path, work: Path) -> list[Path]:
    command = ["pdftoppm", "-gray", "-r", "300", str(file), str(work / file.stem)]
    subprocess.run(command, check=True)
    return sorted(work.glob(f"{file.stem}-*.pgm"))


def _recognise(page: tuple[Path, str]) -> None:
    image, language = page
    command = ["tesseract", str(image), "-", "-l", language, "--psm", "3"]
    subprocess.run(command, check=True, capture_output=True, env=ONE_THREAD)


def main() -> None:
    """Measure, and print the parts, the whole and the ratio."""
    parser = argparse.ArgumentParser(description="whole ingest against its parts")
    parser.add_argument("--copies", type=int, default=3, help="scans made of each document")
    copies = parser.parse_args().copies
    with tempfile.TemporaryDirectory() as place:
        folder, home = Path(place, "batch"), Path(place, "home")
        write_batch(folder, copies)
        whole = ingest(folder, home)
        recognised, pages = ocr(folder, Path(place))
        hashed, extracted = hashing(folder), text_extraction(folder)
    parts = hashed + recognised + extracted
    print(f"hashing alone          {hashed:7.2f} CPU s")
    print(f"OCR alone              {recognised:7.2f} CPU s ({pages} pages)")
    print(f"text extraction alone  {extracted:7.2f} CPU s")
    print(f"whole ingest           {whole:7.2f} CPU s")
    print(f"whole / parts          {whole / parts:7.2f} (to be reached: at most {REACH})")


if __name__ == "__main__":
    main()
