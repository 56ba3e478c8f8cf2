"""The Kandinsky 2.2 options shared by synth-neutral and render-views."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import Enum
from typing import Annotated, Any

import typer

from painctl.records import UsageError


class Dtype(str, Enum):
    """Precision of weights and activations."""

    auto = "auto"
    fp16 = "fp16"
    bf16 = "bf16"
    fp32 = "fp32"


class Offload(str, Enum):
    """What stays in CPU memory until the GPU needs it."""

    none = "none"
    model = "model"
    sequential = "sequential"


Prior = Annotated[
    str | None,
    typer.Option(
        "--prior",
        metavar="DIR|ID",
        help="Kandinsky's prior, which encodes the prompt: a local folder in diffusers' format, or a hub id.",
        show_default="kandinsky-community/kandinsky-2-2-prior",
    ),
]
PriorRevision = Annotated[
    str | None,
    typer.Option(
        "--prior-revision",
        metavar="REV",
        help="Commit, tag or branch of --prior on the hub. The shard records the commit.",
        show_default="main",
    ),
]
_DECODER = "the decoder that draws the picture: a local folder in diffusers' format, or a hub id."
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
        help=f"Kandinsky's inpainting model, {_DECODER}",
        show_default="kandinsky-community/kandinsky-2-2-decoder-inpaint",
    ),
]
Revision = Annotated[
    str | None,
    typer.Option(
        "--revision",
        metavar="REV",
        help="Commit, tag or branch of --decoder on the hub. The shard records the commit.",
        show_default="main",
    ),
]
Download = Annotated[
    bool, typer.Option("--allow-download", help="Download Kandinsky from the hub if it is not on this machine.")
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
        help="How closely the decoder follows the prompt (classifier-free guidance scale).",
        show_default="4",
    ),
]
Negative = Annotated[
    str | None,
    typer.Option(
        "--negative-prompt",
        metavar="TEXT",
        help="What should not appear in the picture; '' for nothing.",
        show_default="glasses, hats and low quality; see diffusion/prompts.py",
    ),
]
Batch = Annotated[
    int | None,
    typer.Option(
        "--batch-size",
        min=1,
        max=256,
        help="Pictures drawn at once. Affects only the rounding of the last bit.",
        show_default="4",
    ),
]
DtypeOption = Annotated[
    Dtype | None,
    typer.Option(
        "--dtype", help="Precision of the weights; auto is fp16 on a GPU and fp32 on a CPU.", show_default="auto"
    ),
]
OffloadOption = Annotated[
    Offload | None,
    typer.Option(
        "--offload",
        help="Keep whole models, or single layers (slow), in CPU memory until the GPU needs them.",
        show_default="none",
    ),
]
Slicing = Annotated[
    bool, typer.Option("--attention-slicing", help="Compute attention in slices: less GPU memory, slightly slower.")
]


@dataclass(frozen=True)
class KandinskyOptions:
    """The options that both commands take; None for those not given."""

    prior: Prior = None
    prior_revision: PriorRevision = None
    revision: Revision = None
    allow_download: Download = False
    steps: Steps = None
    prior_steps: PriorSteps = None
    guidance: Guidance = None
    negative_prompt: Negative = None
    batch_size: Batch = None
    dtype: DtypeOption = None
    offload: OffloadOption = None
    attention_slicing: Slicing = False

    def given(self, **more: Any) -> dict[str, Any]:
        """The options that were given, these and `more` of the command, as keyword arguments of the engine."""
        values = {**{field.name: getattr(self, field.name) for field in fields(self)}, **more}
        plain = {name: value.value if isinstance(value, Enum) else value for name, value in values.items()}
        return {name: value for name, value in plain.items() if value is not None and value is not False}

    def reject_given(self, unless: str, **more: Any) -> None:
        """Raises UsageError if any option was given although another engine is chosen; `unless` selects Kandinsky."""
        for name in self.given(**more):
            raise UsageError(f"--{name.replace('_', '-')}: only used by Kandinsky; add {unless}, or leave it out")
