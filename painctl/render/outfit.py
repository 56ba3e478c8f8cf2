"""Everything a person wears on top of the head mesh: hair, beard, lashes, clothing and the inside of the mouth."""

from __future__ import annotations

import numpy as np

from painctl.appearance.beard_hairs import beard_hairs
from painctl.appearance.clothing import dress
from painctl.appearance.hairstyle import grow
from painctl.appearance.lashes import lashes
from painctl.appearance.mouth import fill_mouth
from painctl.records import Identity, Topology
from painctl.render.overlay import Overlay


def outfit(person: Identity, topology: Topology, neutral: np.ndarray, *, hair: bool = True) -> Overlay:
    """The clothing, teeth, lashes and (with `hair`) hair and beard of a person.

    They are fitted to the person's neutral head [V, 3], metres.
    """
    person_and_head = person, topology, neutral
    return Overlay(
        grow(*person_and_head) if hair else None,
        dress(*person_and_head),
        lashes(*person_and_head),
        mouth=fill_mouth(*person_and_head),
        beard=beard_hairs(*person_and_head) if hair else None,
    )
