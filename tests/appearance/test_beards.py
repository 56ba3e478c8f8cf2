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
