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


def cached_file(cache):
    (file,) = cache.iterdir()
    return file


def test_written_arrays_are_read_back(cache):
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
def test_any_flipped_bit_or_cut_tail_is_detected(cache, data):
    write_arrays("head", ARRAYS)
    file = cached_file(cache)
    contents = bytearray(file.read_bytes())
    position = data.draw(st.integers(0, len(contents) - 1))
    file.write_bytes(contents[:position])
    assert read_arrays("head") is None
    contents[position] ^= 1 << data.draw(st.integers(0, 7))
    file.write_bytes(contents)
    assert read_arrays("head") is None


def test_a_failed_write_leaves_the_old_file_and_no_part(cache):
    write_arrays("head", ARRAYS)
    before = cached_file(cache).read_bytes()
    cached_file(cache).rename(cache / "aside")
    (cache / "head.npz.sha256").mkdir()  # a folder cannot be replaced by a file
    with pytest.raises(OSError, match=r"head\.npz\.sha256"):
        write_arrays("head", ARRAYS)
    assert sorted(path.name for path in cache.iterdir()) == ["aside", "head.npz.sha256"]
    assert (cache / "aside").read_bytes() == before


def test_concurrent_readers_see_only_complete_files(cache):
    large = {"numbers": np.zeros(1 << 18)}
    write_arrays("head", large)
    with ThreadPoolExecutor(2) as pool:
        writes = [pool.submit(write_arrays, "head", large) for _ in range(20)]
        while not all(write.done() for write in writes):
            assert read_arrays("head") is not None
    assert [write.result() for write in writes] == [None] * 20
    assert cached_file(cache).is_file()


def test_the_same_arrays_make_the_same_file(cache):
    write_arrays("a", ARRAYS)
    write_arrays("b", ARRAYS)
    first, second = sorted(cache.iterdir())
    assert first.read_bytes() == second.read_bytes()


def test_a_damaged_head_is_rebuilt_and_cached(cache, head):
    write_arrays(head.name, ARRAYS)
    cached_file(cache).write_bytes(cached_file(cache).read_bytes()[:-1])
    messages: list[str] = []
    rebuilt = load_head(messages.append)
    assert messages == ["building the head model (about a minute, first run only)"]
    cached = load_head(messages.append)
    assert len(messages) == 1
    for loaded in (rebuilt, cached):
        np.testing.assert_array_equal(loaded.shapes, head.shapes)
        np.testing.assert_array_equal(loaded.topology.regions, head.topology.regions)
