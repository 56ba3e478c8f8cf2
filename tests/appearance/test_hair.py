from dataclasses import replace

from painctl.appearance.hair import _beard


def test_some_men_wear_a_beard_and_it_stays_off_the_lips(canvas_of, person):
    canvases = [canvas_of(replace(person, seed=seed), 512) for seed in range(12)]
    hairs = [_beard(canvas)[2] for canvas in canvases]
    worn = [bool(hair.any()) for hair in hairs]
    assert 1 <= sum(worn) <= 8
    for canvas, hair in zip(canvases, hairs, strict=True):
        assert not hair[canvas.regions["lips"] > 0.5].any()
        assert not hair.any() or hair[canvas.regions["chin"] > 0.9].mean() > 0.1
