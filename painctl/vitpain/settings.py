"""How a model is trained: every number in one place, the paper's unless the backbone is the compact one."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """The paper's protocol for a pretrained backbone. Raises ValueError for a number that cannot be."""

    epochs: int = 100
    batch_size: int = 48
    learning_rate: float = 1e-5  # highest, of AdamW
    weight_decay: float = 0.1
    warmup: float = 0.0  # share of the steps in which the rate rises
    final_rate: float = 0.01  # share of the highest rate that the cosine ends at
    clip: float = 1.0  # norm of the gradient
    pain_weight: float = 2.0  # odds of drawing a frame of PSPI >= 1 against one of PSPI 0
    pspi_loss: float = 1.0
    binary_loss: float = 1.0
    au_loss: float = 0.1
    augment: bool = True
    workers: int = 0  # processes that decode
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("epochs", "batch_size", "learning_rate", "clip", "pain_weight"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name} is {getattr(self, name)}; it must be above 0")


COMPACT = Settings(epochs=150, batch_size=8, learning_rate=3e-3, weight_decay=0.05, warmup=0.1, pain_weight=1.0)


def defaults(backbone: str) -> Settings:
    """Settings for a backbone by name: `COMPACT` when its weights start from nothing, else the paper's."""
    return COMPACT if backbone == "compact" else Settings()
