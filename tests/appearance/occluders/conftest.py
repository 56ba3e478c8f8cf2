import numpy as np
import pytest

from painctl.appearance.occluders.wearer import Wearer
from painctl.face.demographics import assign, load_demographics
from painctl.face.identity import draw_identity
from painctl.rig.blendshapes import BlendshapeRig

SKIN = np.full(3, 0.3, np.float32)


@pytest.fixture(scope="session")
def wearers(head):
    """Ten people at rest, and the same people in pain with their eyes open."""
    groups = assign(load_demographics("balanced"), 24, 77)
    rig, wearers = BlendshapeRig(head.topology), []
    for index in range(10):
        person = draw_identity(head, 77, index, *groups[index])
        neutral = head.neutral(person.coefficients)
        pained = rig.deform(neutral, np.array([[5, 5, 5, 5, 5, 0]]), np.zeros((1, 6)))[0]
        wearers += [Wearer(person, head.topology, neutral, face, SKIN) for face in (neutral, pained)]
    return wearers
