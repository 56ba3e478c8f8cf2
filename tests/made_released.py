"""Weights of a small released ViTPain, under the names of its checkpoint."""

import torch

from painctl.runs.seeding import seeded
from painctl.vitpain.released import Released, ReleasedArchitecture

SMALL = {"width": 64, "depth": 2}


def random_state(**changes):
    """Random weights, none at a value such as 0 or 1 that would hide it from a test."""
    with seeded(3, "weights"):
        model = Released(ReleasedArchitecture(**{**SMALL, **changes}))
        for name, parameter in model.named_parameters():
            if parameter.ndim > 1:
                torch.nn.init.normal_(parameter, std=0.5 if "lora" in name or "token" in name else 0.1)
            elif "norm" in name or "gamma" in name:
                torch.nn.init.uniform_(parameter, 0.5, 1.5)
    return {name: tensor.clone() for name, tensor in model.state_dict().items()}
