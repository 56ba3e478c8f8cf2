"""Arguments and options shared by several commands."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from painctl.engines.registry import ROLES, default, find, names
from painctl.records import UsageError
from painctl.stages import PLOT_SUFFIXES, THEME, THEMES


class Choice:
    """Parses an option that takes one of several names; errors are worded like typer's own."""

    def __init__(self, choices: tuple[str, ...]) -> None:
        self.choices = choices
        self.__name__ = f"[{'|'.join(choices)}]"  # typer shows it in help

    def __call__(self, text: str) -> str:
        if text not in self.choices:
            raise typer.BadParameter(f"{text!r} is not one of {', '.join(map(repr, self.choices))}.")
        return text


class EngineChoice(Choice):
    """Parses the name of an engine. Raises MissingExtra, before anything is loaded, if it cannot work here."""

    def __init__(self, role: str, none: str | None) -> None:
        super().__init__((*([none] if none else []), *names(role)))
        self._role = role

    def __call__(self, text: str) -> str:
        name = super().__call__(text)
        if name in names(self._role):
            find(self._role, name).require_extra()
        return name


def engine_option(role: str, help: str, none: str | None = None) -> Any:
    """The option that chooses an engine of the registry, or `none` of them."""
    choice = EngineChoice(role, none)
    return typer.Option(ROLES[role].option, parser=choice, metavar=choice.__name__, help=help)


# the default engine of each role
HEAD, RENDERER, PORTRAIT, TEXTURE, RIG, BACKBONE = (
    default(role) for role in ("head", "renderer", "portrait", "texture", "rig", "backbone")
)


Inputs = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="SHARD",
        readable=False,  # unreadable files fail one by one, so the rest are still made
        help="Input shards. Without any, or with -, reads stdin: one shard, or shard paths, one per line.",
        show_default=False,
    ),
]
Dataset = Annotated[
    Path | None,
    typer.Argument(
        metavar="DATASET",
        help="A dataset: an h5 file made by `painctl pack`, or the folder of a supported third-party dataset. "
        "Without it, or with -, reads stdin: the h5 file, or its path.",
        show_default=False,
    ),
]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE|DIR",
        help="Where to write. A name ending in .h5 is a file; any other names a folder, which gets one shard per "
        "input. The path of each finished shard is printed on stdout. Without -o, the shard itself goes to stdout.",
        show_default=False,
    ),
]
Overwrite = Annotated[
    bool, typer.Option("--overwrite", help="Replace outputs made by a different command or with different options.")
]
Retry = Annotated[
    bool,
    typer.Option("--retry-failed", help="In finished outputs, retry only the people who failed."),
]
Task = Annotated[
    str | None,
    typer.Option(
        "--task",
        metavar="I/N",
        help="Process every N-th shard, starting with the I-th, counting from 0. Default: the Slurm array task, if "
        "any, unless input is piped; 0/1 is everything.",
        show_default=False,
    ),
]
Jobs = Annotated[
    int,
    typer.Option(
        "--jobs",
        "-j",
        metavar="N",
        min=1,
        help="Processes that share the people of each shard. The output has the same bytes, whatever their number.",
    ),
]
Null = Annotated[
    bool,
    typer.Option("--null", "-0", help="Paths on stdin and stdout end in NUL, not newline, as for find -print0."),
]
Renderer = Annotated[
    str,
    engine_option("renderer", "Rasteriser. pytorch3d needs the pytorch3d extra and is slow on a CPU."),
]
RendererDevice = Annotated[
    str,
    typer.Option("--device", metavar="DEVICE", help="Device for --renderer pytorch3d, such as cuda or cuda:1."),
]
Seed = Annotated[int, typer.Option("--seed", min=0, max=2**63 - 1, help="Seed of every random draw.")]
Theme = Annotated[
    str,
    typer.Option(
        "--theme",
        parser=Choice(THEMES),
        metavar=f"[{'|'.join(THEMES)}]",
        help="The background of pictures and plots.",
        show_default=f"PAINCTL_THEME, otherwise {THEME}",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def require_plot_suffix(option: str, path: Path) -> None:
    """Raises UsageError unless pictures can be written in the format of the path's suffix."""
    if path.suffix.lower() not in PLOT_SUFFIXES:
        raise UsageError(f"{option} {path}: expected a name ending in {', '.join(PLOT_SUFFIXES)}")


@dataclass(frozen=True)
class ShardOptions:
    """The options of every command from shard to shard."""

    inputs: Inputs = None
    output: Output = None
    overwrite: Overwrite = False
    retry_failed: Retry = False
    task: Task = None
    null: Null = False
    jobs: Jobs = 1
