import os
import socket
from pathlib import Path

import pytest

from painctl.files.reading import open_regular, read_bytes


def test_a_file_is_read_also_through_a_link(tmp_path):
    (tmp_path / "file").write_bytes(b"content")
    (tmp_path / "link").symlink_to("file")
    assert read_bytes(tmp_path / "link", 7) == b"content"
    with pytest.raises(ValueError, match=r"file: larger than the limit of 0 MB"):
        read_bytes(tmp_path / "file", 6)


def make_fifo(path):
    os.mkfifo(path)


def make_socket(path):
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))


def link_to_zeros(path):
    path.symlink_to("/dev/zero")


@pytest.mark.parametrize(
    ("make", "kind"),
    [(make_fifo, "a named pipe"), (link_to_zeros, "a device"), (make_socket, "a socket|No such device")],
)
def test_special_files_are_refused_by_name_without_waiting(tmp_path, monkeypatch, make, kind):
    monkeypatch.chdir(tmp_path)  # the name of a socket is short
    path = Path("special")
    make(path)
    with pytest.raises((ValueError, OSError), match=f"special.*{kind}|{kind}.*special"):
        open_regular(path)


def test_a_folder_is_a_folder(tmp_path):
    with pytest.raises(IsADirectoryError, match=tmp_path.name):
        open_regular(tmp_path)


def test_a_git_lfs_pointer_is_named(tmp_path):
    path = tmp_path / "model.safetensors"
    path.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n")
    with pytest.raises(ValueError, match=r"model.safetensors: a Git LFS pointer.*git lfs pull"):
        open_regular(path)


def test_no_descriptor_is_left_open(tmp_path):
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(3):
        with pytest.raises(IsADirectoryError):
            open_regular(tmp_path)
    assert len(list(Path("/proc/self/fd").iterdir())) == before
