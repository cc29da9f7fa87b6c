"""Where things are in an archive's home.

aigaq-archive        the format's version and the archive's name; makes the folder an archive
archive.db           the record, unless it is on a server
vault/               the bytes, write-once, unless they are in a bucket
bucket.json          the bucket that they are in, and when it was tried
checkpoints/         heads of the ledger, one small text file each, to be copied elsewhere
tmp/                 files on their way into the vault
index/  work/        disposable: the search indexes and the readers' work
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from aigaq.archive.errors import NotFoundError, RecordError

FORMAT = "1"


@dataclass(frozen=True, slots=True)
class Layout:
    """The paths of one archive; asking for them touches no disk."""

    home: Path

    @property
    def format_file(self) -> Path:
        return self.home / "aigaq-archive"

    @property
    def unfinished(self) -> Path:
        """What becomes `format_file` when the archive is made."""
        return self.tmp / "aigaq-archive"

    @property
    def database(self) -> Path:
        return self.home / "archive.db"

    @property
    def vault(self) -> Path:
        return self.home / "vault"

    @property
    def bucket_note(self) -> Path:
        return self.home / "bucket.json"

    @property
    def checkpoints(self) -> Path:
        return self.home / "checkpoints"

    @property
    def tmp(self) -> Path:
        return self.home / "tmp"

    @property
    def index(self) -> Path:
        return self.home / "index"

    @property
    def work(self) -> Path:
        return self.home / "work"

    def make_folders(self) -> None:
        """Make what is missing; the home itself is for its owner alone."""
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        for folder in (self.vault, self.checkpoints, self.tmp, self.index, self.work):
            folder.mkdir(exist_ok=True)

    def check(self) -> str:
        """The name of the archive whose home this is (empty when the home does not say).

        NotFoundError when there is no archive here, RecordError when it is of another format.
        """
        try:
            found, _, name = self.format_file.read_text().partition("\n")
        except (FileNotFoundError, NotADirectoryError) as error:
            raise NotFoundError(
                f"there is no archive in {self.home}",
                advice="give the archive's folder with --home, or start one with `aigaq ingest`",
            ) from error
        if found != FORMAT:
            raise RecordError(
                f"the archive in {self.home} has format {found!r}; this version reads {FORMAT!r}",
                advice="use the version of aigaq that wrote it, or a newer one",
            )
        return name.strip()
