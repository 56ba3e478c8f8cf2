"""What training minimises: PSPI, pain or not, and the six action units."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from painctl.vitpain.interface import Outputs
from painctl.vitpain.settings import Settings


def losses(outputs: Outputs, pspi: Tensor, aus: Tensor, levels: Sequence[int], settings: Settings) -> dict[str, Tensor]:
    """The terms and their weighted sum, scalars, after the ViTPain paper.

    `pspi` is a mean squared error on PSPI / 16, `binary` a cross-entropy on PSPI >= each of `levels`, their mean,
    `au` a mean squared error on raw intensities; `loss` is w1 pspi + w2 binary + w3 au. A head that the model does
    not have adds nothing. Targets: pspi [B] in 0..16, aus [B, 6].
    """
    terms = {"pspi": nn.functional.mse_loss(outputs.pspi.float(), pspi.float() / 16)}
    if outputs.logit is not None:
        reached = (pspi[:, None] >= torch.tensor(levels, device=pspi.device)).float()
        terms["binary"] = nn.functional.binary_cross_entropy_with_logits(outputs.logit.float(), reached)
    if outputs.aus is not None:
        terms["au"] = nn.functional.mse_loss(outputs.aus.float(), aus.float())
    weights = {"pspi": settings.pspi_loss, "binary": settings.binary_loss, "au": settings.au_loss}
    return {"loss": torch.stack([weights[name] * term for name, term in terms.items()]).sum(), **terms}
