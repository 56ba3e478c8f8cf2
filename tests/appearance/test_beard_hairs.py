from dataclasses import replace

import numpy as np
import pytest

from painctl.appearance.beard_hairs import beard_hairs
from painctl.appearance.beards import STYLES, beard_length, beard_style


@pytest.fixture(scope="module")
def men(person):
    return [replace(person, seed=seed) for seed in range(200)]


def test_hairs_grow_where_the_style_lets_them(head, men):
    for name, style in STYLES.items():
        if not style.bearded:
            continue
        man = next(man for man in men if beard_style(man) == style)
        neutral = head.neutral(man.coefficients)
        hairs = beard_hairs(man, head.topology, neutral)
        roots = hairs.pose(neutral).points[:, 0]
        landmarks = head.topology.landmarks(neutral)
        assert len(roots) > 0.5 * style.hairs, name
        assert (roots[:, 1] < landmarks[30, 1] + 0.03).all()
        assert (np.abs(roots[:, 0]) < 1.4 * landmarks[54, 0]).all() == (style.zone != "all")
        if style.zone == "lip":
            assert (roots[:, 1] > landmarks[62, 1]).all()


def test_hairs_move_with_the_face_and_stand_outside_it(head, men):
    man = next(man for man in men if beard_style(man) == STYLES["full beard"])
    neutral = head.neutral(man.coefficients)
    hairs = beard_hairs(man, head.topology, neutral)
    still = hairs.pose(neutral)
    moved = hairs.pose(neutral + np.array((0, 0.01, 0.02)))
    np.testing.assert_allclose(
        moved.points - still.points, np.broadcast_to((0, 0.01, 0.02), still.points.shape), atol=1e-6
    )
    assert ((still.points[:, 1] - still.points[:, 0]) * still.outward[:, 0]).sum(1).mean() > 0
    run = np.linalg.norm(np.diff(still.points, axis=1), axis=2).sum(1)
    assert 0.3 * beard_length(man) < np.median(run) < 1.5 * beard_length(man)


def test_women_have_none_and_grey_comes_with_age(head, men):
    man = next(man for man in men if beard_style(man) == STYLES["full beard"])
    neutral = head.neutral(man.coefficients)
    assert beard_hairs(replace(man, gender="woman"), head.topology, neutral) is None
    young, old = (
        beard_hairs(replace(man, age=age, hair=np.full(3, 0.01, np.float32)), head.topology, neutral).colour.max(1)
        for age in (25.0, 80.0)
    )
    assert (young > 0.2).mean() == 0
    assert 0.3 < (old > 0.2).mean() < 0.7
