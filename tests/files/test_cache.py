import hashlib
import io
import os
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from painctl.files.cache import Entry, cached, folder, read, why_not_writable, write

ARRAYS = {"numbers": np.arange(6, dtype=np.float32).reshape(2, 3), "names": np.array(["nose", "lips"])}
LAYOUT = {"numbers": ("float32", ("N", 3)), "names": ("U", ("N",))}
ENTRY = Entry("head/1", LAYOUT, "building the head", "a while")


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("PAINCTL_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def lines():
    return []


def built(entry=ENTRY, lines=None):
    """The arrays of an entry, and how often they were made."""
    made = []
    arrays = cached(entry, lambda: made.append(1) or ARRAYS, (lines if lines is not None else []).append)
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(arrays[name], array)
        assert arrays[name].dtype == array.dtype
    return len(made)


def test_arrays_are_made_once_and_then_read(cache, lines):
    assert folder() == cache
    assert read(ENTRY) is None
    assert [built(lines=lines) for _ in range(3)] == [1, 0, 0]
    assert lines == ["building the head (a while, first run only)"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.data())
def test_any_flipped_bit_or_cut_tail_is_detected(cache, data):
    write(ENTRY, ARRAYS)
    contents = bytearray(ENTRY.path.read_bytes())
    position = data.draw(st.integers(0, len(contents) - 1))
    ENTRY.path.write_bytes(contents[:position])
    assert read(ENTRY) is None
    contents[position] ^= 1 << data.draw(st.integers(0, 7))
    ENTRY.path.write_bytes(contents)
    assert read(ENTRY) is None


def sealed(image):
    return hashlib.sha256(ENTRY.key.encode() + b"\0" + image).digest() + image


def npz(compress=False, **arrays):
    buffer = io.BytesIO()
    (np.savez_compressed if compress else np.savez)(buffer, **{**ARRAYS, **arrays})
    return buffer.getvalue()


def huge_header():
    """An array whose header claims a terabyte."""
    buffer = io.BytesIO()
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<f4", "fortran_order": False, "shape": (1 << 36, 3)})
    with zipfile.ZipFile(buffer, "w") as members:
        members.writestr("numbers.npy", header.getvalue())
    return buffer.getvalue()


FORGED = {
    "nothing": b"",
    "text": b"head",
    "another key": npz(),
    "an array is missing": sealed(npz().replace(b"names", b"nomen")),
    "another dtype": sealed(npz(numbers=np.zeros((2, 3)))),
    "another shape": sealed(npz(numbers=np.zeros((2, 4), np.float32))),
    "another number of axes": sealed(npz(numbers=np.zeros((2, 3, 1), np.float32))),
    "extents that contradict each other": sealed(npz(numbers=np.zeros((3, 3), np.float32))),
    "objects": sealed(npz(numbers=np.array([{}, None], object))),
    "not an npz": sealed(b"PK\3\4" + bytes(99)),
    "a zip bomb": sealed(npz(compress=True, numbers=np.zeros((1 << 20, 3), np.float32), names=np.zeros(1 << 20, "U4"))),
    "a terabyte": sealed(huge_header()),
}


@pytest.mark.parametrize("name", FORGED)
def test_a_file_that_is_not_what_it_should_be_is_made_again_once(cache, lines, name):
    cache.mkdir()
    ENTRY.path.write_bytes(FORGED[name])
    assert [built(lines=lines) for _ in range(2)] == [1, 0]
    assert lines[0] == f"{ENTRY.path}: damaged, or made for something else; building the head again"
    assert len(lines) == 2


def test_a_file_under_the_name_of_another_key_is_not_used(cache):
    other = replace(ENTRY, key="head/2")
    write(other, ARRAYS)
    other.path.rename(ENTRY.path)
    assert read(ENTRY) is None


@pytest.mark.parametrize("kind", ["fifo", "dangling", "loop", "device"])
def test_a_special_file_is_replaced(cache, kind):
    cache.mkdir()
    targets = {"dangling": "nowhere", "loop": ENTRY.path.name, "device": "/dev/zero"}
    if kind == "fifo":
        os.mkfifo(ENTRY.path)
    else:
        ENTRY.path.symlink_to(targets[kind])
    assert [built() for _ in range(2)] == [1, 0]
    assert ENTRY.path.is_file()
    assert not ENTRY.path.is_symlink()


def test_a_folder_in_its_place_is_reported(cache, lines):
    ENTRY.path.mkdir(parents=True)
    assert [built(lines=lines) for _ in range(2)] == [1, 1]
    assert f"{ENTRY.path}: is a directory; building the head again" in lines
    assert any(line.startswith(f"{ENTRY.path}: is a directory: not cached; set PAINCTL_CACHE") for line in lines)
    assert [path.name for path in cache.iterdir()] == [ENTRY.path.name]


@pytest.mark.parametrize("place", ["file", "file/cache", "/proc/nowhere", "/dev/null"])
def test_a_cache_that_cannot_be_written_is_reported_before_the_work(tmp_path, monkeypatch, lines, place):
    (tmp_path / "file").touch()
    monkeypatch.setenv("PAINCTL_CACHE", str(tmp_path / place))
    assert built(lines=lines) == 1
    assert built() == 1
    assert lines[0].startswith(str(tmp_path / place))
    assert lines[0].endswith("nothing is cached; set PAINCTL_CACHE to a folder that can be written")
    assert lines[1:] == ["building the head (a while, in every run)"]


def test_without_a_home_nothing_is_cached(monkeypatch, lines, tmp_path):
    """As for a user number in a container, without an entry in the table of users."""

    def unlisted(number):
        raise KeyError(number)

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("pwd.getpwuid", unlisted)
    for name in ("PAINCTL_CACHE", "XDG_CACHE_HOME", "HOME"):
        monkeypatch.delenv(name, raising=False)
    assert built(lines=lines) == 1
    assert (
        lines[0] == "no home folder for a cache: nothing is cached; set PAINCTL_CACHE to a folder that can be written"
    )
    assert list(tmp_path.iterdir()) == []


def test_the_folder_is_that_of_the_variable_or_of_the_platform(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PAINCTL_CACHE", "~/here")
    assert folder() == tmp_path / "here"
    monkeypatch.setenv("PAINCTL_CACHE", "")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert folder() == tmp_path / "xdg/painctl"
    assert why_not_writable(folder()) == ""


def test_the_file_has_the_usual_permissions(cache):
    before = os.umask(0o027)
    try:
        write(ENTRY, ARRAYS)
    finally:
        os.umask(before)
    assert ENTRY.path.stat().st_mode & 0o777 == 0o640
    assert cache.stat().st_mode & 0o777 == 0o750


def test_concurrent_readers_see_only_complete_files(cache):
    entry = replace(ENTRY, layout={"numbers": ("float64", ("N",))})
    large = {"numbers": np.zeros(1 << 18)}
    write(entry, large)
    with ThreadPoolExecutor(2) as pool:
        writes = [pool.submit(write, entry, large) for _ in range(20)]
        while not all(write.done() for write in writes):
            assert read(entry) is not None
    assert [write.result() for write in writes] == [None] * 20
    assert [path.name for path in cache.iterdir()] == [entry.path.name]


def test_the_same_arrays_make_the_same_file(cache):
    write(ENTRY, ARRAYS)
    before = ENTRY.path.read_bytes()
    write(ENTRY, ARRAYS)
    assert ENTRY.path.read_bytes() == before
