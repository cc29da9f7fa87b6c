"""Readers in the sandbox, with a temporary folder that the caller removes."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar, TypeVarTuple

from aigaq.pipeline.tools.limits import Limits
from aigaq.pipeline.tools.sandbox import confine

T = TypeVar("T")
Arguments = TypeVarTuple("Arguments")


def confined(
    function: Callable[[*Arguments], T], *args: *Arguments, work: Path, limits: Limits
) -> T:
    """`confine`, where libraries also put their temporary files into `work`.

    A child that is killed cannot tidy up: what it leaves must lie where the caller does.
    """
    return confine(_inside, work, function, args, limits=limits)


def _inside(work: Path, function: Callable[[*Arguments], T], args: tuple[*Arguments]) -> T:
    tempfile.tempdir = str(work)
    return function(*args)
