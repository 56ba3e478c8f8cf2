"""The options that synth-neutral and render-views share where Kandinsky 2.2 draws."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from painctl.records import UsageError

if TYPE_CHECKING:
    from painctl.diffusion.hub import Pipeline
    from painctl.diffusion.pipelines import Recipe


class Dtype(str, Enum):
    """Of weights and pictures in the making."""

    auto = "auto"
    fp16 = "fp16"
    bf16 = "bf16"
    fp32 = "fp32"


class Offload(str, Enum):
    """What waits in the CPU's memory until the GPU needs it."""

    none = "none"
    model = "model"
    sequential = "sequential"


Prior = Annotated[
    str | None,
    typer.Option(
        "--prior",
        metavar="DIR|ID",
        help="Kandinsky's prior, which reads the words: a local folder in diffusers' format, or a hub id.",
        show_default="kandinsky-community/kandinsky-2-2-prior",
    ),
]
PriorRevision = Annotated[
    str | None,
    typer.Option(
        "--prior-revision",
        metavar="REV",
        help="Commit, tag or branch of --prior on the hub. The shard remembers the commit.",
        show_default="main",
    ),
]
_DECODER = "the decoder that paints the picture: a local folder in diffusers' format, or a hub id."
Controlnet = Annotated[
    str | None,
    typer.Option(
        "--decoder",
        metavar="DIR|ID",
        help=f"Kandinsky's depth ControlNet, {_DECODER}",
        show_default="kandinsky-community/kandinsky-2-2-controlnet-depth",
    ),
]
Inpainting = Annotated[
    str | None,
    typer.Option(
        "--decoder",
        metavar="DIR|ID",
        help=f"Kandinsky's inpainting, {_DECODER}",
        show_default="kandinsky-community/kandinsky-2-2-decoder-inpaint",
    ),
]
Revision = Annotated[
    str | None,
    typer.Option(
        "--revision",
        metavar="REV",
        help="Commit, tag or branch of --decoder on the hub. The shard remembers the commit.",
        show_default="main",
    ),
]
Download = Annotated[
    bool, typer.Option("--allow-download", help="Let Kandinsky be fetched from the hub; else it must be here.")
]
Steps = Annotated[
    int | None, typer.Option("--steps", min=1, max=1000, help="Denoising steps of the decoder.", show_default="100")
]
PriorSteps = Annotated[
    int | None, typer.Option("--prior-steps", min=1, max=1000, help="Denoising steps of the prior.", show_default="25")
]
Guidance = Annotated[
    float | None,
    typer.Option(
        "--guidance",
        min=1.01,
        max=50,
        help="How much the decoder keeps to the words (classifier-free guidance).",
        show_default="4",
    ),
]
Negative = Annotated[
    str | None,
    typer.Option(
        "--negative-prompt",
        metavar="TEXT",
        help="What must not be in the picture; '' for nothing.",
        show_default="glasses, hats and bad pictures, see diffusion/prompts.py",
    ),
]
Batch = Annotated[
    int | None,
    typer.Option(
        "--batch-size",
        min=1,
        max=256,
        help="Pictures at once. It does not change them but for the rounding of the last bit.",
        show_default="4",
    ),
]
DtypeOption = Annotated[
    Dtype | None,
    typer.Option("--dtype", help="Of the weights. auto: fp16 on a GPU, fp32 on a CPU.", show_default="auto"),
]
OffloadOption = Annotated[
    Offload | None,
    typer.Option(
        "--offload",
        help="Keep models, or their layers one by one (slow), in the CPU's memory until the GPU needs them.",
        show_default="none",
    ),
]
Slicing = Annotated[
    bool, typer.Option("--attention-slicing", help="Compute attention in slices: less GPU memory, some slower.")
]


@dataclass(frozen=True)
class Asked:
    """What the command line says of Kandinsky; None for what it does not say."""

    prior: str | None
    prior_revision: str | None
    decoder: str | None
    revision: str | None
    allow_download: bool
    steps: int | None
    prior_steps: int | None
    guidance: float | None
    negative_prompt: str | None
    batch_size: int | None
    dtype: Dtype | None
    offload: Offload | None
    attention_slicing: bool

    @classmethod
    def of(cls, parameters: Mapping[str, Any]) -> Asked:
        """From all the parameters of a command, by name."""
        return cls(**{field.name: parameters[field.name] for field in fields(cls)})

    def refuse(self, unless: str, **more: Any) -> None:
        """Raises UsageError for an option that says something of Kandinsky, or one of `more`, by another engine."""
        said = {**{field.name: getattr(self, field.name) for field in fields(self)}, **more}
        for name, value in said.items():
            if value is not None and value is not False:
                option = f"--{name.replace('_', '-')}"
                raise UsageError(f"{option}: Kandinsky alone minds it; add {unless}, or leave it out")

    def recipe(self, decoder: Pipeline, device: str, negative: str) -> Recipe:
        """What it comes to, with weights that are here; `negative` stands for a prompt that is not given.

        Raises ImportError without diffusers, FileNotFoundError and ValueError for weights or devices that are not here.
        """
        from painctl.diffusion.hub import PRIOR, located, require_diffusers
        from painctl.diffusion.pipelines import Machine, Recipe, SamplingSettings

        require_diffusers()
        given = {
            "steps": self.steps,
            "prior_steps": self.prior_steps,
            "guidance": self.guidance,
            "negative": negative if self.negative_prompt is None else self.negative_prompt,
        }
        how = {
            "dtype": self.dtype and self.dtype.value,
            "offload": self.offload and self.offload.value,
            "batch": self.batch_size,
        }
        return Recipe(
            located(PRIOR, self.prior, self.prior_revision, self.allow_download),
            located(decoder, self.decoder, self.revision, self.allow_download),
            Machine(device, attention_slicing=self.attention_slicing, **_said(how)).resolved(),
            SamplingSettings(**_said(given)),
        )


def _said(options: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value is not None}
