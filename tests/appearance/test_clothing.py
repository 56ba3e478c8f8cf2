from dataclasses import replace

import numpy as np
import pytest

from painctl.appearance.clothing import dress
from painctl.face.demographics import assign, load_demographics
from painctl.face.grooming import GARMENTS
from painctl.face.identity import draw_identity
from painctl.mesh.graph import connected_components, directed_edges
from painctl.runs.draws import draws


@pytest.fixture(scope="module")
def bodies(head):
    groups = assign(load_demographics("balanced"), 12, 3)
    drawn = [draw_identity(head, 3, index, *group) for index, group in enumerate(groups)]
    return [(person, head.neutral(person.coefficients)) for person in drawn]


@pytest.mark.parametrize("garment", GARMENTS)
def test_a_garment_lies_below_the_chin_and_hangs_below_the_cut(head, bodies, garment):
    for person, vertices in bodies:
        cloth = dress(replace(person, garment=garment), head.topology, vertices)
        chin = vertices[head.topology.faces[head.topology.landmark_faces[8]]].mean(0)
        assert np.isfinite(cloth.vertices).all()
        ahead = np.abs(cloth.vertices[:, 0]) < 0.03
        assert cloth.vertices[ahead & (cloth.vertices[:, 2] > -0.06), 1].max() < chin[1]
        assert cloth.vertices[:, 1].min() < vertices[:, 1].min() - 0.2
        assert cloth.faces.min() >= 0
        assert cloth.faces.max() < len(cloth.vertices) == len(cloth.colour)


def test_every_edge_inside_the_garment_has_two_triangles_that_agree(head, bodies):
    for person, vertices in bodies:
        faces = dress(person, head.topology, vertices).faces
        directed, count = np.unique(directed_edges(faces), axis=0, return_counts=True)
        assert (count == 1).all()  # no edge is walked twice the same way: all triangles face outwards
        alone = len(directed) - 2 * len({tuple(sorted(edge)) for edge in directed.tolist()} & _both(directed))
        assert alone > 0  # the neck's opening and the skirt's foot


def _both(directed):
    every = set(map(tuple, directed.tolist()))
    return {tuple(sorted(edge)) for edge in every if edge[::-1] in every}


def test_cloth_colours_the_garment_and_nothing_else(head, bodies):
    person, vertices = bodies[0]
    plain, red = (
        dress(replace(person, cloth=np.array(c, np.float32)), head.topology, vertices)
        for c in ((0.4,) * 3, (0.4, 0.1, 0.1))
    )
    np.testing.assert_array_equal(plain.vertices, red.vertices)
    np.testing.assert_array_equal(plain.colour[:, 0], red.colour[:, 0])
    assert (plain.colour[:, 1] > red.colour[:, 1]).all()


def test_folds_are_drawn_for_the_person(head, bodies):
    person, vertices = bodies[0]
    assert draws(person.seed, person.identity, "clothing").random() != draws(4, person.identity, "clothing").random()
    one, same, other = (dress(replace(person, seed=s), head.topology, vertices).vertices for s in (3, 3, 4))
    np.testing.assert_array_equal(one, same)
    assert (one != other).any()


def test_a_neck_that_folds_under_the_chin_wears_one_garment(head):
    """This man's lowest wrinkle of the neck dips below the plane of the neckline."""
    man = draw_identity(head, 11, 12, *assign(load_demographics("balanced"), 100, 11)[12])
    cloth = dress(man, head.topology, head.neutral(man.coefficients))
    parts = connected_components(cloth.faces, len(cloth.vertices))
    assert len(np.unique(parts[cloth.faces])) == 1
