import made_meshes
import pytest

from painctl.face.demographics import assign, load_demographics
from painctl.face.identity import draw_identity
from painctl.rig.neural.weights import read, shipped
from painctl.scans.fitting import Fitter


@pytest.fixture(scope="session")
def person(head):
    """A person of the open head whom the shape model has not been made from: vertices [V, 3] in metres."""
    group = assign(load_demographics("balanced"), 24, 5)[6]
    return head.neutral(draw_identity(head, 5, 6, *group).coefficients)


@pytest.fixture(scope="session")
def parts(head, person):
    return made_meshes.parts_of(head, person)


@pytest.fixture(scope="session")
def fitter(head):
    return Fitter(head, read(shipped()).template.model)
