"""How an error is told: what happened, what to do next, never a trace unless asked for."""

from __future__ import annotations

import sys
import traceback
from dataclasses import dataclass

import click

from aigaq.archive.errors import AigaqError
from aigaq.cli.answer import print_json
from aigaq.cli.session import Wishes
from aigaq.messages.plain import plain

INTERRUPTED = 130
"""128 + SIGINT, as a shell counts."""


@dataclass(frozen=True, slots=True)
class Failure:
    """An error as told at the door. `type` is the class, for programs to switch on."""

    type: str
    message: str
    advice: str
    exit_code: int

    @classmethod
    def foreseen(cls, error: AigaqError) -> Failure:
        """An error of ours: a person can act on it."""
        return cls(type(error).__name__, error.message, error.advice, error.exit_code)

    @classmethod
    def misused(cls, error: click.ClickException, wishes: Wishes) -> Failure:
        """A command line that cannot be understood."""
        context = getattr(error, "ctx", None)
        path = context.command_path if context is not None else "aigaq"
        advice = wishes.translator.gettext("type `{command} --help` to see what it takes")
        return cls("UsageError", error.format_message(), advice.format(command=path), 2)

    @classmethod
    def unforeseen(cls, error: Exception, wishes: Wishes) -> Failure:
        """A bug of ours, or a machine in trouble (a full disk, a missing permission)."""
        _ = wishes.translator.gettext
        told = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        if isinstance(error, OSError):
            advice = _("check the disk and your permissions, then run the same command again")
            return cls("OSError", told, advice, 1)
        advice = _(
            "nothing recorded is lost; run the same command with --debug and send what it "
            "prints to whoever looks after this program"
        )
        return cls("Unforeseen", told, advice, 1)

    @classmethod
    def interrupted(cls, wishes: Wishes) -> Failure:
        """Ctrl-C, or the end of the input where an answer was wanted."""
        _ = wishes.translator.gettext
        return cls(
            "Interrupted", _("stopped"), _("run the same command again to continue"), INTERRUPTED
        )

    def tell(self, wishes: Wishes) -> None:
        """Print it: for people on stderr, with `--json` as an object on stdout."""
        if wishes.json:
            print_json({"error": self.as_json()})
            return
        _ = wishes.translator.gettext
        print(_("Error: {message}").format(message=plain(self.message)), file=sys.stderr)
        if self.advice:
            print(_("What to do: {advice}").format(advice=plain(self.advice)), file=sys.stderr)

    def as_json(self) -> dict[str, object]:
        return {
            "type": self.type,
            "message": self.message,
            "advice": self.advice,
            "exit_code": self.exit_code,
        }


def trace(error: Exception) -> None:
    """Print the trace of an error, for `--debug`."""
    traceback.print_exception(error)
