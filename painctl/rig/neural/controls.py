"""The controls that a network can be trained on: the six pain units, left and right, or the 52 ARKit actions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from torch import Tensor

from painctl.pain.action_units import ACTION_UNITS
from painctl.rig.neural.activation import ARKIT, activations, arkit_activations

UNITS: Final = tuple(f"{unit} {side}" for unit in ACTION_UNITS for side in ("left", "right"))
FIELDS: Final = (*UNITS, *(f"{control} under closed lids" for control in UNITS[:-2]))
_STILL = 1e-5  # decimetres: a smaller displacement does not count as movement


@dataclass(frozen=True, eq=False)
class ControlSet:
    """The controls of a rig. Each has one displacement field over the skin, or several for different conditions."""

    controls: tuple[str, ...]
    fields: tuple[str, ...]  # the controls, and the controls under other conditions
    blinks: tuple[str, str]  # the controls that close the left and the right eye
    combine: Callable[[Tensor, Tensor], Tensor]  # [E, controls], [N, fields, 3] to displacements [E, N, 3]
    activations: Callable[[np.ndarray, np.ndarray], np.ndarray]  # pain units, asymmetry [E, 6] to [E, controls]

    @property
    def sides(self) -> Tensor:
        """Weights of the left and the right eye for each field, half each for a field of neither side: [fields, 2]."""
        eyes = {"left": (1.0, 0.0), "right": (0.0, 1.0)}
        matches = ([weights for side, weights in eyes.items() if side in field.lower()] for field in self.fields)
        return torch.tensor([match[0] if match else (0.5, 0.5) for match in matches])


def add_actions(mixture: Tensor, fields: Tensor) -> Tensor:
    """Displacements [E, N, 3] of actions [E, A] with fields [N, A, 3]: their sum, as in ARKit."""
    return torch.einsum("ek,nki->eni", mixture, fields)


def combine_units(mixture: Tensor, fields: Tensor) -> Tensor:
    """Displacements [E, N, 3] of controls [E, 12] that act at once, from the fields [N, 22, 3] of each alone.

    As in the open rig, units that move the same skin are combined by d = sum v_k sqrt(sum |v_k|^2) / sum |v_k| over
    all units but AU43, left and right together; the blinks are added. To the extent that the eyes are closed, the
    fields of units under closed lids apply: a squint moves closed lids less than open ones.
    """
    single, closed = mixture[:, :-2], mixture[:, -2:].repeat(1, len(ACTION_UNITS) - 1)
    under = torch.minimum(single, closed)
    amounts = torch.cat([single - under, under], 1).unflatten(1, (2, -1, 2))
    units = torch.einsum("evks,nvksi->enki", amounts, _by_unit(fields))
    length = (units.square().sum(3) + _STILL**2).sqrt()
    share = length.norm(dim=2) / length.sum(2)
    blink = torch.einsum("es,nsi->eni", mixture[:, -2:], fields[:, len(UNITS) - 2 : len(UNITS)])
    return units.sum(2) * share[:, :, None] + blink


def _by_unit(fields: Tensor) -> Tensor:
    """Fields of open and of closed eyes by unit and side: [N, 2, 5, 2, 3]."""
    opened, closed = fields[:, : len(UNITS) - 2], fields[:, len(UNITS) :]
    return torch.stack([opened, closed], 1).unflatten(2, (-1, 2))


CONTROL_SETS: Final = {
    "pain": ControlSet(UNITS, FIELDS, ("AU43 left", "AU43 right"), combine_units, activations),
    "arkit": ControlSet(ARKIT, ARKIT, ("eyeBlinkLeft", "eyeBlinkRight"), add_actions, arkit_activations),
}
