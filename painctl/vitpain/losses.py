"""What training minimises: PSPI, pain or not, and the six action units."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from painctl.vitpain.interface import Outputs
from painctl.vitpain.settings import TrainingSettings


def losses(
    outputs: Outputs, pspi: Tensor, aus: Tensor, levels: Sequence[int], settings: TrainingSettings
) -> dict[str, Tensor]:
    """The terms and their weighted sum, scalars, after the ViTPain paper.

    `pspi` is a mean squared error on PSPI / 16, `binary` a cross-entropy on PSPI >= each of `levels`, their mean,
    `au` a mean squared error on raw intensities, `contrast` is told in pwct; `loss` is their weighted sum. A head that
    the model does not have adds nothing. Targets: pspi [B] in 0..16 (of two frames their difference), aus [B, 6].
    """
    terms = {"pspi": nn.functional.mse_loss(outputs.pspi.float(), pspi.float() / 16)}
    if outputs.logit is not None:
        reached = (pspi[:, None] >= torch.tensor(levels, device=pspi.device)).float()
        terms["binary"] = nn.functional.binary_cross_entropy_with_logits(outputs.logit.float(), reached)
    if outputs.aus is not None:
        terms["au"] = nn.functional.mse_loss(outputs.aus.float(), aus.float())
    if outputs.features is not None:
        from painctl.vitpain.pwct import contrastive

        terms["contrast"] = contrastive(outputs.features, pspi)
    weighted = [getattr(settings, f"{name}_loss") * term for name, term in terms.items()]
    return {"loss": torch.stack(weighted).sum(), **terms}
