"""Photographic effects, which change pictures and no label."""

import made_steps
import numpy as np
import pytest

from painctl.images.encode import decode
from painctl.render.photography import EFFECTS, PARAMETERS
from painctl.shard.reader import Shard
from painctl.stages.step import transform

YAWS = (0.0, 30.0, -20.0, 10.0)


@pytest.fixture(scope="module")
def views(chain, tmp_path_factory):
    """The same faces photographed cleanly, with varied effects twice, and with every effect that goes together."""
    folder = tmp_path_factory.mktemp("views")
    chosen = {"clean": "clean", "varied": "varied", "again": "varied"}
    chosen |= {light: ",".join([light, *EFFECTS[3:]]) for light in EFFECTS[:3]}
    for name, camera in chosen.items():
        transform(made_steps.views(YAWS, size=96, camera=camera), chain / "faces.h5", folder / f"{name}.h5")
    return folder


@pytest.mark.parametrize("name", ["varied", *EFFECTS[:3]])
def test_effects_change_pictures_but_no_other_column(views, name):
    with Shard(views / "clean.h5") as clean, Shard(views / f"{name}.h5") as other:
        columns = {column.name for column in other.columns("frames")}
        assert columns - {"camera"} == {column.name for column in clean.columns("frames")}
        for column in columns - {"image", "camera"}:
            first, second = (shard.read("frames", column) for shard in (clean, other))
            if isinstance(first, list):
                assert first == second, column
            else:
                np.testing.assert_array_equal(first, second, column)
        effects = other.read("frames", "camera")
        for row, parameters in enumerate(effects):
            first, second = (decode(shard.read("frames", "image", row)) for shard in (clean, other))
            assert (first != second).any() == parameters.any()
    assert effects.shape[1] == len(PARAMETERS)


def test_clean_frames_have_no_column_and_history_names_the_choice(views):
    with Shard(views / "clean.h5") as clean, Shard(views / "varied.h5") as varied:
        assert "camera" not in [column.name for column in clean.columns("frames")]
        assert "camera" not in clean.history[-1]
        assert varied.history[-1]["camera"] == "varied"
        assert clean.read("frames", "camera").shape == (clean.rows("frames"), 0)


def test_the_same_seed_gives_the_same_bytes(views):
    assert (views / "varied.h5").read_bytes() == (views / "again.h5").read_bytes()


def test_effects_do_not_depend_on_the_other_views_and_people(views, chain, tmp_path):
    transform(made_steps.views(YAWS[:2], size=96, camera="varied"), chain / "faces.h5", tmp_path / "fewer.h5")
    with Shard(views / "varied.h5") as varied, Shard(tmp_path / "fewer.h5") as fewer:
        at = [row for row in range(varied.rows("frames")) if varied.read("frames", "view", row) < 2]
        np.testing.assert_array_equal(fewer.read("frames", "camera"), varied.read("frames", "camera")[at])
        assert fewer.read("frames", "image") == [varied.read("frames", "image", row) for row in at]


def test_grey_frames_have_equal_channels_in_either_format(chain, tmp_path):
    for picture in ("jpeg", "png"):
        step = made_steps.views((0.0,), size=64, picture=picture, camera="grey,jpeg")
        transform(step, chain / "faces.h5", tmp_path / f"{picture}.h5")
        with Shard(tmp_path / f"{picture}.h5") as shard:
            for row in range(shard.rows("frames")):
                image = decode(shard.read("frames", "image", row))
                assert (image == image[..., :1]).all()
