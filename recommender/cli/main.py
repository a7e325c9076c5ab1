"""`recommender COMMAND`: results on stdout, talk on stderr, errors in one or two lines."""

from __future__ import annotations

import difflib
import importlib
import os
import sys
import traceback
from importlib.metadata import entry_points

import click

from recommender import __version__
from recommender.errors import ReadWriteError, RecommenderError

INTERRUPTED = 130
OUR_FAULT = 70

ENGINE = {
    "demo": "recommender.cli.demo:demo",
    "init": "recommender.cli.tables:init",
    "check": "recommender.cli.tables:check",
    "train": "recommender.cli.training:train_command",
    "evaluate": "recommender.cli.evaluation:evaluate_command",
    "tune": "recommender.cli.tuning:tune_command",
    "suggest": "recommender.cli.lists:suggest_command",
    "cross-sell": "recommender.cli.lists:cross_sell_command",
    "targets": "recommender.cli.targets:targets_command",
    "releases": "recommender.cli.releases:releases",
}
"""Where each command lives. Loaded when called: `serve` must not wait for what `train` imports."""
SERVICE = "recommender.commands"
"""Entry points of this group are commands too: the engine does not know who serves it."""


class ReaderLeftError(Exception):
    """Whoever read our output has enough of it, as `head` does."""


class Commands(click.Group):
    """Knows where its commands live and imports the one that is called."""

    def list_commands(self, _: click.Context) -> list[str]:
        return [*ENGINE, *sorted(entry_points(group=SERVICE).names)]

    def get_command(self, _: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in ENGINE:
            module, name = ENGINE[cmd_name].split(":")
            command: click.Command = getattr(importlib.import_module(module), name)
            return command
        found = list(entry_points(group=SERVICE, name=cmd_name))
        return found[0].load() if found else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        near = difflib.get_close_matches(args[0], self.list_commands(ctx), 1)
        if near and near[0] != args[0] and not args[0].startswith("-"):
            ctx.fail(f"no command {args[0]!r}; did you mean {near[0]}?")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:  # click would end with 1, which is the gate's word
            raise ReaderLeftError from error


@click.command(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="recommender")
def commands() -> None:
    """What each customer should be offered next, why, and what it is worth."""


def main() -> None:
    """Runs the command line and ends with the contract's exit codes."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """The exit code of one command; a traceback only with --debug."""
    try:
        code = commands.main(arguments, prog_name="recommender", standalone_mode=False)
    except (click.Abort, KeyboardInterrupt):
        return _tell("stopped", INTERRUPTED)
    except click.ClickException as error:
        error.show()
        return 2
    except ReaderLeftError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # noqa: BLE001
        if "--debug" in arguments:
            traceback.print_exc()
        return _failed(error)
    return code if isinstance(code, int) else 0


def _failed(error: Exception) -> int:
    if isinstance(error, RecommenderError):
        return _tell(f"error: {error}", error.exit_code)
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        return _tell(f"error: {where}{error.strerror or error}", ReadWriteError.exit_code)
    said = f"{type(error).__name__}: {error}"
    return _tell(
        f"error: this should not happen ({said}); run again with --debug and report what it prints",
        OUR_FAULT,
    )


def _tell(message: str, exit_code: int) -> int:
    click.echo(message, err=True)
    return exit_code


if __name__ == "__main__":
    main()
