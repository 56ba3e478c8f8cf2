"""Root attributes of other types, names, sizes and forms are rejected when a shard is opened."""

import h5py
import numpy as np
import pytest
from forged import forge

from painctl.shard.reader import Shard
from painctl.shard.seal import ShardError

STEP = '[{"stage": "rig", %s}]'


def text(value):
    return {"data": value, "dtype": h5py.string_dtype()}


@pytest.mark.parametrize(
    ("name", "stored", "complaint"),
    [
        ("stage", {"data": h5py.Empty("f4")}, "stage is not a text"),
        ("stage", {"data": ["a", "b"]}, "stage is not a text"),
        ("stage", {"data": np.bytes_(b"rig")}, "stage is not a text"),
        ("source", {"data": h5py.h5r.Reference(), "shape": (), "dtype": h5py.ref_dtype}, "source is not a text"),
        ("seed", {"data": np.zeros((), [("a", "i4")])}, "seed is not a whole number"),
        ("seed", {"data": [1, 2]}, "seed is not a whole number"),
        ("format_version", {"data": "2"}, "format_version is not a whole number"),
        ("no\x1bte", {"data": 1}, r"unknown attribute no\\x1bte"),
        ("card", text(b"\xff"), "card is not UTF-8"),
        ("source", text("x" * 300), "source has 300 bytes; at most 256"),
        ("history", text("[" * 9000), "nested too deeply"),
        ("history", text(STEP % f'"x": {"[" * 40}{"]" * 40}'), "nested more than 16 levels"),
        ("history", text(STEP % '"x": NaN'), "NaN is not a number"),
        ("history", text(STEP % '"engine": {"a": 1}'), "engine of rig is not a text"),
        ("history", text(STEP % '"varied": [1]'), "an object as varied"),
        ("history", text('[{"stage": 3}]'), "a text as stage"),
        ("history", text("{}"), "no history"),
    ],
)
def test_an_attribute_that_no_shard_has_is_rejected(write, name, stored, complaint):
    def change(file):
        file.attrs.pop(name, None)
        file.attrs.create(name, **stored)

    path = forge(write(), change)
    with pytest.raises(ShardError, match=rf"a\.h5: .*{complaint}"):
        Shard(path)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda file: file.create_dataset("meshes/extra", data=[1]), "unknown column meshes/extra"),
        (lambda file: file.create_group("meshes/a/b/c"), "unknown column meshes/a"),
        (lambda file: file.create_group(b"no\xff"), r"unknown table no\\xff"),
        (lambda file: file["meshes"].attrs.create("a", 1), "meshes has attributes"),
        (lambda file: file["meshes/vertices"].attrs.create("a", 1), "meshes/vertices has attributes"),
    ],
)
def test_what_the_schema_does_not_have_is_rejected(write, change, complaint):
    with pytest.raises(ShardError, match=complaint):
        Shard(forge(write(), change))


def test_two_columns_cannot_share_their_bytes(write):
    def share(file):
        del file["portraits/mask"]
        file["portraits/mask"] = file["portraits/image"]

    with pytest.raises(ShardError, match="not stored where the seal says"):
        Shard(forge(write(), share))


def test_rows_of_nothing_are_rejected(write):
    def claim(file):
        del file["meshes/vertices"]
        file.create_dataset("meshes/vertices", (1 << 60, 0, 3), "f4", track_times=False)

    with pytest.raises(ShardError, match="V is 0, expected at least 1"):
        Shard(forge(write(), claim))
