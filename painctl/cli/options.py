"""The arguments and options that commands share."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer


class RendererName(str, Enum):
    """What finds the triangle that each pixel sees."""

    opencv = "opencv"
    pytorch3d = "pytorch3d"


Inputs = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="SHARD",
        readable=False,  # one that may not be read fails by itself, and the others are made
        help="Shards to read. Without any, or with -, stdin: one shard, or shard paths, one a line.",
        show_default=False,
    ),
]
Dataset = Annotated[
    Path | None,
    typer.Argument(
        metavar="DATASET",
        help="A dataset: the h5 that `painctl pack` wrote, or somebody else's folder. Without it, or with -, stdin: "
        "the h5 dataset, or a path.",
        show_default=False,
    ),
]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE|DIR",
        help="Where to write: a name ending in .h5 is a file, any other a folder with one shard an input. "
        "Each finished path is printed on stdout. Without it, the shard itself goes to stdout.",
        show_default=False,
    ),
]
Overwrite = Annotated[
    bool, typer.Option("--overwrite", help="Replace outputs that an earlier, different command left.")
]
Retry = Annotated[
    bool,
    typer.Option("--retry-failed", help="In outputs that are done, make again the people who failed, and only those."),
]
Task = Annotated[
    str | None,
    typer.Option(
        "--task",
        metavar="I/N",
        help="Do every N-th shard, beginning with the I-th; I counts from 0. Default: the Slurm array task, if any, "
        "for what does not come through a pipe.",
        show_default=False,
    ),
]
Renderer = Annotated[
    RendererName,
    typer.Option(
        "--renderer",
        help="What finds the triangle that each pixel sees; pytorch3d needs its extra and is slow on a CPU.",
    ),
]
RendererDevice = Annotated[
    str,
    typer.Option("--device", metavar="DEVICE", help="Where --renderer pytorch3d works, as in cuda or cuda:1."),
]
Seed = Annotated[int, typer.Option("--seed", min=0, max=2**63 - 1, help="Seed of every random draw.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")]
