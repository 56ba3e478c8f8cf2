import cv2
import numpy as np
import pytest

from painctl.images.encode import decode
from painctl.prediction.cropping import FaceCrop
from painctl.prediction.faces import face_for
from painctl.shard.reader import Shard
from painctl.vitpain.model import build


@pytest.fixture
def picture(portraits):
    """A frontal face at rest."""
    with Shard(portraits) as shard:
        return decode(shard.read("frames", "image", 0))


def test_what_straightening_takes_from_beyond_the_crop_is_outside(picture):
    rotation = cv2.getRotationMatrix2D((96, 96), 30, 1.0)
    tilted = cv2.warpAffine(picture, rotation, (192, 192), borderMode=cv2.BORDER_REPLICATE)
    outside = face_for(build("hybrid"), FaceCrop(tilted)).outside
    assert outside[[0, 0, -1, -1], [0, -1, 0, -1]].sum() >= 3  # corners
    assert 0.05 < outside.mean() < 0.4
    side = len(outside)
    assert not outside[side // 3 : -side // 3, side // 3 : -side // 3].any()


def test_without_straightening_only_what_is_beyond_the_photograph_is_outside(picture):
    model = build("compact")
    assert face_for(model, FaceCrop(picture)).outside is None
    inside = np.array([0, 48, 192, 192], np.float32)
    outside = face_for(model, FaceCrop(picture, inside=inside)).outside
    assert outside[:48].all()
    assert not outside[49:].any()
