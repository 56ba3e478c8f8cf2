import numpy as np
import pytest
import torch

from painctl.diffusion.pipelines import Sample, to_bytes
from painctl.diffusion.portrait import Portraitist

SAMPLES = [Sample("a young man", 7, number, "portrait/0") for number in range(4)]
DEPTHS = np.random.default_rng(0).random((4, 128, 128), np.float32)


@pytest.fixture(scope="module")
def artist(recipe):
    return Portraitist(recipe())


def draw(artist, samples, depths, at_once=2):
    parts = [artist.draw(samples[i : i + at_once], depths[i : i + at_once]) for i in range(0, len(samples), at_once)]
    return np.stack([to_bytes(picture) for part in parts for picture in part])


@pytest.fixture
def network_inputs(artist):
    """The inputs of the decoder's network, by step."""
    calls = []

    def record(module, args, kwargs):
        calls.append({"sample": kwargs["sample"], **kwargs["added_cond_kwargs"]})

    hook = artist._pipe.unet.register_forward_pre_hook(record, with_kwargs=True)
    yield calls
    hook.remove()


def test_the_hint_is_the_depth_map_at_the_size_of_the_picture(artist, network_inputs):
    pictures = artist.draw(SAMPLES[:2], DEPTHS[:2])
    assert pictures.shape == (2, 128, 128, 3)
    for call in network_inputs:
        assert call["sample"].shape == (4, 4, 16, 16)  # two pictures, with and without guidance; an eighth of the side
        assert call["hint"].shape == (4, 3, 128, 128)
        for row in range(4):
            for channel in range(3):
                np.testing.assert_array_equal(call["hint"][row, channel], DEPTHS[row % 2])


def test_other_sizes_are_drawn_on_the_grid_and_scaled(artist, network_inputs):
    pictures = artist.draw(SAMPLES[:1], DEPTHS[:1, :100, :100])
    assert pictures.shape == (1, 100, 100, 3)
    assert network_inputs[0]["hint"].shape == (4, 3, 128, 128)
    assert network_inputs[0]["hint"].min() >= 0
    assert network_inputs[0]["hint"].max() <= 1


def test_the_depth_matters(artist):
    assert (draw(artist, SAMPLES[:1], DEPTHS[:1]) != draw(artist, SAMPLES[:1], 1 - DEPTHS[:1])).any()


def test_a_portrait_does_not_depend_on_the_rest_of_the_batch(artist):
    together = draw(artist, SAMPLES, DEPTHS)
    np.testing.assert_array_equal(draw(artist, SAMPLES[::-1], DEPTHS[::-1])[::-1], together)
    np.testing.assert_array_equal(draw(artist, SAMPLES, DEPTHS, at_once=1), together)
    assert len(np.unique(together.reshape(4, -1), axis=0)) == 4


def test_the_batch_size_changes_only_rounding(artist, recipe):
    two = draw(artist, SAMPLES, DEPTHS).astype(int)
    for batch in (1, 4):
        other = draw(Portraitist(recipe(batch=batch)), SAMPLES, DEPTHS, at_once=batch)
        assert np.abs(other - two).max() <= 1
        assert (other != two).mean() < 0.01


def test_each_picture_has_its_own_seed(artist):
    same_depth = np.stack([DEPTHS[0]] * 2)
    samples = [SAMPLES[0], Sample("a young man", 7, 0, "portrait/1")]
    first, second = draw(artist, samples, same_depth)
    assert (first != second).mean() > 0.1
    again = draw(artist, [samples[1]], DEPTHS[:1])
    np.testing.assert_array_equal(again[0], second)


def test_steps_and_guidance_reach_the_decoder(recipe, artist, network_inputs):
    artist.draw(SAMPLES[:1], DEPTHS[:1])
    assert len(network_inputs) == 2
    plain, guided = (draw(Portraitist(recipe(guidance=g)), SAMPLES[:1], DEPTHS[:1]) for g in (1.5, 8.0))
    assert (plain != guided).any()


def test_the_global_generator_of_torch_is_unchanged(artist):
    torch.manual_seed(3)
    before = torch.get_rng_state()
    artist.draw(SAMPLES[:1], DEPTHS[:1])
    assert torch.equal(torch.get_rng_state(), before)
