import numpy as np

from painctl.face.head import eye_centres


def test_designs_are_those_of_the_person_and_differ_by_purpose(wearers):
    rest, pained, other = wearers[0], wearers[1], wearers[2]
    assert rest.draws("cap").random() == pained.draws("cap").random()
    assert rest.draws("cap").random() != rest.draws("mask").random()
    assert rest.draws("cap").random() != other.draws("cap").random()


def test_landmarks_move_with_the_face_and_those_at_rest_stay(wearers):
    rest, pained = wearers[0], wearers[1]
    np.testing.assert_allclose(rest.landmarks, rest.at_rest)
    np.testing.assert_allclose(pained.at_rest, rest.at_rest)
    assert np.abs(pained.landmarks - pained.at_rest).max() > 0.002


def test_the_centre_is_inside_the_head_between_the_eyes_and_the_back(wearers):
    for wearer in wearers[::2]:
        head = wearer.neutral[wearer.topology.region("neck") < 0.5]
        assert (head.min(0) < wearer.centre).all()
        assert (wearer.centre < head.max(0)).all()
        assert wearer.centre[0] == 0
        assert wearer.centre[2] < eye_centres(wearer.topology, wearer.neutral)[:, 2].min()


def test_each_ear_is_at_its_side_and_behind_the_face(wearers):
    for wearer in wearers[::2]:
        (left_low, left_high), (right_low, right_high) = (wearer.ear(side) for side in (1, -1))
        assert left_low[0] > 0 > right_high[0]
        for low, high in ((left_low, left_high), (right_low, right_high)):
            assert 0.03 < high[1] - low[1] < 0.09
            assert high[2] < wearer.landmarks[33, 2]


def test_height_is_measured_from_the_skin_along_its_normals(wearers):
    wearer = wearers[0]
    tip = wearer.landmarks[[30, 8, 27]]
    _, normal = wearer.height(tip)
    np.testing.assert_allclose(np.linalg.norm(normal, axis=1), 1, atol=1e-6)
    for lift in (0.002, 0.01):
        above, _ = wearer.height(tip + lift * normal)
        np.testing.assert_allclose(above, lift, atol=0.0015)


def test_points_are_pushed_out_only_as_far_as_asked_or_laid_from_either_side(wearers):
    wearer = wearers[0]
    cheeks = (wearer.landmarks[[48, 54]] + wearer.landmarks[[3, 13]]) / 2
    _, normal = wearer.height(cheeks)
    sunk, free = cheeks - 0.003 * normal, cheeks + 0.02 * normal
    assert (wearer.height(wearer.clear(sunk, 0.002))[0] > 0.0015).all()
    np.testing.assert_allclose(wearer.clear(free, 0.002), free)
    for points in (sunk, free):
        np.testing.assert_allclose(wearer.height(wearer.lay(points, 0.002))[0], 0.002, atol=6e-4)
