"""Everything a person wears on top of the head mesh: hair, beard, lashes, teeth and clothing."""

from __future__ import annotations

import numpy as np

from painctl.appearance.beard_hairs import beard_hairs
from painctl.appearance.clothing import dress
from painctl.appearance.hairstyle import grow
from painctl.appearance.lashes import lashes
from painctl.appearance.teeth import teeth
from painctl.records import Identity, Mesh, Topology
from painctl.render.overlay import Overlay


def outfit(person: Identity, topology: Topology, neutral: np.ndarray, *, hair: bool = True) -> Overlay:
    """The clothing, teeth, lashes and (with `hair`) hair and beard of a person.

    They are fitted to the person's neutral head [V, 3], metres.
    """
    solid = [part(person, topology, neutral) for part in (dress, teeth)]
    strands = grow(person, topology, neutral) if hair else None
    beard = beard_hairs(person, topology, neutral) if hair else None
    return Overlay(strands, Mesh.joined(solid), lashes(person, topology, neutral), beard=beard)
