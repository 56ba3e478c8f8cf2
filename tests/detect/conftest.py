import pytest

from painctl.detect.framing import CENTRE, FACE
from painctl.images.encode import decode
from painctl.shard.reader import Shard


@pytest.fixture(scope="module")
def frames(portraits):
    """Rendered frames of two people, uint8 RGB [192, 192, 3]."""
    with Shard(portraits) as shard:
        return [decode(data) for data in shard.read("frames", "image")]


@pytest.fixture(scope="module")
def frame_of():
    """Measures the frame around the one face, which is upright: centre x, y and side."""

    def measure(faces):
        (left, top, right, bottom), *others = faces.boxes
        assert not others
        assert faces.turns.tolist() == [0]
        side = (bottom - top) / FACE
        return float(left + right) / 2, float(top + bottom) / 2 - (CENTRE[1] - 0.5) * float(side), float(side)

    return measure
