"""Where one archive keeps its index: in its home, or on an Elasticsearch."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class IndexPlace:
    """`url` is the address of Elasticsearch, empty for a folder in `home`.

    Every index name begins with `prefix`; two archives on one cluster need two prefixes. A user
    has a password in `password_file`, or nobody is named and `api_key_file` holds an API key as
    Elasticsearch shows it (`encoded`). `ca_file` holds the certificates to trust, empty for those
    of the system.
    """

    home: Path
    url: str = ""
    prefix: str = "aigaq"
    user: str = ""
    password_file: str = ""
    api_key_file: str = ""
    ca_file: str = ""
