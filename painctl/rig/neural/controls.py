"""What a rig can be asked for: the six pain units, left and right, or the 52 actions of ARKit."""

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
_NOTHING = 1e-5  # decimetres: less than this moves no skin


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """The controls of a rig, and what it knows of each vertex: how far each of its fields carries it."""

    controls: tuple[str, ...]
    fields: tuple[str, ...]  # the controls, and what they are under other conditions
    blinks: tuple[str, str]  # the controls that close the left and the right eye
    together: Callable[[Tensor, Tensor], Tensor]  # [E, controls], [N, fields, 3] to displacements [E, N, 3]
    activations: Callable[[np.ndarray, np.ndarray], np.ndarray]  # of pain units and asymmetry [E, 6]: [E, controls]

    @property
    def sides(self) -> Tensor:
        """Which eye each field belongs to, the left or the right one, or half to each: [fields, 2]."""
        known = {"left": (1.0, 0.0), "right": (0.0, 1.0)}
        named = ([eye for side, eye in known.items() if side in field.lower()] for field in self.fields)
        return torch.tensor([eyes[0] if eyes else (0.5, 0.5) for eyes in named])


def added(mixture: Tensor, carried: Tensor) -> Tensor:
    """ARKit's rule: what actions [E, A] carry vertices by, [N, A, 3], adds up, [E, N, 3]."""
    return torch.einsum("ek,nki->eni", mixture, carried)


def shared(mixture: Tensor, carried: Tensor) -> Tensor:
    """How far controls at once, [E, 12], carry vertices that each field by itself carries by [N, 22, 3]: [E, N, 3].

    The open rig's rule for units that pull the same skin, d = sum v_k sqrt(sum |v_k|^2) / sum |v_k| over all units
    but AU43, left and right together; what closes the eyes is added. As far as they are closed a unit carries what
    it carries under closed lids, which a squint moves less than open ones.
    """
    single, shut = mixture[:, :-2], mixture[:, -2:].repeat(1, len(ACTION_UNITS) - 1)
    under = torch.minimum(single, shut)
    amounts = torch.cat([single - under, under], 1).unflatten(1, (2, -1, 2))
    units = torch.einsum("evks,nvksi->enki", amounts, _by_unit(carried))
    length = (units.square().sum(3) + _NOTHING**2).sqrt()
    share = length.norm(dim=2) / length.sum(2)
    blink = torch.einsum("es,nsi->eni", mixture[:, -2:], carried[:, len(UNITS) - 2 : len(UNITS)])
    return units.sum(2) * share[:, :, None] + blink


def _by_unit(carried: Tensor) -> Tensor:
    """Fields of open and of closed eyes by unit and side: [N, 2, 5, 2, 3]."""
    opened, closed = carried[:, : len(UNITS) - 2], carried[:, len(UNITS) :]
    return torch.stack([opened, closed], 1).unflatten(2, (-1, 2))


VOCABULARIES: Final = {
    "pain": Vocabulary(UNITS, FIELDS, ("AU43 left", "AU43 right"), shared, activations),
    "arkit": Vocabulary(ARKIT, ARKIT, ("eyeBlinkLeft", "eyeBlinkRight"), added, arkit_activations),
}
