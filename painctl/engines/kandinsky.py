"""What the two Kandinsky engines share: weights and settings from options, and the probe."""

from __future__ import annotations

from dataclasses import dataclass

from painctl.diffusion.hub import PRIOR, Pipeline, find_weights
from painctl.diffusion.pipelines import Machine, Recipe, SamplingSettings


@dataclass(frozen=True)
class KandinskyOptions:
    """Where the weights are, and how they are used; see `diffusion.pipelines`. Defaults are those of the commands."""

    negative_prompt: str
    prior: str | None = None  # local folder or hub id; None for the published one
    prior_revision: str | None = None
    decoder: str | None = None
    revision: str | None = None
    allow_download: bool = False
    steps: int = 100
    prior_steps: int = 25
    guidance: float = 4.0
    batch_size: int = 4
    device: str = "auto"
    dtype: str = "auto"
    offload: str = "none"
    attention_slicing: bool = False

    def recipe(self, decoder: Pipeline) -> Recipe:
        """The weights and settings of a pipeline.

        Raises FileNotFoundError or ValueError for missing weights or devices.
        """
        machine = Machine(self.device, self.dtype, self.offload, self.attention_slicing, self.batch_size)
        return Recipe(
            find_weights(PRIOR, self.prior, self.prior_revision, self.allow_download),
            find_weights(decoder, self.decoder, self.revision, self.allow_download),
            machine.resolved(),
            SamplingSettings(self.negative_prompt, self.steps, self.guidance, self.prior_steps),
        )


def probe(decoder: Pipeline) -> str:
    """Whether the published weights are in the hub's cache; local folders are not checked."""
    for pipeline in (PRIOR, decoder):
        find_weights(pipeline)
    return "minutes a picture" if Machine().resolved().device == "cpu" else ""
