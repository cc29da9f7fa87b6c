"""The compose file as a test reads it: its services, with what they share filled in."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parent.parent.parent
_DEFAULT = re.compile(r"\$\{\w+:-([^}]*)\}")


@cache
def compose() -> dict[str, Any]:
    """The file, each variable with its default."""
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    read: dict[str, Any] = yaml.safe_load(_DEFAULT.sub(r"\1", text))
    return read


def services() -> dict[str, dict[str, Any]]:
    """Every service by its name."""
    found: dict[str, dict[str, Any]] = compose()["services"]
    return found


def words(service: str) -> list[str]:
    """The command of a service."""
    command = services()[service]["command"]
    assert isinstance(command, list), f"{service}: a command is a list of words, no shell is asked"
    return command


def image_environment() -> dict[str, str]:
    """The variables that our image sets."""
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    [said] = re.findall(r"^ENV (.*)$", dockerfile, re.MULTILINE)
    return dict(each.split("=", 1) for each in said.split())
