"""What is put on a head before it is pictured."""

from __future__ import annotations

import numpy as np

from painctl.appearance.clothing import dress
from painctl.appearance.hairstyle import grow
from painctl.appearance.lashes import lashes
from painctl.appearance.teeth import teeth
from painctl.records import Identity, Mesh, Topology
from painctl.render.overlay import Overlay


def overlay_of(person: Identity, topology: Topology, vertices: np.ndarray, hair: bool = True) -> Overlay:
    """What a person with the neutral head vertices [V, 3] wears: lashes, clothing, teeth, and hair unless left off."""
    solid = [part(person, topology, vertices) for part in (dress, teeth)]
    strands = grow(person, topology, vertices) if hair else None
    return Overlay(strands, Mesh.joined(solid), lashes(person, topology, vertices))
