from dataclasses import replace

import numpy as np
import pytest

from painctl.appearance.beard_hairs import beard_hairs
from painctl.appearance.beards import STYLES, beard_length, beard_style
from painctl.appearance.painted_beard import paint_beard


@pytest.fixture(scope="module")
def men(person):
    return [replace(person, seed=seed) for seed in range(200)]


def test_each_style_occurs_and_only_men_have_one(men):
    names = [next(name for name, style in STYLES.items() if style == beard_style(man)) for man in men]
    assert set(names) == set(STYLES)
    assert 0.2 < np.mean([beard_style(man).bearded for man in men]) < 0.5
    for man in men[:30]:
        style = beard_style(man)
        assert style.shortest <= beard_length(man) <= style.longest
        woman = replace(man, gender="woman")
        assert beard_style(woman) == STYLES["shaven"]


def test_women_have_neither_stubble_nor_beard(space_of, person, head):
    woman = replace(person, gender="woman")
    assert not any(layer.any() for layer in paint_beard(space_of(woman)))
    assert beard_hairs(woman, head.topology, head.neutral(woman.coefficients)) is None


def test_a_painted_beard_stays_off_the_lips(space_of, men):
    bearded = [man for man in men if beard_style(man).zone == "all" and beard_style(man).bearded]
    for man in bearded[:2]:
        space = space_of(man, 512)
        hair = paint_beard(space)[2]
        assert not hair[space.regions["lips"] > 0.5].any()
        assert hair[space.regions["chin"] > 0.9].mean() > 0.1


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
