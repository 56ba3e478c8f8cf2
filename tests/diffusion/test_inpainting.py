import numpy as np
import pytest
import torch

from painctl.diffusion.inpainting import Inpainter, repaint_region
from painctl.diffusion.pipelines import Sample

SAMPLES = [Sample("portrait of a man", 7, number, "view/0/0") for number in range(3)]


@pytest.fixture(scope="module")
def painter(recipe):
    return Inpainter(recipe("inpaint"))


@pytest.fixture
def frames(noise):
    """Three pictures, and their regions to repaint: all but a square, at a different place in each."""
    repaint = np.ones((3, 128, 128), bool)
    for row in range(3):
        repaint[row, 32 + 8 * row : 80 + 8 * row, 40:104] = False
    return np.stack([noise(128, seed) for seed in range(3)]), repaint


@pytest.fixture
def network_inputs(painter):
    """The inputs of the decoder's network by step: 4 channels of latents, 4 of the kept picture, 1 of mask."""
    calls = []

    def record(module, args, kwargs):
        calls.append(kwargs["sample"])

    hook = painter._pipe.unet.register_forward_pre_hook(record, with_kwargs=True)
    yield calls
    hook.remove()


def test_kept_pixels_are_unchanged_and_the_rest_is_new(painter, frames):
    pictures, repaint = frames
    painted = painter.paint(SAMPLES[:2], pictures[:2], repaint[:2])
    np.testing.assert_array_equal(painted[~repaint[:2]], pictures[:2][~repaint[:2]])
    assert (painted[repaint[:2]] != pictures[:2][repaint[:2]]).mean() > 0.9


def test_the_network_keeps_the_head_and_paints_the_rest(painter, frames, network_inputs):
    pictures, repaint = frames
    painter.paint(SAMPLES[1:2], pictures[1:2], repaint[1:2])
    assert network_inputs[0].shape == (2, 9, 16, 16)
    mask = network_inputs[0][0, 8].numpy()  # the network's convention: 1 is kept
    is_kept = ~repaint[1, ::8, ::8]
    assert not mask[~is_kept].any()
    assert mask[6:9, 6:12].all()  # the square without the cells at its edge
    encoded = painter._pipe.movq.encode(torch.from_numpy(pictures[1:2].transpose(0, 3, 1, 2)) / 127.5 - 1).latents
    np.testing.assert_allclose(network_inputs[0][0, 4:8].numpy(), encoded[0].detach().numpy() * mask, atol=1e-5)


def test_every_picture_is_painted_independently(painter, frames):
    """diffusers' pipeline would composite the first picture of a batch over the others."""
    pictures, repaint = frames
    together = painter.paint(SAMPLES[:2], pictures[:2], repaint[:2])
    for row in range(2):
        alone = painter.paint(SAMPLES[row : row + 1], pictures[row : row + 1], repaint[row : row + 1])
        np.testing.assert_array_equal(alone[0], together[row])
    another_sample = painter.paint(SAMPLES[2:], pictures[:1], repaint[:1])
    assert (another_sample[0] != together[0]).any()


def test_other_sizes_are_painted_on_the_grid_and_kept_pixels_are_unchanged(painter, frames, network_inputs):
    pictures, repaint = frames[0][:1, :100, :100], frames[1][:1, :100, :100]
    painted = painter.paint(SAMPLES[:1], pictures, repaint)
    assert network_inputs[0].shape == (2, 9, 16, 16)
    assert painted.shape == (1, 100, 100, 3)
    np.testing.assert_array_equal(painted[~repaint], pictures[~repaint])


def test_the_region_to_repaint():
    """A row of pixels: background, scalp, hairline, forehead; then lashes beside the head, a garment in front of it."""
    head = np.array([[0, 1, 1, 1, 0, 1]], bool)
    worn = np.array([[0, 0, 0, 0, 1, 1]], bool)
    scalp = np.array([[0, 1, 0.1, 0, 0, 0.9]])
    assert repaint_region(head, worn, scalp).tolist() == [[True, True, True, False, False, False]]
    assert repaint_region(head, worn, 0 * scalp).tolist() == [[True, False, False, False, False, False]]
