"""What training minimises: PSPI, pain or not, and the six action units."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from painctl.vitpain.model import Outputs
from painctl.vitpain.settings import Settings


def losses(outputs: Outputs, pspi: Tensor, aus: Tensor, settings: Settings) -> dict[str, Tensor]:
    """The three terms and their weighted sum, scalars, after the ViTPain paper.

    `pspi` is a mean squared error on PSPI / 16, `binary` a cross-entropy on PSPI >= 1, `au` a mean squared error on
    raw intensities; `loss` is w1 pspi + w2 binary + w3 au. Targets: pspi [B] in 0..16, aus [B, 6].
    """
    terms = {
        "pspi": nn.functional.mse_loss(outputs.pspi, pspi.float() / 16),
        "binary": nn.functional.binary_cross_entropy_with_logits(outputs.logit, (pspi >= 1).float()),
        "au": nn.functional.mse_loss(outputs.aus, aus.float()),
    }
    weights = {"pspi": settings.pspi_loss, "binary": settings.binary_loss, "au": settings.au_loss}
    return {"loss": torch.stack([weights[name] * term for name, term in terms.items()]).sum(), **terms}
