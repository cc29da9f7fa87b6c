"""One call of the command line: its settings, its language, and how it wants to be answered."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import click

from aigaq import __version__
from aigaq.archive.errors import SettingError
from aigaq.archive.model import Agent
from aigaq.archive.places import Places
from aigaq.config.settings import InvalidSettingError, Settings
from aigaq.messages.translator import N_, Translator, translator
from aigaq.pipeline.flows.places import places_of

json_option = click.option("--json", is_flag=True, help=N_("Answer in JSON."))
"""The option every command has."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What can be known of a call before its options are parsed, for help and for errors."""

    translator: Translator
    json: bool
    debug: bool

    @classmethod
    def of(cls, arguments: list[str]) -> Wishes:
        """Look at the options that stand before a `--`; what is wrong with them is told later."""
        options = arguments[: arguments.index("--")] if "--" in arguments else arguments
        language = _option(options, "--language") or _usual_language()
        try:
            texts = translator(language)
        except ValueError:  # told when the option is parsed
            texts = translator("en")
        return cls(texts, json="--json" in options, debug="--debug" in options)


def _option(options: list[str], name: str) -> str:
    for option, following in itertools.zip_longest(options, options[1:], fillvalue=""):
        if option == name:
            return following
        if option.startswith(name + "="):
            return option.removeprefix(name + "=")
    return ""


def _usual_language() -> str:
    try:
        return Settings.load().language
    except InvalidSettingError:  # told when a command asks for its settings
        return "en"


@dataclass(frozen=True, slots=True)
class Session:
    """What a command needs to know of its call. `json` and `debug` as asked for anywhere."""

    settings: Settings
    translator: Translator
    json: bool
    debug: bool

    @classmethod
    def of(cls, context: click.Context, *, json: bool = False) -> Session:
        """Read the settings for this call; `json` is the command's own option."""
        root = context.find_root()
        settings = read_settings(
            {name: str(root.params[name]) for name in ("home", "language") if root.params[name]}
        )
        return cls(
            settings=settings,
            translator=translator(settings.language),
            json=json or bool(root.params["json"]),
            debug=bool(root.params["debug"]),
        )

    @property
    def on_prefect(self) -> bool:
        """Whether flows are to run under a Prefect API, rather than in local processes."""
        return self.settings.prefect != "never" and bool(self.settings.prefect_api_url)

    @property
    def places(self) -> Places:
        """Where the archive of this call is."""
        return places_of(self.settings)

    @property
    def agent(self) -> Agent:
        """Who the ledger says did what this call does."""
        return Agent(name=self.settings.operator, tool="aigaq", version=__version__)


def read_settings(command_line: dict[str, str]) -> Settings:
    """All settings; what this room's neighbour refuses becomes an error with advice."""
    try:
        return Settings.load(command_line=command_line)
    except InvalidSettingError as error:
        advice = "see docs/settings.md for every setting and its values"
        if error.near:
            advice = f"did you mean {error.near}? {advice}"
        raise SettingError(str(error), advice=advice) from error
