"""Files that are no shards are said to be what they are."""

import fcntl
import gzip
import hashlib
import json
import os
import struct

import h5py
import pytest

from painctl.shard.identify import end_of_image
from painctl.shard.reader import Shard
from painctl.shard.seal import ShardError, check, is_sealed

FOOTER = struct.Struct("<32sQ8s")
SIGNATURE = b"\x89HDF\r\n\x1a\n"


def newer(data):
    return data[:8] + b"\x09" + data[9:-48]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda data: b"", "an empty file"),
        (lambda data: b"PK\x03\x04" + data, "a ZIP archive; unpack it"),
        (gzip.compress, "gzip; unpack it with gunzip"),
        (lambda data: b"hello", "a text file"),
        (lambda data: b"<!DOCTYPE html><p>sign in", "a web page"),
        (lambda data: bytes(512) + data, "a user block of 512 bytes"),
        (lambda data: data.replace(b"\r\n", b"\n"), "copied as text"),
        (lambda data: bytes(len(data)), "begins with zeros"),
        (lambda data: b"version https://git-lfs.github.com/spec/v1\n", "git lfs pull"),
        (lambda data: data[: len(data) // 2], "truncated, .* bytes; wait if it is still being copied"),
        (newer, "another version of HDF5"),
        (lambda data: data + data, "its seal is damaged"),
    ],
)
def test_each_is_named_with_what_to_do(write, change, words):
    path = write()
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(ShardError, match=rf"a\.h5: .*{words}"):
        Shard(path)


def test_the_header_states_the_length_of_the_image(write):
    data = write().read_bytes()
    assert end_of_image(data[:64]) == len(data) - 48 - int.from_bytes(data[-16:-8], "little")
    assert end_of_image(data[:20]) is None


def test_a_shard_that_another_program_writes_is_open_elsewhere(write):
    path = write()
    with path.open("r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # as HDF5 does
        with pytest.raises(ShardError, match="another program has it open for writing"):
            Shard(path)
        file.truncate(900)
        with pytest.raises(ShardError, match="another program has it open for writing"):
            check(path)
    with pytest.raises(ShardError, match="truncated"):
        check(path)


def test_special_files_are_named_and_do_not_block(tmp_path):
    os.mkfifo(tmp_path / "pipe.h5")
    (tmp_path / "zero.h5").symlink_to("/dev/zero")
    for name, kind in (("pipe.h5", "a named pipe"), ("zero.h5", "a device")):
        with pytest.raises(ShardError, match=kind):
            check(tmp_path / name)


@pytest.mark.parametrize("claim", ["index", "runs"])
def test_a_sparse_file_is_not_believed(tmp_path, claim):
    """A footer that claims an index of 6 GiB, and runs of 500 GiB of holes."""
    path = tmp_path / "a.h5"
    size = 7 << 30 if claim == "index" else 500 << 30
    index = json.dumps([["HDF5 structure", 0, size, "0" * 64]]).encode() if claim == "runs" else b""
    with path.open("wb") as file:
        file.write(SIGNATURE)
        file.truncate(size)
        file.seek(size)
        length = len(index) or 6 << 30
        file.write(index + FOOTER.pack(hashlib.sha256(index).digest(), length, b"PAINCTL\n"))
    with pytest.raises(ShardError, match="its seal is damaged" if claim == "index" else "not made of holes"):
        check(path)


def test_a_name_need_not_be_utf8(write):
    path = write()
    odd = path.with_name(os.fsdecode(b"caf\xe9.h5"))
    path.rename(odd)
    with Shard(odd) as shard:
        assert shard.rows("meshes") == 3


def test_only_a_sealed_file_looks_like_a_shard(write, tmp_path):
    assert is_sealed(write())
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file["image"] = [1]
    assert not is_sealed(tmp_path / "other.h5")
