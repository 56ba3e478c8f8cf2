import os
import socket
from pathlib import Path

import pytest

from painctl.files.publish import atomic_write
from painctl.files.targets import output_file, require_folder


def test_a_link_is_followed_and_stays(tmp_path):
    for number, name in enumerate(("there", "created")):
        (tmp_path / "real").mkdir(exist_ok=True)
        link, real = tmp_path / f"link{number}", tmp_path / "real" / name
        link.symlink_to(f"real/{name}")
        if name == "there":
            real.write_bytes(b"old")
        assert output_file(link) == real
        atomic_write(link, b"new")
        assert link.is_symlink()
        assert real.read_bytes() == b"new"
    assert len(list(tmp_path.rglob("*"))) == 5


@pytest.mark.parametrize("kind", ["a named pipe", "a socket", "a device", "a folder"])
def test_what_is_no_file_is_rejected_at_once_and_by_a_link_too(tmp_path, monkeypatch, kind):
    monkeypatch.chdir(tmp_path)  # the path of a socket is short
    place = {"a device": "/dev/null"}.get(kind, "place")
    if kind == "a named pipe":
        os.mkfifo(place)
    elif kind == "a socket":
        socket.socket(socket.AF_UNIX).bind(place)
    elif kind == "a folder":
        Path(place).mkdir()
    Path("link").symlink_to(place)
    for path in (tmp_path / place, tmp_path / "link"):
        with pytest.raises(ValueError, match=f"{path}: {kind}"):
            output_file(path)
        with pytest.raises(ValueError, match=f"{path}: {kind}"):
            atomic_write(path, b"x")
        if kind == "a folder":
            require_folder(path)
        else:
            with pytest.raises(ValueError, match=f"{path}: {kind}, where a folder"):
                require_folder(path)


def test_a_missing_folder_is_named_with_the_remedy(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no folder .*/a b/c; `mkdir -p '.*/a b/c'` makes it"):
        output_file(tmp_path / "a b/c/out.h5")
    (tmp_path / "link").symlink_to("nowhere/out.h5")
    with pytest.raises(FileNotFoundError, match=f"{tmp_path}/link: no folder {tmp_path}/nowhere"):
        output_file(tmp_path / "link")


def test_a_loop_of_links_is_an_error(tmp_path):
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(OSError, match="symbolic links"):
        output_file(tmp_path / "loop")


def test_a_file_and_a_link_to_nowhere_are_no_place_for_a_folder(tmp_path):
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to("nowhere")
    for name, kind in (("file", "a file"), ("link", "a link to nowhere")):
        with pytest.raises(ValueError, match=f"{name}: {kind}, where a folder"):
            require_folder(tmp_path / name)
    require_folder(tmp_path / "new")
    require_folder(tmp_path)
