import numpy as np
import pytest

from painctl.face.landmarks import MIRROR


@pytest.fixture(scope="module")
def points(head):
    return head.topology.landmarks(head.template)


def test_weights_are_barycentric(head):
    weights = head.topology.landmark_barycentric
    assert weights.min() >= 0
    np.testing.assert_allclose(weights.sum(1), 1, atol=1e-6)


def test_the_left_mirrors_the_right(points):
    np.testing.assert_array_equal(MIRROR[MIRROR], np.arange(68))
    np.testing.assert_allclose(points, points[MIRROR] * (-1, 1, 1), atol=2e-4)


def test_the_order_is_ibugs_from_the_subjects_right(points):
    x, y, _ = points.T
    for row in (slice(0, 17), slice(17, 27), slice(31, 36), slice(48, 55), slice(60, 65)):
        assert (np.diff(x[row]) > 0).all()
    assert (np.diff(y[0:9]) < 0).all()  # down the right jaw to the chin
    assert (np.diff(y[27:31]) < 0).all()  # down the bridge of the nose
    assert x[36] < x[37] < x[38] < x[39] < 0 < x[42] < x[43] < x[44] < x[45]


def test_features_are_above_each_other(points):
    y = points[:, 1]
    assert y[17:27].min() > y[36:48].max()  # brows, eyes, base of the nose, lips, chin
    assert y[36:48].min() > y[31:36].max() > y[31:36].min() > y[48:60].max()
    assert y[48:60].min() > y[8]


def test_lids_and_lips_surround_their_openings(points):
    y = points[:, 1]
    for upper, lower in ((37, 41), (38, 40), (43, 47), (44, 46), (51, 57), (50, 58), (52, 56)):
        assert y[upper] - y[lower] > 0.004
    for upper, lower in ((61, 67), (62, 66), (63, 65)):
        assert 0 <= y[upper] - y[lower] < 0.005  # the mouth is shut
    assert (y[[50, 51, 52]] > y[[61, 62, 63]]).all()
    assert (y[[58, 57, 56]] < y[[67, 66, 65]]).all()


def test_points_are_in_their_regions(head):
    topology = head.topology
    corners = topology.faces[topology.landmark_faces]
    member = {name: topology.region(name)[corners].max(1) for name in ("lids", "lips", "brows", "nose")}
    assert (member["lids"][36:48] > 0.5).all()
    assert (member["lips"][48:68] > 0.3).all()
    assert (member["brows"][17:27] > 0.1).all()
    assert (member["nose"][28:31] > 0.5).all()


def test_landmarks_follow_a_moving_face(head):
    topology = head.topology

    def moved(action):
        shut = head.template + sum(topology.actions[topology.action_names.index(action + s)] for s in ("Left", "Right"))
        return topology.landmarks(shut)[:, 1] - topology.landmarks(head.template)[:, 1]

    assert moved("eyeBlink")[[37, 38, 43, 44]].max() < -0.003
    assert moved("browDown")[[20, 21, 22, 23]].max() < -0.002
    assert moved("mouthUpperUp")[[50, 52]].min() > 0.001


def test_every_person_keeps_the_order(head, people):
    for vertices in people[1]:
        x, y, _ = head.topology.landmarks(vertices).T
        assert (np.diff(x[0:17]) > 0).all()
        assert y[17:27].min() > y[36:48].max() > y[31:36].max() > y[48:60].max() > y[8]
