"""The head that the rig was trained on, and another head's place on it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from painctl.rig.neural.shape_model import Registered, ShapeModel, register
from painctl.rig.neural.surface import Surface

_SKIN = 0.03  # decimetres from where the model's skin lies, within which what lies there is skin
_WHOLE = 0.8  # of the skin that would move is in one part: eyeballs and teeth that come near are the rest


@dataclass(frozen=True, eq=False)
class Template:
    """The training frame: decimetres, x to the subject's left, y up, z out of the face, origin between the eyes."""

    model: ShapeModel
    moves: np.ndarray  # bool [P], whether any action unit moves the vertex
    apertures: np.ndarray  # float64 [2, P], whose product with heights is how far the left and the right eye are open

    def openness(self, fitted: np.ndarray) -> np.ndarray:
        """How far each eye of a head, the model's vertices [P, 3], is open beyond the mean head's: [2], as a share."""
        return self.apertures @ fitted[:, 1] / (self.apertures @ self.model.mean[:, 1]) - 1


@dataclass(frozen=True, eq=False)
class TemplateFit:
    """A surface of N vertices, of whose triangles M' may move, found on the template."""

    surface: Surface
    registered: Registered
    pinned: np.ndarray  # bool [N], no unit moves the vertex
    active: np.ndarray  # int64 [M'], rows of the surface's faces

    @classmethod
    def find(cls, template: Template, surface: Surface) -> TemplateFit:
        """A surface in the training frame.

        Only its largest part moves: eyeballs, tongue and teeth are parts by themselves and stay as they are. Raises
        ValueError if nothing would move, or other parts lie where skin would.
        """
        registered = register(template.model, surface)
        would = template.moves[registered.corners].any(1)
        near = np.linalg.norm(registered.of(registered.fitted) - surface.vertices, axis=1) < _SKIN
        skin = surface.areas * (would & near)[surface.faces].all(1)
        own = skin[surface.parts[surface.faces[:, 0]] == 0].sum()
        if not skin.any():
            raise ValueError("no part of the mesh lies where a face would move; is it a head?")
        if own < _WHOLE * skin.sum():
            raise ValueError(f"of the face's skin {own / skin.sum():.0%} is in the mesh's largest part; join its parts")
        pinned = ~would | (surface.parts > 0)
        active = np.flatnonzero(~pinned[surface.faces].all(1))
        return cls(surface, registered, pinned, active)
