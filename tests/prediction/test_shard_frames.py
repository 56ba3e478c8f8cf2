import numpy as np
import pytest

from painctl.images.encode import decode
from painctl.prediction.shard_frames import ShardFrames
from painctl.shard.reader import Shard
from painctl.shard.seal import ShardError


def test_each_frame_has_the_neutral_of_its_person_and_view(portraits):
    with Shard(portraits) as shard:
        images = [decode(data).tobytes() for data in shard.read("frames", "image")]
        owner, view = (shard.read("frames", name).tolist() for name in ("identity_row", "view"))
        face = shard.read("expressions", "expression")[shard.read("frames", "expression_row")].tolist()
        names = shard.read("identities", "name")
    shots = list(ShardFrames(portraits))
    assert len(shots) == len(images) == 12
    for row, shot in enumerate(shots):
        assert shot.name == f"{portraits}/{names[owner[row]]}/{face[row]}/{view[row]}"
        assert shot.framed
        assert shot.is_neutral == (face[row] == 0)
    for row, shot in enumerate(ShardFrames(portraits)):
        assert shot.read().tobytes() == images[row]
        (neutral,) = shot.references()
        reference = images.index(neutral.tobytes())
        assert (owner[reference], view[reference], face[reference]) == (owner[row], view[row], 0)


def test_missing_tables_and_neutrals_are_named(write_shard, make_person):
    with pytest.raises(ShardError, match="no frames"):
        ShardFrames(write_shard("bare.h5", [0], without=["frames"]))
    person = make_person(0)
    person.tables["expressions"]["expression"] = np.arange(1, 5)
    with pytest.raises(ShardError, match=r"no neutral frame of s7-00000"):
        ShardFrames(write_shard("pain.h5", [person]))
