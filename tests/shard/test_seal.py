import re

import h5py
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from painctl.shard.reader import Shard
from painctl.shard.seal import ShardError, check


@pytest.fixture
def shard(write):
    return write()


def test_a_sealed_file_is_still_plain_hdf5(shard):
    with h5py.File(shard) as file:
        assert file["meshes/vertices"].shape == (3, 5, 3)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_any_flipped_bit_is_detected(shard, data):
    intact = shard.read_bytes()
    bit = data.draw(st.integers(0, 8 * len(intact) - 1))
    damaged = bytearray(intact)
    damaged[bit // 8] ^= 1 << bit % 8
    copy = shard.with_name("damaged.h5")
    copy.write_bytes(damaged)
    with pytest.raises(ShardError, match=r"damaged\.h5: "):
        check(copy)


@pytest.mark.parametrize("column", ["meshes/vertices", "portraits/image", "portraits/image_offsets"])
def test_a_flipped_bit_names_its_column(shard, column):
    with h5py.File(shard) as file:
        start = file[column].id.get_offset()
    damaged = bytearray(shard.read_bytes())
    damaged[start + 3] ^= 16
    shard.write_bytes(damaged)
    with pytest.raises(ShardError, match=rf"{re.escape(column)} is damaged \(bytes"):
        Shard(shard)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_any_cut_tail_is_detected(shard, data):
    intact = shard.read_bytes()
    copy = shard.with_name("cut.h5")
    copy.write_bytes(intact[: data.draw(st.integers(0, len(intact) - 1))])
    with pytest.raises(ShardError, match=r"cut\.h5: "):
        check(copy)


def test_a_file_with_appended_bytes_is_rejected(shard):
    with shard.open("ab") as file:
        file.write(b"\0")
    with pytest.raises(ShardError, match="no seal"):
        check(shard)


def test_the_content_digest_identifies_the_bytes(write):
    assert check(write("a.h5")) == check(write("b.h5"))
    different = write("c.h5", attributes={"stage": "texture", "history": []})
    assert check(write("a.h5")) != check(different)
