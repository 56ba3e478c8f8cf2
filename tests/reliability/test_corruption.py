"""Some damage of true shards; tests/reliability/run.py does a thousand and more to every stage's."""

import h5py
import pytest
from corruption import fuzz
from kills import Chain

from painctl.shard.reader import Shard
from painctl.shard.seal import ShardError, seal


@pytest.fixture(scope="module")
def chain(head, tmp_path_factory):
    return Chain(tmp_path_factory.mktemp("unbroken")).make("sample-ids", "render-depth")


def test_every_cut_and_every_flipped_bit_is_found(chain, tmp_path):
    outcomes = fuzz(chain.shards("depth"), "plain", 60, 1, tmp_path)
    assert outcomes == {"found": 120}


def test_nobody_crashes_the_reader_by_damage_under_a_seal_that_holds(chain, tmp_path):
    outcomes = fuzz(chain.shards("depth"), "sealed", 40, 1, tmp_path)
    assert outcomes.total() == 80
    assert set(outcomes) <= {"found", "read"}
    assert outcomes["found"] > 20


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
    with h5py.File(path, "r+") as file:
        change(file)
    with path.open("r+b") as file:
        seal(file, [])
    return path


@pytest.mark.parametrize(
    "change", [cyclic, external_link, external_storage, virtual, terabytes, text_for_numbers], ids=lambda f: f.__name__
)
def test_what_leads_out_of_the_file_or_is_not_there_is_never_followed(chain, tmp_path, change):
    path = changed(chain, tmp_path, change)
    with pytest.raises(ShardError, match=r"a\.h5: "), Shard(path) as shard:
        shard.read("depth", "depth")


def test_a_group_that_holds_itself_is_not_walked_into(chain, tmp_path):
    path = changed(chain, tmp_path, hard_cycle)
    with Shard(path) as shard:
        assert "depth" in shard.tables


@pytest.mark.parametrize(
    "index", [b"[[1]]", b"7", b'"x"', b"[" * 100_000, b'[["a",0,1.5,"b"]]', b'[[0,"0","9",0]]', b"\xff"]
)
def test_a_seal_that_makes_no_sense_is_refused(chain, tmp_path, index):
    import hashlib
    import struct

    whole = chain.shards("ids")[0].read_bytes()
    path = tmp_path / "a.h5"
    footer = struct.pack("<32sQ8s", hashlib.sha256(index).digest(), len(index), b"PAINCTL\n")
    path.write_bytes(whole[:2000] + index + footer)
    with pytest.raises(ShardError, match="its seal is damaged"):
        Shard(path)
