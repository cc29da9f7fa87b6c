"""Where an archive is, told to another process of a test."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from aigaq.archive.places import Places, S3Place


def told(places: Places) -> str:
    vault = None if places.vault is None else asdict(places.vault)
    return json.dumps({"home": str(places.home), "record": places.record, "vault": vault})


def heard(text: str) -> Places:
    """What `told` was told."""
    said = json.loads(text)
    vault = None if said["vault"] is None else S3Place(**said["vault"])
    return Places(Path(said["home"]), said["record"], vault)
