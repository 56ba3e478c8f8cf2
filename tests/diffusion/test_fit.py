import cv2
import numpy as np
import pytest

from painctl.diffusion.fit import ENOUGH, agreement


def moved(picture, right=0.0, down=0.0, scale=1.0):
    """A picture moved by shares of its side and scaled about its middle; border pixels are repeated."""
    size = len(picture)
    matrix = np.array([[scale, 0, size * (right + (1 - scale) / 2)], [0, scale, size * (down + (1 - scale) / 2)]])
    return cv2.warpAffine(picture, matrix, (size, size), borderMode=cv2.BORDER_REPLICATE)


def test_portraits_agree_with_their_own_depth_maps(rendered_portraits):
    assert min(agreement(picture, view) for picture, _, view in rendered_portraits) > 0.99


@pytest.mark.parametrize(
    "displaced", [{"right": 0.02}, {"right": -0.02}, {"down": 0.06}, {"scale": 0.93}, {"scale": 1.07}], ids=str
)
def test_displaced_portraits_do_not_agree(rendered_portraits, displaced):
    assert max(agreement(moved(picture, **displaced), view) for picture, _, view in rendered_portraits) < ENOUGH


def test_agreement_does_not_depend_on_contrast(rendered_portraits):
    picture, _, view = rendered_portraits[0]
    pale = (160 + 0.3 * picture).astype(np.uint8)
    assert agreement(pale, view) > 0.99
    assert agreement(moved(pale, right=0.03), view) < ENOUGH


def test_without_a_face_there_is_no_agreement(rendered_portraits, noise):
    _, _, view = rendered_portraits[0]
    assert agreement(noise(256), view) == 0
    silhouette = np.where(view.head[..., None], (190, 150, 130), (60, 90, 60)).astype(np.uint8)
    assert agreement(silhouette, view) == 0
    assert agreement(moved(rendered_portraits[0][0], right=0.3), view) == 0  # the face is elsewhere
