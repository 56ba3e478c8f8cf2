"""Training settings: the paper's, those of its released code, and our own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from painctl.vitpain import backbones

NONE, MILD, STRONG = "none", "mild", "strong"  # augmentation
# of strong augmentation; after pose, `images.photographed.EFFECTS`, which would import OpenCV
PARTS: Final = ("pose", "light", "cover", "blur", "colour", "tone", "noise", "resolution", "compression")


@dataclass(frozen=True)
class TrainingSettings:
    """All settings of a training; the defaults are the paper's for a pretrained backbone.

    Raises ValueError for an invalid value. Field names are keys of config.json and of fold files.
    """

    epochs: int = 100  # 0 leaves the model unchanged
    batch_size: int = 48  # pairs per optimizer step, over all processes
    accumulate: int = 1  # parts of a batch, computed one after the other to save memory
    learning_rate: float = 1e-5  # highest, of AdamW
    adapter_rate: float = 1.0  # of the LoRA adapters, as a share of learning_rate
    weight_decay: float = 0.1
    warmup: float = 0.0  # share of the steps with a rising rate
    final_rate: float = 0.01  # end of the cosine, as a share of learning_rate
    clip: float = 1.0  # maximum norm of the gradient
    pain_weight: float = 1.0  # odds of drawing a frame of PSPI >= 1 against one of PSPI 0
    pspi_loss: float = 1.0
    binary_loss: float = 1.0
    au_loss: float = 0.1
    contrast_loss: float = 0.1  # for a model with contrastive features
    spread_loss: float = 0.1  # for a model that states the expected error
    augment: str = "mild"  # none, mild, strong, or some of `PARTS` separated by commas
    reference_dropout: float = 0.0  # probability that the neutral picture of a training pair is missing
    rest_share: float = 0.0  # probability that the face of a training pair is itself a neutral one, with labels of 0
    any_reference: float = 0.0  # probability that the reference is any picture, with labels of what is beyond it
    shots: int = 1  # neutral pictures per person: training draws one, testing averages over all
    precision: str = "fp32"  # fp32 or bf16
    compile: bool = False  # with torch.compile
    workers: int = 0  # processes that decode pictures
    seed: int = 0

    def __post_init__(self) -> None:
        if self.epochs < 0:
            raise ValueError(f"epochs is {self.epochs}; expected 0 or more")
        for name in ("batch_size", "accumulate", "learning_rate", "clip", "pain_weight", "shots"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name} is {getattr(self, name)}; expected a value above 0")
        for name in ("reference_dropout", "rest_share", "any_reference"):
            if not 0 <= getattr(self, name) < 1:
                raise ValueError(f"{name} is {getattr(self, name)}; expected a probability below 1")
        if self.reference_dropout and self.augment == NONE:
            raise ValueError("reference_dropout needs augmentation: without it, every epoch has the same pairs")
        augmentation_parts(self.augment)
        if self.precision not in ("fp32", "bf16"):
            raise ValueError(f"precision is {self.precision!r}; use fp32 or bf16")


def augmentation_parts(augment: str) -> tuple[str, ...]:
    """The parts of strong augmentation that a setting selects. Raises ValueError for an unknown one."""
    if augment in (NONE, MILD):
        return ()
    if augment == STRONG:
        return PARTS
    parts = tuple(augment.split(","))
    if unknown := [part for part in parts if part not in PARTS]:
        raise ValueError(f"augment has {unknown[0]!r}; use {NONE}, {MILD}, {STRONG}, or some of {', '.join(PARTS)}")
    return parts


# the whole network is trained; with the paper's loss weights the AU term would drown the PSPI term
COMPACT: Final = TrainingSettings(
    epochs=150, batch_size=8, learning_rate=3e-3, weight_decay=0.05, warmup=0.1, pspi_loss=8.0
)
HYBRID: Final = TrainingSettings(
    epochs=16,
    batch_size=32,
    learning_rate=1e-3,
    weight_decay=0.05,
    warmup=0.1,
    pspi_loss=8.0,
    au_loss=0.5,
    augment=STRONG,
    rest_share=0.15,
    any_reference=0.3,
)
# our own: the published demo of PwCT does not describe its training
PWCT: Final = TrainingSettings(epochs=60, batch_size=32, learning_rate=1e-3, weight_decay=0.01)
PAPER: Final = TrainingSettings()
# The released code differs from the paper: a higher learning rate for the heads, a tenth of it for the adapters, more
# epochs, and on synthetic data more weight on the action units. Its cosine decays by epoch, ours by step.
RELEASED_PRETRAIN: Final = TrainingSettings(
    epochs=150, batch_size=48, learning_rate=1e-4, adapter_rate=0.1, au_loss=1.0
)
RELEASED_CV: Final = TrainingSettings(epochs=50, batch_size=100, learning_rate=1e-4, adapter_rate=0.1)
REAL_PAIN_WEIGHT: Final = 2.0  # most real frames show no pain; the paper and its released code agree


def defaults(
    model: str = "vitpain",
    backbone: str = "compact",
    preset: str = "paper",
    real: bool = False,
    cross_validation: bool = False,
) -> TrainingSettings:
    """The settings for a model and a backbone: our own for a backbone without pretraining, else the preset's.

    With `real` photographs, frames with pain are drawn more often, whatever the model.
    """
    settings = _defaults(model, backbone, preset, cross_validation)
    return replace(settings, pain_weight=REAL_PAIN_WEIGHT) if real else settings


def _defaults(model: str, backbone: str, preset: str, cross_validation: bool) -> TrainingSettings:
    if model == "pwct":
        return PWCT
    if preset == "released":
        return RELEASED_CV if cross_validation else RELEASED_PRETRAIN
    return {backbones.COMPACT: COMPACT, backbones.HYBRID: HYBRID}.get(backbone, PAPER)
