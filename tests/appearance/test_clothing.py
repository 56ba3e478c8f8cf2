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
def people(head):
    groups = assign(load_demographics("balanced"), 12, 3)
    drawn = [draw_identity(head, 3, index, *group) for index, group in enumerate(groups)]
    return [(person, head.neutral(person.coefficients)) for person in drawn]


@pytest.mark.parametrize("garment", GARMENTS)
def test_a_garment_ends_below_the_chin_and_hangs_below_the_open_edge(head, people, garment):
    for person, vertices in people:
        cloth = dress(replace(person, garment=garment), head.topology, vertices)
        chin = vertices[head.topology.faces[head.topology.landmark_faces[8]]].mean(0)
        assert np.isfinite(cloth.vertices).all()
        ahead = np.abs(cloth.vertices[:, 0]) < 0.03
        assert cloth.vertices[ahead & (cloth.vertices[:, 2] > -0.06), 1].max() < chin[1]
        assert cloth.vertices[:, 1].min() < vertices[:, 1].min() - 0.2
        assert cloth.faces.min() >= 0
        assert cloth.faces.max() < len(cloth.vertices) == len(cloth.colour)


def test_every_inner_edge_of_the_garment_has_two_triangles_of_the_same_orientation(head, people):
    for person, vertices in people:
        faces = dress(person, head.topology, vertices).faces
        directed, count = np.unique(directed_edges(faces), axis=0, return_counts=True)
        assert (count == 1).all()  # no edge has the same direction twice: all triangles face outwards
        open_edges = len(directed) - 2 * len({tuple(sorted(edge)) for edge in directed.tolist()} & _both(directed))
        assert open_edges > 0  # the openings at the neck and below the skirt


def _both(directed):
    """The edges that occur in both directions."""
    edges = set(map(tuple, directed.tolist()))
    return {tuple(sorted(edge)) for edge in edges if edge[::-1] in edges}


def test_cloth_colours_the_garment_and_nothing_else(head, people):
    person, vertices = people[0]
    plain, red = (
        dress(replace(person, cloth=np.array(c, np.float32)), head.topology, vertices)
        for c in ((0.4,) * 3, (0.4, 0.1, 0.1))
    )
    np.testing.assert_array_equal(plain.vertices, red.vertices)
    np.testing.assert_array_equal(plain.colour[:, 0], red.colour[:, 0])
    assert (plain.colour[:, 1] > red.colour[:, 1]).all()


def test_folds_depend_on_the_person(head, people):
    person, vertices = people[0]
    assert draws(person.seed, person.identity, "clothing").random() != draws(4, person.identity, "clothing").random()
    first, repeated, another = (dress(replace(person, seed=s), head.topology, vertices).vertices for s in (3, 3, 4))
    np.testing.assert_array_equal(first, repeated)
    assert (first != another).any()


def test_a_fold_under_the_chin_gets_no_garment(head):
    """The lowest fold of this man's neck is below the plane of the neckline."""
    man = draw_identity(head, 11, 12, *assign(load_demographics("balanced"), 100, 11)[12])
    cloth = dress(man, head.topology, head.neutral(man.coefficients))
    parts = connected_components(cloth.faces, len(cloth.vertices))
    assert len(np.unique(parts[cloth.faces])) == 1
