import numpy as np

from painctl.appearance.occluders.tubing import cannula, gastric_tube


def reach(wearer, points):
    """Distance from points [N, 3] to the nostrils."""
    return np.linalg.norm(points - wearer.landmarks[33], axis=1)


def test_a_cannula_has_a_prong_in_each_nostril_and_tubing_over_each_ear(wearers):
    for wearer in wearers[:8:2]:
        bar, *sides = cannula(wearer)
        assert reach(wearer, bar.mesh.vertices).min() < 0.012
        for (prong, tubing), side in zip((sides[:2], sides[2:]), (1, -1), strict=True):
            assert reach(wearer, prong.mesh.vertices).max() < 0.02
            assert side * prong.mesh.vertices[:, 0].mean() > 0.002
            low, high = wearer.ear(side)
            points = tubing.mesh.vertices
            assert (side * points[:, 0] > -0.01).all()
            behind = points[points[:, 2] < high[2]]
            assert behind[:, 1].max() > low[1]
            assert points[:, 1].min() < wearer.landmarks[8, 1]


def test_tubing_has_its_thickness(wearers):
    for wearer in wearers[:4:2]:
        points = cannula(wearer)[2].mesh.vertices
        rings = points.reshape(-1, 8, 3)
        radius = np.linalg.norm(rings - rings.mean(1, keepdims=True), axis=2)[2:-2]
        assert 0.0018 < radius.mean() < 0.0026


def test_a_gastric_tube_leaves_one_nostril_and_is_taped_to_nose_and_cheek(wearers):
    sides = set()
    for wearer in wearers[::2]:
        tube, *tapes = gastric_tube(wearer)
        side = np.sign(tube.mesh.vertices[np.abs(tube.mesh.vertices[:, 0]).argmax(), 0])
        sides.add(side)
        assert reach(wearer, tube.mesh.vertices).min() < 0.012
        assert len(tapes) == 3
        bridge, _, cheek = (np.median(tape.mesh.vertices, axis=0) for tape in tapes)
        assert np.linalg.norm(bridge - wearer.landmarks[29]) < 0.02
        assert side * cheek[0] > 0.02
        for tape in tapes[::2]:
            above, _ = wearer.height(tape.mesh.vertices.astype(float))
            assert -0.003 < above.min() < 0.002
    assert sides == {1, -1}
