"""What a home knows of its bucket: which one holds the bytes, and when it passed its trial.

A home without this note has its bytes in its own folder. Settings that say otherwise than the note
are refused: the archive would look empty, or be torn in two.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aigaq.archive.errors import RecordError, SettingError
from aigaq.archive.places import S3Place
from aigaq.archive.vault.temporary import writing

STANDS_FOR = timedelta(days=7)
"""A store is tried again after this time: it may have been updated or configured anew."""


class BucketNote:
    """The note in `file`; `folder` is where the bytes are when there is no note."""

    def __init__(self, file: Path, folder: Path) -> None:
        self._file = file
        self._folder = folder

    def require(self, place: S3Place | None) -> None:
        """SettingError unless the bytes of this home are where the settings say."""
        noted = self._read()
        if noted is None:
            if place is not None and self._folder.is_dir() and any(self._folder.iterdir()):
                raise _elsewhere(place, f"in the folder {self._folder}")
        elif place is None or (place.bucket, place.top) != (noted["bucket"], noted["top"]):
            where = f"in vault.bucket = {noted['bucket']!r}, vault.prefix = {noted['top']!r}"
            raise _elsewhere(place, where)

    def stands(self, place: S3Place, trial: int) -> bool:
        """Whether this very store passed this trial, and not too long ago."""
        noted = self._read()
        if noted is None or _noted(place, trial) != {**noted, "passed_at": ""}:
            return False
        age = datetime.now(UTC) - datetime.fromisoformat(noted["passed_at"])
        return timedelta(0) <= age < STANDS_FOR

    def write(self, place: S3Place, trial: int) -> None:
        """Note that the store has passed now; a whole note or none."""
        noted = {**_noted(place, trial), "passed_at": datetime.now(UTC).isoformat()}
        unfinished = self._file.with_suffix(f".{os.getpid()}.tmp")
        with writing(self._file):
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with unfinished.open("w", encoding="utf-8") as file:
                json.dump(noted, file, indent=1)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(self._file)

    def _read(self) -> dict[str, str] | None:
        try:
            noted: dict[str, str] = json.loads(self._file.read_text("utf-8"))
        except FileNotFoundError:
            return None
        except ValueError as error:
            raise RecordError(
                f"{self._file} cannot be understood",
                advice="see that vault.bucket names the bucket of this archive, then remove it",
            ) from error
        return noted


def _noted(place: S3Place, trial: int) -> dict[str, object]:
    return {**asdict(place), "top": place.top, "trial": trial, "passed_at": ""}


def _elsewhere(place: S3Place | None, where: str) -> SettingError:
    said = "empty" if place is None else repr(place.bucket)
    return SettingError(
        f"vault.bucket is {said}, and the bytes of this archive are {where}",
        advice="set vault.bucket and vault.prefix as they were; docs/s3.md says how to move",
    )
