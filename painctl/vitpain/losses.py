"""The training loss: PSPI, pain or no pain, and the six action units."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from painctl.vitpain.interface import Outputs
from painctl.vitpain.settings import TrainingSettings


def losses(
    outputs: Outputs, pspi: Tensor, aus: Tensor, levels: Sequence[int], settings: TrainingSettings
) -> dict[str, Tensor]:
    """The loss terms and their weighted sum, scalars, after the ViTPain paper.

    `pspi` is the mean squared error of PSPI / 16, `binary` the mean cross-entropy of PSPI >= each of `levels`, `au` the
    mean squared error of raw intensities, and `contrast` is `pwct.contrastive`; `loss` is their weighted sum. `spread`
    is the negative log-likelihood of the error of PSPI / 16, constant left out, under a normal distribution of that
    deviation (Nix and Weigend, IEEE ICNN 1994); it trains the deviation alone. A head that the model does not have adds
    no term. Targets: pspi [B] in 0..16 (or a difference of two), aus [B, 6], NaN for a unit that is not coded, which
    does not count in the mean.
    """
    terms = {"pspi": nn.functional.mse_loss(outputs.pspi.float(), pspi.float() / 16)}
    if outputs.logit is not None:
        reached = (pspi[:, None] >= torch.tensor(levels, device=pspi.device)).float()
        terms["binary"] = nn.functional.binary_cross_entropy_with_logits(outputs.logit.float(), reached)
    if outputs.aus is not None:
        estimates = outputs.aus.float()
        coded = aus.isfinite()
        targets = torch.where(coded, aus.float(), estimates.detach())  # no error, so no gradient, where none is coded
        share = aus.numel() / coded.sum().clamp(min=1)
        terms["au"] = nn.functional.mse_loss(estimates, targets) * share
    if outputs.features is not None:
        from painctl.vitpain.pwct import contrastive

        terms["contrast"] = contrastive(outputs.features, pspi)
    if outputs.spread is not None:
        deviation, error = outputs.spread.float(), outputs.pspi.detach().float() - pspi.float() / 16
        terms["spread"] = (deviation.log() + 0.5 * (error / deviation).square()).mean()
    weighted = [getattr(settings, f"{name}_loss") * term for name, term in terms.items()]
    return {"loss": torch.stack(weighted).sum(), **terms}
