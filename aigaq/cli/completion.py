"""Where a shell looks for completion scripts, and putting ours there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

SHELLS = ("bash", "zsh", "fish")

_PLACES = {
    # Read by bash-completion, which Debian and Ubuntu install with bash, on the first Tab.
    "bash": "~/.local/share/bash-completion/completions/aigaq",
    "zsh": "~/.zfunc/_aigaq",
    "fish": "~/.config/fish/completions/aigaq.fish",
}


def install(shell: str, script: str) -> Iterator[str]:
    """Write the script to its shell's place; yields what the user is to be told."""
    place = Path(_PLACES[shell]).expanduser()
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(script, "utf-8")
    yield f"written: {place}"
    if shell == "zsh":
        yield "add to ~/.zshrc if it is not there: fpath+=~/.zfunc; autoload -Uz compinit; compinit"
    yield "it works in the next shell you open"
