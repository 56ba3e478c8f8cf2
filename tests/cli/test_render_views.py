"""The recorded surroundings of a view, which do not affect its labels."""

import cv2
import made_steps
import numpy as np
import pytest

from painctl.images.encode import decode, encode_jpeg
from painctl.render import background, lens, light
from painctl.shard.reader import Shard
from painctl.stages.step import transform

LABELS = ("mask", "heatmap", "landmarks", "landmarks_visible", "light", "yaw", "pitch", "intrinsics", "extrinsics")


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pictures")
    noise = np.random.default_rng(0).integers(0, 255, (3, 9, 9, 3), dtype=np.uint8)
    for number, small in enumerate(noise):
        (folder / f"{number}.jpg").write_bytes(encode_jpeg(cv2.resize(small, (160, 120))))
    return folder


@pytest.fixture(scope="module")
def views(chain, pictures, tmp_path_factory):
    """Frames of the same faces in front of procedural places and, twice, of the user's pictures."""
    folder = tmp_path_factory.mktemp("views")
    paths = {}
    for name, given in (("painted", None), ("own", pictures), ("again", pictures)):
        step = made_steps.views(size=64, backgrounds=given)
        paths[name] = folder / f"{name}.h5"
        transform(step, chain / "faces.h5", paths[name])
    return paths


def test_the_user_s_pictures_are_recorded_by_name(views):
    assert views["own"].read_bytes() == views["again"].read_bytes()
    with Shard(views["own"]) as custom, Shard(views["painted"]) as painted:
        assert custom.history[-1]["backgrounds"] == ["0.jpg", "1.jpg", "2.jpg"]
        assert painted.history[-1]["backgrounds"] is None
        drawn = custom.read("frames", "background")
        assert (drawn[:, 0] == background.PICTURE).all()
        assert set(drawn[:, 1]) <= {0, 1, 2}
        assert (painted.read("frames", "background")[:, 0] >= 0).all()


def test_backgrounds_change_pictures_but_no_label(views):
    with Shard(views["own"]) as custom, Shard(views["painted"]) as painted:
        for row in range(custom.rows("frames")):
            first, second = (decode(shard.read("frames", "image", row)) for shard in (custom, painted))
            assert (first != second).any()
            for name in LABELS:
                np.testing.assert_array_equal(custom.read("frames", name, row), painted.read("frames", name, row), name)


def test_every_view_has_its_own_lens(views):
    with Shard(views["painted"]) as painted:
        rows = painted.read("frames", "lens")
    assert rows.shape[1] == len(lens.PARAMETERS)
    assert len(np.unique(rows, axis=0)) == len(rows)


def test_painted_places_follow_the_light(views):
    with Shard(views["painted"]) as painted:
        for lit, behind in zip(painted.read("frames", "light"), painted.read("frames", "background"), strict=True):
            assert background.KINDS[int(behind[0])] in background.SHARES[light.PLACES[int(lit[0])]]


AROUND = [
    *((yaw, 0) for yaw in (0, 75, 90, 120, 180, -90, -180)),
    *((yaw, pitch) for yaw in (0, 180) for pitch in (-90, 90)),
]


def test_every_angle_renders_and_hidden_landmarks_are_marked(chain, tmp_path):
    yaws, pitches = zip(*AROUND, strict=True)
    step = made_steps.views([*map(float, yaws)], [*map(float, pitches)], jitter=0, size=64)
    transform(step, chain / "faces.h5", tmp_path / "around.h5")
    with Shard(tmp_path / "around.h5") as around:
        frames = range(len(AROUND))  # of the first face
        visible = dict(zip(AROUND, (around.read("frames", "landmarks_visible", row) for row in frames), strict=True))
        assert all(np.isfinite(around.read("frames", "landmarks", row)).all() for row in frames)
    assert visible[0, 0].sum() > 50
    assert max(visible[angles].sum() for angles in AROUND[1:]) < visible[0, 0].sum()
    assert not visible[180, 0][17:].any()  # the edge of the jaw may be seen from behind
    np.testing.assert_array_equal(visible[180, 0], visible[-180, 0])
    assert visible[90, 0][:8].sum() > visible[90, 0][9:17].sum()  # the right side of the jaw, in iBUG order
    assert visible[-90, 0][:8].sum() < visible[-90, 0][9:17].sum()
