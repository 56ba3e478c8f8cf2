from dataclasses import replace

from painctl.appearance.facial_hair import _beard


def test_some_men_have_a_beard_and_it_stays_off_the_lips(space_of, person):
    spaces = [space_of(replace(person, seed=seed), 512) for seed in range(12)]
    hairs = [_beard(space)[2] for space in spaces]
    bearded = [bool(hair.any()) for hair in hairs]
    assert 1 <= sum(bearded) <= 8
    for space, hair in zip(spaces, hairs, strict=True):
        assert not hair[space.regions["lips"] > 0.5].any()
        assert not hair.any() or hair[space.regions["chin"] > 0.9].mean() > 0.1
