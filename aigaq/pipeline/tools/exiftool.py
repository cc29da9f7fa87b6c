"""exiftool: what devices and programs wrote into a file about it. One run takes many files.

Measured: 110 ms for the first file of a run, 7 ms for each further one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from aigaq.archive.errors import RefusedError
from aigaq.pipeline.tools.probe import Program, run

PROGRAM = Program(
    name="exiftool",
    command="exiftool",
    version_arguments=("-ver",),
    version=r"(\d+\.\d+)",
    oldest=(12, 0),
    package="libimage-exiftool-perl",
)

_ARGUMENTS = (
    # No configuration file (it is Perl code), JSON, plain numbers, group names, no binary values.
    *("-config", "", "-j", "-n", "-G1", "-a", "-q", "-q"),
    *("-api", "LargeFileSupport=1", "--ext", "exiftool_tmp"),
    *("-x", "System:all", "-x", "ExifTool:all"),
)
_MOST_TAGS = 500
_LONGEST_VALUE = 2_000


def read_tags(files: Sequence[Path], *, seconds: float) -> dict[Path, dict[str, object]]:
    """Tags by file: `{"IFD0:Make": "Canon", ...}`, values as JSON, long ones cut, at most 500.

    A file exiftool knows nothing of has no tags; what it complains about is its tag
    `ExifTool:Error`. RefusedError when the whole run breaks down or takes over `seconds`.
    """
    if not files:
        return {}
    paths = [file.resolve() for file in files]
    finished = run(PROGRAM, [*_ARGUMENTS, *paths], seconds=seconds)
    try:
        said = json.loads(finished.output or b"[]")
    except ValueError as error:
        raise RefusedError(f"exiftool: {finished.reason}") from error
    found = {Path(str(one.get("SourceFile", ""))): one for one in said if isinstance(one, dict)}
    return {file: _kept(found.get(path, {})) for file, path in zip(files, paths, strict=True)}


def _kept(tags: Mapping[str, object]) -> dict[str, object]:
    kept: dict[str, object] = {}
    for name, value in tags.items():
        if name == "SourceFile" or len(kept) == _MOST_TAGS:
            continue
        kept[name] = value[:_LONGEST_VALUE] if isinstance(value, str) else value
    return kept


def first(tags: Mapping[str, object], *names: str) -> object | None:
    """The first tag there is whose name without its group is one of `names`, in their order."""
    for wanted in names:
        for name, value in tags.items():
            if name.rpartition(":")[2] == wanted and value not in ("", None):
                return value
    return None
