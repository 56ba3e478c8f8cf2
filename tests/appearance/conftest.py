from dataclasses import replace

import numpy as np
import pytest

from painctl.appearance.procedural import procedural
from painctl.appearance.texture_space import TextureSpace
from painctl.face.demographics import assign, load_demographics
from painctl.face.identity import draw_identity

SIZE = 256


@pytest.fixture(scope="session")
def person(head):
    """A young man, whose hair, iris and pigments tests replace."""
    group = assign(load_demographics("balanced"), 24, 7)
    drawn = next(draw_identity(head, 7, i, *g) for i, g in enumerate(group) if g[:2] == ("young", "man"))
    return replace(drawn, melanin=0.03, haemoglobin=0.006)


@pytest.fixture(scope="session")
def neutral(head, person):
    return head.neutral(person.coefficients)


@pytest.fixture(scope="session")
def landmarks(head, neutral):
    return head.topology.landmarks(neutral)


@pytest.fixture(scope="session")
def space_of(head):
    def space_of(person, size=SIZE):
        return TextureSpace(person, head.topology, head.neutral(person.coefficients), size)

    return space_of


@pytest.fixture(scope="session")
def paint(head):
    """The procedural maps of a person, painted once."""
    painted = {}

    def paint(person, size=SIZE):
        values = [value.tobytes() if isinstance(value, np.ndarray) else value for value in vars(person).values()]
        key = (*values, size)
        if key not in painted:
            painted[key] = procedural(person, head.topology, head.neutral(person.coefficients), size)
        return painted[key]

    return paint


@pytest.fixture(scope="session")
def region(space_of, person):
    """Whether each texel of a picture is fully inside a region, bool [T, T]."""
    space = space_of(person)

    def region(name):
        inside = np.zeros(SIZE * SIZE, bool)
        inside[space.texels.covered] = space.regions[name] > 0.95
        return inside.reshape(SIZE, SIZE)

    return region
