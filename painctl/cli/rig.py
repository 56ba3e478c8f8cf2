"""painctl rig."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from painctl.cli import options
from painctl.cli.errors import tell
from painctl.cli.transform import run_step
from painctl.records import UsageError

_EXPRESSIONS = 10


class Engine(str, Enum):
    """What pulls the faces."""

    blendshapes = "blendshapes"
    neural = "neural"


def command(
    inputs: options.Inputs = None,
    output: options.Output = None,
    engine: Annotated[
        Engine,
        typer.Option(
            "--engine",
            help="blendshapes: the ARKit actions of the open head. neural: a network that was taught by them, for "
            "heads that have none.",
        ),
    ] = Engine.blendshapes,
    weights_file: Annotated[
        Path | None,
        typer.Option(
            "--weights",
            metavar="FILE",
            help="For --engine neural, what `painctl rig-train` wrote.",
            show_default="those that come with painctl",
        ),
    ] = None,
    pspi: Annotated[
        str | None,
        typer.Option(
            "--pspi",
            metavar="RANGE|VALUE|V,V,...",
            help="PSPI of the expressions: 0:16, or one value as in 9; 4,8,12 makes one expression of each.",
            show_default="0:16",
        ),
    ] = None,
    expressions: Annotated[
        int | None,
        typer.Option(
            "--expressions",
            "-k",
            min=1,
            max=10_000,
            help="Expressions a person, besides the neutral.",
            show_default=str(_EXPRESSIONS),
        ),
    ] = None,
    weights: Annotated[
        str | None,
        typer.Option(
            "--pspi-weights",
            metavar="W,W,...",
            help="One weight for each PSPI of the range, instead of drawing it uniformly.",
            show_default=False,
        ),
    ] = None,
    units: Annotated[
        str | None,
        typer.Option(
            "--au",
            metavar="AU4=3,AU6=2,...",
            help="Set the action units exactly, the others to 0; makes one expression a person.",
            show_default=False,
        ),
    ] = None,
    overwrite: options.Overwrite = False,
    retry_failed: options.Retry = False,
    task: options.Task = None,
    debug: options.Debug = False,
) -> None:
    """Deform each head to drawn or given action units.

    PSPI = AU4 + max(AU6, AU7) + max(AU9, AU10) + AU43. For a drawn PSPI, the action units are drawn from all vectors
    (AU4, 6, 7, 9, 10 in 0..5, AU43 0 or 1) that give it. The neutral is kept beside them, and with each face a
    per-vertex heatmap of what moved.

    Example: painctl rig --pspi 4:16 --expressions 5 textures.h5 -o faces.h5
    """
    if weights_file is not None and engine is not Engine.neural:
        raise UsageError("--weights is of --engine neural; add that, or leave it out")

    from painctl.pain.action_units import parse_action_units, parse_pspi, parse_scores, parse_weights

    if pspi is not None and units is not None:
        raise UsageError("--au sets the action units, so --pspi has nothing to say; leave one out")
    pspi = pspi or "0:16"
    listed = "," in pspi
    if listed and expressions is not None:
        raise UsageError(f"--pspi {pspi} makes one expression of each, so --expressions says nothing; leave one out")
    if listed and weights is not None:
        raise UsageError(f"--pspi {pspi} lists the expressions, so --pspi-weights has nothing to draw; leave one out")
    try:
        scores = parse_scores(pspi) if listed else None
        low, high = (0, 0) if listed else parse_pspi(pspi)
        drawn = parse_weights(weights, low, high) if weights is not None else None
        fixed = parse_action_units(units) if units is not None else None
    except ValueError as error:
        raise UsageError(error) from None
    if fixed is not None and weights is not None:
        raise UsageError("--au sets the action units, so --pspi-weights has nothing to draw; leave one out")

    def step():
        from painctl.stages import rig

        return rig.step(
            expressions or _EXPRESSIONS,
            low,
            high,
            weights=drawn,
            fixed=fixed,
            scores=scores,
            engine=engine.value,
            weights_file=weights_file,
            say=tell,
        )

    run_step(step, inputs, output, overwrite, retry_failed, task)
