"""Values that cannot be are named when they are read, whoever reads them."""

import numpy as np
import pytest
from forged import assigned, forge

from painctl.dataset.validate import validate_shard
from painctl.shard.reader import Shard
from painctl.shard.seal import ShardError


@pytest.mark.parametrize(
    ("column", "value", "complaint"),
    [
        ("identities/hair_length", 1000, "row 1: 1000, expected 0..0.5"),
        ("identities/age", -3, "row 1: -3, expected 0..120"),
        ("identities/age", np.nan, "row 1: NaN or infinite"),
        ("identities/garment", b"ki\x1blt", r"row 1: 'ki.*x1blt' is not one of crew neck"),
        ("identities/gender", b"", "row 1: '' is not one of man, woman"),
        ("meshes/vertices", 1e30, "row 1: 1e\\+30, expected -1..1"),
        ("topology/uvs", 2, "row 1: 2, expected 0..1"),
        ("expressions/AU4", 200, "row 1: 200, expected 0..5"),
        ("frames/yaw", np.inf, "row 1: NaN or infinite"),
    ],
)
def test_a_value_that_cannot_be_names_its_column_and_row(write_shard, column, value, complaint):
    path = forge(write_shard("a.h5", [0, 1]), assigned(column, 1, value))
    with Shard(path) as shard:
        for read in (lambda: shard.read(*column.split("/")), lambda: validate_shard(shard)):
            with pytest.raises(ShardError, match=rf"a\.h5: {column}, {complaint}"):
                read()
        shard.read(*column.split("/"), 0)


def test_a_truth_value_is_0_or_1(write_shard):
    import h5py

    def change(file):
        stored = file["frames/landmarks_visible"]
        raw = np.full(stored.shape, 7, np.int8).view(bool)
        stored.id.write(h5py.h5s.ALL, h5py.h5s.ALL, raw, h5py.h5t.py_create(np.dtype("bool"), logical=True))

    with Shard(forge(write_shard("a.h5", [0]), change)) as shard, pytest.raises(ShardError, match="neither true nor"):
        shard.read("frames", "landmarks_visible")


@pytest.mark.parametrize(
    ("column", "rows", "value", "complaint"),
    [
        ("meshes/vertices", 0, 0.02, "meshes/vertices, row 0: not of the size of a head"),
        ("expressions/vertices", 2, np.eye(3)[[0, 1, 2] * 2] / 8, "expressions/vertices, row 2: not an expression of"),
        ("frames/intrinsics", 3, np.zeros((3, 3)), "frames/intrinsics, row 3: not the matrix of a pinhole camera"),
        ("frames/extrinsics", 3, np.eye(4), "frames/extrinsics, row 3: not a rotation and a translation"),
        ("topology/faces", 0, [1, 1, 2], "topology/faces: a triangle has the same corner twice"),
        ("topology/landmark_barycentric", 4, [0.5, 0.5, 0.5], "landmark_barycentric, row 4: its sum is not 1"),
        ("topology/uvs", slice(None), 0.5, "topology/uv_faces: the triangles cover next to nothing"),
    ],
)
def test_geometry_that_cannot_be_is_named(write_shard, column, rows, value, complaint):
    path = forge(write_shard("a.h5", [0, 1]), assigned(column, rows, value))
    with Shard(path) as shard, pytest.raises(ShardError, match=complaint):
        validate_shard(shard)
