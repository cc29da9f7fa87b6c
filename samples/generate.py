"""Write the sample batch and its truth: `python -m samples.generate --out DIR --truth DIR`.

The same seed gives the same bytes on the same machine (fonts, ffmpeg and image libraries of other
versions may draw a little differently). A second call finds its stamp and returns at once.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from fnmatch import fnmatch
from pathlib import Path

import numpy as np

from samples import manifest, queries
from samples.marked import TEXTS
from samples.people import PEOPLE
from samples.stories import ENTRIES, PROMISES, Entry
from samples.truth import Json, Truth

MANIFEST = "manifest.csv"
_STAMP = "stamp.json"
_READER_ONLY = "demo.py"  # shows the batch, does not shape it
_COPIED = 1_665_568_800  # 2022-10-12 10:00 UTC: the day the memory stick was copied

Results = Mapping[str, tuple[Entry, Truth]]


class NotOursError(RuntimeError):
    """The output folder holds files that no earlier run wrote; nothing was touched."""


def generate(out: Path, truth: Path, seed: int = 7, *, only: str = "") -> None:
    """Write the batch to `out` and what is known about it to `truth`.

    `only` is a shell pattern of paths: just these files, and no stamp, so that the next full call
    starts afresh. Raises NotOursError, FontMissingError, or what ffmpeg raises.
    """
    truth.mkdir(parents=True, exist_ok=True)
    with _alone(truth):
        wanted = {"seed": seed, "recipe": _recipe_digest()}
        if not only and _up_to_date(out, truth, wanted):
            return
        _clear(out, truth)
        entries = [entry for entry in ENTRIES if not only or fnmatch(entry.path, only)]
        _claim(truth, [entry.path for entry in entries])
        results = {entry.path: (entry, _make(entry, out, seed)) for entry in entries}
        _put(out / MANIFEST, manifest.written(entries, () if only else PROMISES))
        _write_truth(truth, results)
        files = {path: (out / path).stat().st_size for path in [*results, MANIFEST]}
        stamp = {**wanted, "only": only, "files": files}
        _put(truth / _STAMP, _json(stamp))


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Write the sample batch and its truth.")
    parser.add_argument("--out", type=Path, required=True, help="folder for the batch")
    parser.add_argument("--truth", type=Path, required=True, help="folder for the ground truth")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--only", default="", metavar="PATTERN", help="just these paths")
    given = parser.parse_args()
    generate(given.out, given.truth, given.seed, only=given.only)
    written = [file for file in given.out.rglob("*") if file.is_file()]
    size = sum(file.stat().st_size for file in written)
    print(f"{len(written)} files, {size / 1e6:.1f} MB in {given.out}; truth in {given.truth}")


def _make(entry: Entry, out: Path, seed: int) -> Truth:
    """Every file has a generator of its own: leaving one out changes no other."""
    digest = hashlib.sha256(f"{seed}:{entry.path}".encode()).digest()
    made = entry.recipe(np.random.default_rng(int.from_bytes(digest[:8], "big")))
    _put(out / entry.path, made.content)
    return made.truth


def _write_truth(truth: Path, results: Results) -> None:
    index = []
    for number, (path, (entry, known)) in enumerate(results.items(), start=1):
        name = f"documents/{number:03}.json"
        about = {
            "path": path,
            "case_ids": list(entry.cases),
            "document_type": entry.document_type,
            "date": entry.date,
            "restriction": entry.restriction,
            "listed": entry.listed,
        }
        _put(truth / name, _json({**about, **known.as_json()}))
        ending = {"outcome": known.outcome, "read": known.read}
        index.append({"path": path, "truth": name, "kind": known.kind, **ending})
    _put(truth / "index.json", _json({"documents": index, "manifest": _manifest_truth(results)}))
    _put(truth / "queries.json", _json({"queries": queries.answers(results)}))
    _put(truth / "people.json", _json({who: asdict(person) for who, person in PEOPLE.items()}))


def _manifest_truth(results: Results) -> Json:
    """What a strict reading of the manifest against the folder must report."""
    entries = [entry for entry, _ in results.values()]
    return {
        "file": MANIFEST,
        "lines": sum(entry.listed for entry in entries) + len(PROMISES),
        "missing": [promise.path for promise in PROMISES if not promise.refused],
        "refused_lines": [promise.path for promise in PROMISES if promise.refused],
        "unlisted": [entry.path for entry in entries if not entry.listed],
        "restricted": [entry.path for entry in entries if entry.restriction == "restricted"],
        "sealed": [entry.path for entry in entries if entry.restriction == "sealed"],
    }


def _up_to_date(out: Path, truth: Path, wanted: Mapping[str, object]) -> bool:
    stamp = _read_stamp(truth)
    if {**wanted, "only": ""} != {key: stamp.get(key) for key in (*wanted, "only")}:
        return False
    return all(
        (out / path).is_file() and (out / path).stat().st_size == size
        for path, size in stamp["files"].items()
    )


def _clear(out: Path, truth: Path) -> None:
    """Remove what an earlier run wrote, and only that."""
    for path in _read_stamp(truth).get("files", {}):
        (out / path).unlink(missing_ok=True)
    left = [file for file in out.rglob("*") if not file.is_dir()] if out.exists() else []
    if left:
        raise NotOursError(f"{left[0]} is not a file of an earlier run; name an empty folder.")
    for file in (truth / "documents").glob("*.json"):
        file.unlink()


def _claim(truth: Path, paths: list[str]) -> None:
    """Say beforehand what will be written, so that a run cut short can be cleared away."""
    _put(truth / _STAMP, _json({"files": dict.fromkeys([*paths, MANIFEST], -1)}))


def _read_stamp(truth: Path) -> dict[str, dict[str, int]]:
    file = truth / _STAMP
    stamp: dict[str, dict[str, int]] = json.loads(file.read_bytes()) if file.is_file() else {}
    return stamp


def _recipe_digest() -> str:
    """Changes whenever a module or a text of the samples changes."""
    digest = hashlib.sha256()
    modules = [file for file in Path(__file__).parent.glob("*.py") if file.name != _READER_ONLY]
    for file in sorted([*modules, *TEXTS.glob("*.txt")]):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


@contextmanager
def _alone(truth: Path) -> Iterator[None]:
    """Two test processes that ask for the batch at once: the second waits for the first."""
    with (truth / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _put(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    os.utime(file, (_COPIED, _COPIED))


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=False) + "\n").encode()


if __name__ == "__main__":
    main()
