"""A little damage to real shards; tests/reliability/run.py tries a thousand cases on the shards of every stage."""

import h5py
import pytest
from corruption import fuzz
from forged import forge
from kills import Chain

from painctl.shard.reader import Shard
from painctl.shard.seal import ShardError


@pytest.fixture(scope="module")
def chain(head, tmp_path_factory):
    return Chain(tmp_path_factory.mktemp("unbroken")).make("sample-ids", "render-depth")


def test_every_cut_tail_and_flipped_bit_is_detected(chain, tmp_path):
    outcomes = fuzz(chain.shards("depth"), "plain", 60, 1, tmp_path)
    assert outcomes == {"detected": 120}


def test_damage_under_a_valid_seal_does_not_crash_the_reader(chain, tmp_path):
    outcomes = fuzz(chain.shards("depth"), "sealed", 40, 1, tmp_path)
    assert outcomes.total() == 80
    assert set(outcomes) <= {"detected", "read"}
    assert outcomes["detected"] > 20


def cyclic(file):
    del file["meshes"]
    file["meshes"] = h5py.SoftLink("/depth/../meshes")


def external_link(file):
    del file["depth"]
    file["depth"] = h5py.ExternalLink("other.h5", "/depth")


def external_storage(file):
    shape, dtype = file["depth/depth"].shape, file["depth/depth"].dtype
    del file["depth/depth"]
    file.create_dataset("depth/depth", shape, dtype, external=[("/etc/passwd", 0, h5py.h5f.UNLIMITED)])


def virtual(file):
    shape, dtype = file["depth/depth"].shape, file["depth/depth"].dtype
    del file["depth/depth"]
    layout = h5py.VirtualLayout(shape, dtype)
    layout[:] = h5py.VirtualSource("other.h5", "depth/depth", shape)
    file.create_virtual_dataset("depth/depth", layout)


def terabytes(file):
    del file["depth/depth"]
    file.create_dataset("depth/depth", (1 << 34, 64, 64), "f4")


def text_for_numbers(file):
    rows = len(file["depth/near"])
    del file["depth/near"]
    file.create_dataset("depth/near", data=[b"0.3"] * rows)


def hard_cycle(file):
    file["depth/near_again"] = file["/"]
    file["meshes/again"] = file["/meshes"]


def changed(chain, folder, change):
    """A shard of depth maps, changed and sealed again."""
    path = folder / "a.h5"
    path.write_bytes(sorted((chain.folder / "depth").glob("*.h5"))[0].read_bytes())
    return forge(path, change)


@pytest.mark.parametrize(
    "change", [cyclic, external_link, external_storage, virtual, terabytes, text_for_numbers], ids=lambda f: f.__name__
)
def test_data_outside_the_file_or_missing_is_rejected(chain, tmp_path, change):
    path = changed(chain, tmp_path, change)
    with pytest.raises(ShardError, match=r"a\.h5: "), Shard(path) as shard:
        shard.read("depth", "depth")


def test_a_group_that_contains_itself_is_rejected(chain, tmp_path):
    path = changed(chain, tmp_path, hard_cycle)
    with pytest.raises(ShardError, match=r"unknown column (depth/near_again|meshes/again)"):
        Shard(path)


@pytest.mark.parametrize(
    "index", [b"[[1]]", b"7", b'"x"', b"[" * 100_000, b'[["a",0,1.5,"b"]]', b'[[0,"0","9",0]]', b"\xff"]
)
def test_a_malformed_seal_is_rejected(chain, tmp_path, index):
    import hashlib
    import struct

    intact = chain.shards("ids")[0].read_bytes()
    path = tmp_path / "a.h5"
    footer = struct.pack("<32sQ8s", hashlib.sha256(index).digest(), len(index), b"PAINCTL\n")
    path.write_bytes(intact[:2000] + index + footer)
    with pytest.raises(ShardError, match="its seal is damaged"):
        Shard(path)
