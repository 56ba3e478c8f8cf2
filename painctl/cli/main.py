"""The `painctl` command: its subcommands in the order of the pipeline."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from painctl import __version__
from painctl.cli import (
    align_train,
    cv,
    demo,
    engines,
    inspect,
    likeness_train,
    pack,
    predict,
    pretrain,
    render_depth,
    render_views,
    rig,
    rig_train,
    sample_ids,
    synth_neutral,
    texture,
)
from painctl.cli.errors import Stopped, leave_to_parent, run_guarded
from painctl.cli.everywhere import everywhere
from painctl.cli.help import Command, Group
from painctl.cli.streams import prepare_streams
from painctl.records import USAGE

_MODULES = (
    sample_ids,
    render_depth,
    synth_neutral,
    texture,
    rig,
    render_views,
    pack,
    pretrain,
    cv,
    predict,
    align_train,
    likeness_train,
    rig_train,
    inspect,
    engines,
    demo,
)
COMMANDS = {
    (name := module.__name__.rpartition(".")[2].replace("_", "-")): everywhere(name, module.command)
    for module in _MODULES
}

# must be set before OpenCV is imported: small files that decode to huge pictures are rejected above 100 million pixels
# (OpenCV's own limit is 1,000 million)
os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", "100000000")

app = typer.Typer(
    name="painctl",
    cls=Group,
    invoke_without_command=True,  # prints the usage
    add_completion=False,  # completions/ has static scripts that do not start Python
    rich_markup_mode=None,  # plain help: instant, and identical in a pipe
    context_settings={"help_option_names": ["-h", "--help"]},
)
for name, function in COMMANDS.items():
    app.command(name=name, cls=Command)(function)


def _version(requested: bool) -> None:
    if requested:
        typer.echo(f"painctl {__version__}")
        raise typer.Exit


@app.callback()
def root(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Synthetic pain faces with exact labels, and the models trained on them.

    Subcommands read and write HDF5 shards and can be piped together:

    painctl sample-ids -n 4 | painctl render-depth | painctl synth-neutral | painctl texture |
    painctl rig | painctl render-views | painctl pack -o tiny.h5

    Research software: not a medical device, not for the care of any person.
    """
    if context.invoked_subcommand is None:
        sys.stderr.write(context.get_help() + "\n")
        raise typer.Exit(USAGE)


def main() -> None:
    """Entry point of the console script."""
    prepare_streams()
    os.register_at_fork(after_in_child=leave_to_parent)
    try:
        code = run_guarded(lambda: app(standalone_mode=False))
    except Stopped as error:  # by a second signal, while the first one was being reported
        code = error.exit_code
    sys.exit(code)
