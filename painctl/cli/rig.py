"""painctl rig."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from painctl.cli import options
from painctl.cli.arithmetic import fix_torch
from painctl.cli.output import Output
from painctl.cli.shards import run_step
from painctl.cli.splice import splice
from painctl.records import UsageError
from painctl.stages import EXPRESSIONS, OTHER, OTHER_NAMES, PRIOR, PRIORS, PSPI

if TYPE_CHECKING:
    from painctl.stages.step import Step

_NEURAL = "neural"


@splice
def command(
    shards: options.ShardOptions,
    engine: Annotated[
        str,
        options.engine_option(
            "rig",
            "blendshapes: the ARKit facial actions of the open head. neural: a network trained on them, for heads "
            "without such actions.",
        ),
    ] = options.RIG,
    weights_file: Annotated[
        Path | None,
        typer.Option(
            "--weights",
            metavar="FILE",
            help="Weights from `painctl rig-train`, for --engine neural.",
            show_default="those bundled with painctl",
        ),
    ] = None,
    pspi: Annotated[
        str | None,
        typer.Option(
            "--pspi",
            metavar="RANGE|VALUE|V,V,...",
            help="PSPI of the expressions: a range such as 0:16, or one value such as 9. A list such as 4,8,12 makes "
            "one expression at each value.",
            show_default=PSPI,
        ),
    ] = None,
    expressions: Annotated[
        int | None,
        typer.Option(
            "--expressions",
            "-k",
            min=1,
            max=10_000,
            help="Expressions per person, besides the neutral face.",
            show_default=str(EXPRESSIONS),
        ),
    ] = None,
    weights: Annotated[
        str | None,
        typer.Option(
            "--pspi-weights",
            metavar="W,W,...",
            help="One weight for each PSPI in the range, instead of sampling it uniformly.",
            show_default=False,
        ),
    ] = None,
    units: Annotated[
        str | None,
        typer.Option(
            "--au",
            metavar="AU4=3,AU6=2,...",
            help="Set these action units exactly and the others to 0; makes one expression per person, or one for each "
            "of a list of --other.",
            show_default=False,
        ),
    ] = None,
    prior: Annotated[
        str | None,
        typer.Option(
            "--prior",
            parser=options.Choice(PRIORS),
            metavar=f"[{'|'.join(PRIORS)}]",
            help="How likely the action units that give a PSPI are. uniform: all combinations the same. natural: as "
            "frequent as in people with shoulder pain (UNBC-McMaster).",
            show_default=PRIOR,
        ),
    ] = None,
    other: Annotated[
        str | None,
        typer.Option(
            "--other",
            metavar="[none|natural|uniform]|NAME[=STRENGTH],...",
            help="Facial actions beside the six units. natural: smiles, speech, raised brows, looking elsewhere and so "
            "on, in about two thirds of the expressions. uniform: one in each, all equally likely. A list makes the "
            "expressions in turn, with + for several at once: smile=0.5,speech-ah+worried. The names are "
            f"{', '.join(OTHER_NAMES)}.",
            show_default=f"{OTHER}; none with --au",
        ),
    ] = None,
) -> None:
    """Deform each head to sampled or given action units.

    PSPI = AU4 + max(AU6, AU7) + max(AU9, AU10) + AU43. PSPI is sampled first, then the action units, from all
    combinations (AU4, 6, 7, 9, 10 in 0..5, AU43 0 or 1) that give it, see --prior. The neutral face is kept beside the
    expressions, and each expression has a per-vertex heatmap of the displacement by the six units. Other facial
    actions, see --other, change neither labels nor heatmaps.

    Example: painctl rig --pspi 4:16 --expressions 5 textures.h5 -o faces.h5
    """
    if weights_file is not None and engine != _NEURAL:
        raise UsageError("--weights is only used by --engine neural; add that, or leave out --weights")
    if weights_file is not None and not weights_file.exists():
        raise FileNotFoundError(f"{weights_file}: no such file; train one with painctl rig-train")
    _reject_contradictions(pspi, expressions, weights, units, prior)

    if engine == _NEURAL:
        fix_torch()

    from painctl.stages.rig import Expressions

    beside = other or (OTHER if units is None else "none")
    chosen = Expressions.parse(expressions or EXPRESSIONS, pspi or PSPI, weights, units, prior or PRIOR, beside)

    def build(output: Output) -> Step:
        from painctl.stages.rig import Rig

        engine_options = {"reporter": output, "weights": weights_file} if engine == _NEURAL else {}
        return Rig(chosen, engine, engine_options)

    run_step(build, shards)


def _reject_contradictions(
    pspi: str | None, expressions: int | None, weights: str | None, units: str | None, prior: str | None
) -> None:
    if units is not None and prior is not None:
        raise UsageError("--au sets the action units, so --prior has no effect; leave one out")
    if units is not None and pspi is not None:
        raise UsageError("--au sets the action units, so --pspi has no effect; leave one out")
    if units is not None and weights is not None:
        raise UsageError("--au sets the action units, so --pspi-weights has no effect; leave one out")
    is_list = "," in (pspi or "")
    if is_list and expressions is not None:
        raise UsageError(
            f"--pspi {pspi} makes one expression at each value, so --expressions has no effect; leave one out"
        )
    if is_list and weights is not None:
        raise UsageError(f"--pspi {pspi} lists the expressions, so --pspi-weights has no effect; leave one out")
