"""The sample batch as the tests see it: generated once into samples/, then only checked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from samples.generate import generate

_HERE = Path(__file__).parents[2] / "samples"


@dataclass(frozen=True)
class Batch:
    """The generated folders, with the truth about any file at hand."""

    out: Path
    truth: Path
    documents: dict[str, dict[str, Any]]

    def pages(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """(path, page) of every page of every file and attachment."""
        for path, document in self.documents.items():
            for one in (document, *document.get("attachments", [])):
                for page in one["pages"]:
                    yield path, page


@pytest.fixture(scope="session")
def batch() -> Batch:
    out, truth = _HERE / "batch", _HERE / "truth"
    generate(out, truth)
    files = sorted((truth / "documents").glob("*.json"))
    documents = [json.loads(file.read_text("utf-8")) for file in files]
    return Batch(out, truth, {document["path"]: document for document in documents})
