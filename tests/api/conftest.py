import cv2
import numpy as np
import pytest

from painctl.images.encode import decode
from painctl.shard.reader import Shard


@pytest.fixture(scope="session")
def faces(portraits, tmp_path_factory):
    """A folder with a person's frontal pictures, neutral.png and, at PSPI 12, pain.png."""
    folder = tmp_path_factory.mktemp("faces")
    with Shard(portraits) as shard:
        number = shard.read("expressions", "expression")[shard.read("frames", "expression_row")]
        yaw = shard.read("frames", "yaw")
        for name, kind in (("neutral", 0), ("pain", 1)):
            row = int(np.flatnonzero((number == kind) & (yaw == 0))[0])
            cv2.imwrite(str(folder / f"{name}.png"), decode(shard.read("frames", "image", row))[..., ::-1])
    return folder
