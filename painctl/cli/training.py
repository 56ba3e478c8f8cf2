"""The options that pretrain and cv share: the model to begin from, and how it is trained."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from painctl.vitpain.settings import Settings


class Device(str, Enum):
    """Where the model computes."""

    auto = "auto"
    cpu = "cpu"
    cuda = "cuda"


Backbone = Annotated[
    str,
    typer.Option(
        "--backbone",
        metavar="compact|S|B|L|DIR|ID",
        help="compact: small enough for a CPU, trained from nothing. Else a pretrained DINOv3, frozen under LoRA: "
        "S, B or L, a local folder, or a hub id.",
    ),
]
Download = Annotated[
    bool, typer.Option("--allow-download", help="Let the backbone be fetched from the hub; else it must be here.")
]
Epochs = Annotated[
    int | None,
    typer.Option("--epochs", min=1, help="Passes over the frames.", show_default="150 for compact, else 100"),
]
BatchSize = Annotated[
    int | None, typer.Option("--batch-size", min=1, help="Pairs a step.", show_default="8 for compact, else 48")
]
LearningRate = Annotated[
    float | None,
    typer.Option("--learning-rate", min=0, help="Highest rate of AdamW.", show_default="3e-3 for compact, else 1e-5"),
]
DeviceOption = Annotated[Device, typer.Option("--device", help="Where to compute; auto takes CUDA where there is one.")]


def settings(
    backbone: str, epochs: int | None, batch_size: int | None, learning_rate: float | None, seed: int
) -> Settings:
    """The backbone's defaults with what was asked for in their place."""
    from dataclasses import replace

    from painctl.vitpain.settings import defaults

    asked: dict[str, Any] = {"epochs": epochs, "batch_size": batch_size, "learning_rate": learning_rate}
    return replace(defaults(backbone), seed=seed, **{k: v for k, v in asked.items() if v is not None})
