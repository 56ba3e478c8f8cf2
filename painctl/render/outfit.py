"""Everything a person wears on top of the head mesh: hair, lashes, clothing and the inside of the mouth."""

from __future__ import annotations

import numpy as np

from painctl.appearance.clothing import dress
from painctl.appearance.hairstyle import grow
from painctl.appearance.lashes import lashes
from painctl.appearance.mouth import fill_mouth
from painctl.records import Identity, Topology
from painctl.render.overlay import Overlay


def outfit(person: Identity, topology: Topology, neutral: np.ndarray, *, hair: bool = True) -> Overlay:
    """The clothing, teeth, lashes and (with `hair`) hair of a person, fitted to their neutral head [V, 3] in metres."""
    person_and_head = person, topology, neutral
    strands = grow(*person_and_head) if hair else None
    return Overlay(strands, dress(*person_and_head), lashes(*person_and_head), fill_mouth(*person_and_head))
