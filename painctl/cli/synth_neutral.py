"""painctl synth-neutral."""

from __future__ import annotations

from painctl.cli import options
from painctl.cli.transform import run_step


def command(
    inputs: options.Inputs = None,
    output: options.Output = None,
    overwrite: options.Overwrite = False,
    retry_failed: options.Retry = False,
    task: options.Task = None,
    debug: options.Debug = False,
) -> None:
    """Make a frontal neutral portrait of each person.

    It is aligned to the depth map. The open engine paints procedural skin, eyes, brows and lips after the person's
    age and ethnicity, then lights and shades the head.

    Example: painctl synth-neutral depth.h5 -o portraits.h5
    """

    def step():
        from painctl.stages import synth_neutral

        return synth_neutral.step()

    run_step(step, inputs, output, overwrite, retry_failed, task)
