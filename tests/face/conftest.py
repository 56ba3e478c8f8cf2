import numpy as np
import pytest

from painctl.face.atlas import BOXES, islands
from painctl.face.demographics import assign, load_demographics
from painctl.face.identity import draw_identity


@pytest.fixture(scope="session")
def island(head):
    """The name of each triangle's texture island, str [F]."""
    topology = head.topology
    return np.array(list(BOXES))[islands(topology.uv_faces, len(topology.uvs))[topology.uv_faces[:, 0]]]


@pytest.fixture(scope="session")
def people(head):
    """A hundred people of a balanced run, and their neutral heads [100, V, 3]."""
    groups = assign(load_demographics("balanced"), 100, seed=11)
    drawn = [draw_identity(head, 11, index, *group) for index, group in enumerate(groups)]
    return drawn, np.stack([head.neutral(person.coefficients) for person in drawn])
