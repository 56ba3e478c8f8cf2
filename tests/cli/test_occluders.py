"""What render-views puts in front of faces changes pictures and masks, and no other label."""

import made_steps
import numpy as np
import pytest

from painctl.images.encode import decode
from painctl.shard.reader import Shard
from painctl.shard.schema import OCCLUDERS
from painctl.stages.step import transform

SAME = ("heatmap", "landmarks", "light", "background", "lens", "yaw", "pitch", "intrinsics", "extrinsics")


@pytest.fixture(scope="module")
def views(chain, tmp_path_factory):
    """Frames of the same faces without occluders, with three, and natural ones."""
    folder, paths = tmp_path_factory.mktemp("occluded"), {}
    for name, given in (("none", ()), ("three", ("glasses", "mask", "pillow")), ("natural", "natural")):
        paths[name] = folder / f"{name}.h5"
        transform(made_steps.views(size=96, occluders=given), chain / "faces.h5", paths[name])
    return paths


def test_labels_are_those_without_occluders(views):
    with Shard(views["none"]) as bare, Shard(views["three"]) as worn:
        for table in ("identities", "meshes", "expressions"):
            for column in bare.columns(table):
                np.testing.assert_array_equal(bare.read(table, column.name), worn.read(table, column.name))
        for row in range(bare.rows("frames")):
            for name in SAME:
                np.testing.assert_array_equal(bare.read("frames", name, row), worn.read("frames", name, row), name)
            assert worn.read("frames", "occluders", row) == "glasses+mask+pillow"
            visible, hidden = (shard.read("frames", "landmarks_visible", row) for shard in (bare, worn))
            assert (visible >= hidden).all()
            assert hidden[48:68].sum() == 0


def test_masks_have_only_known_values(views):
    for name, path in views.items():
        with Shard(path) as shard:
            for row in range(shard.rows("frames")):
                values = set(np.unique(decode(shard.read("frames", "mask", row))).tolist()) - {0, 128, 255}
                worn = filter(None, shard.read("frames", "occluders", row).split("+"))
                assert values <= {OCCLUDERS[each] for each in worn}, name


def test_without_occluders_and_roll_the_columns_are_left_out(views):
    with Shard(views["none"]) as bare:
        assert not {"occluders", "roll"} & {column.name for column in bare.columns("frames")}
        assert bare.history[-1]["occluders"] == []
    with Shard(views["natural"]) as natural:
        assert natural.history[-1]["occluders"] == "natural"


def test_the_same_bytes_every_time(views, chain, tmp_path):
    transform(made_steps.views(size=96, occluders="natural"), chain / "faces.h5", tmp_path / "again.h5")
    assert (tmp_path / "again.h5").read_bytes() == views["natural"].read_bytes()


def test_people_look_the_same_in_any_shard(head, tmp_path):
    steps = [made_steps.depth(), made_steps.portraits(), made_steps.textures(), made_steps.rig(count=1)]
    steps.append(made_steps.views(size=64, occluders="natural", rolls=(0.0, 70.0)))
    pictures = {}
    for name, count, first in (("both", 2, 0), ("second", 1, 1)):
        (folder := tmp_path / name).mkdir()
        made_steps.write_ids(2, 9, folder / "ids.h5", range(first, first + count))
        with Shard(made_steps.chain(folder / "ids.h5", *steps)) as shard:
            names = shard.read("identities", "name")
            mine = shard.read("frames", "identity_row") == names.index("s9-00001")
            columns = ("image", "mask", "landmarks_visible", "occluders", "roll")
            pictures[name] = [
                [np.asarray(shard.read("frames", column, row)).tolist() for column in columns]
                for row in np.flatnonzero(mine).tolist()
            ]
    assert pictures["both"] == pictures["second"]
    assert len(pictures["both"]) == 4


def test_roll_is_recorded_with_its_jitter(chain, tmp_path):
    step = made_steps.views((0.0, 0.0), rolls=(90.0, -45.0), size=64, jitter=1.0)
    transform(step, chain / "faces.h5", tmp_path / "rolled.h5")
    with Shard(tmp_path / "rolled.h5") as shard:
        roll = shard.read("frames", "roll")
        up = shard.read("frames", "extrinsics")[:, :2, 1]  # the head's up in the picture
    assert np.abs(roll[0::2] - 90).max() < 4
    assert np.abs(roll[1::2] + 45).max() < 4
    assert len(set(roll.tolist())) == len(roll)
    np.testing.assert_allclose(np.degrees(np.arctan2(up[:, 0], -up[:, 1])), roll, atol=3)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("--occluders hat", "no 'hat'; choose none, natural or from glasses, "),
        ("--occluders mask,oxygen-mask", "mask and oxygen-mask are both worn on the mouth; leave one out"),
        ("--roll 91", "--roll 91: 91 is not between -90 and 90 degrees"),
        ("--roll nan", "is not between -90 and 90 degrees"),
        ("--roll 0,10", "--roll lists 2 angles for 3 views"),
        ("--roll up", "--roll up: expected degrees separated by commas"),
    ],
)
def test_impossible_options_are_refused_in_one_line(painctl, options, message):
    done = painctl("render-views", *options.split(), "faces.h5", "-o", "frames.h5")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert message in done.stderr
