from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from painctl.face.head import load_head
from painctl.files.cache import folder, read_arrays, write_arrays

ARRAYS = {"numbers": np.arange(6, dtype=np.float32).reshape(2, 3), "names": np.array(["nose", "lips"])}


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("PAINCTL_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def kept(cache):
    (file,) = cache.iterdir()
    return file


def test_what_is_written_is_read(cache):
    assert folder() == cache
    assert read_arrays("head/1") is None
    write_arrays("head/1", ARRAYS)
    read = read_arrays("head/1")
    assert list(read) == list(ARRAYS)
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(read[name], array)
        assert read[name].dtype == array.dtype
    assert read_arrays("head/2") is None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.data())
def test_any_flipped_bit_or_cut_tail_is_found(cache, data):
    write_arrays("head", ARRAYS)
    file = kept(cache)
    whole = bytearray(file.read_bytes())
    position = data.draw(st.integers(0, len(whole) - 1))
    file.write_bytes(whole[:position])
    assert read_arrays("head") is None
    whole[position] ^= 1 << data.draw(st.integers(0, 7))
    file.write_bytes(whole)
    assert read_arrays("head") is None


def test_a_failed_write_leaves_the_old_file_and_no_part(cache):
    write_arrays("head", ARRAYS)
    before = kept(cache).read_bytes()
    kept(cache).rename(cache / "aside")
    (cache / "head.npz.sha256").mkdir()  # a folder cannot be replaced by a file
    with pytest.raises(OSError, match=r"head\.npz\.sha256"):
        write_arrays("head", ARRAYS)
    assert sorted(path.name for path in cache.iterdir()) == ["aside", "head.npz.sha256"]
    assert (cache / "aside").read_bytes() == before


def test_readers_and_writers_at_once_see_whole_files_alone(cache):
    large = {"numbers": np.zeros(1 << 18)}
    write_arrays("head", large)
    with ThreadPoolExecutor(2) as pool:
        writes = [pool.submit(write_arrays, "head", large) for _ in range(20)]
        while not all(write.done() for write in writes):
            assert read_arrays("head") is not None
    assert [write.result() for write in writes] == [None] * 20
    assert kept(cache).is_file()


def test_the_same_arrays_make_the_same_file(cache):
    write_arrays("a", ARRAYS)
    write_arrays("b", ARRAYS)
    first, second = sorted(cache.iterdir())
    assert first.read_bytes() == second.read_bytes()


def test_a_damaged_head_is_built_anew_and_then_read(cache, head):
    write_arrays(head.name, ARRAYS)
    kept(cache).write_bytes(kept(cache).read_bytes()[:-1])
    said: list[str] = []
    rebuilt = load_head(said.append)
    assert said == ["building the head model (about a minute, first run only)"]
    again = load_head(said.append)
    assert len(said) == 1
    for other in (rebuilt, again):
        np.testing.assert_array_equal(other.shapes, head.shapes)
        np.testing.assert_array_equal(other.topology.regions, head.topology.regions)
