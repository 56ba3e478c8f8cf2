import os

import cv2
import numpy as np
import pytest

from painctl.appearance.hunyuan.painted import read_painted

OBJ = "mtllib x.mtl\nv 0 0 0\nv 1 0 0\nv 0 1 0\nvt 0 0\nvt 1 0\nvt 0 1\nf 1/1 2/2 3/3\n"


@pytest.fixture
def files(tmp_path):
    """Files as the pipeline writes them."""
    (tmp_path / "x.obj").write_text(OBJ)
    cv2.imwrite(str(tmp_path / "x.jpg"), np.full((32, 32, 3), (200, 120, 40), np.uint8))
    cv2.imwrite(str(tmp_path / "x_metallic.jpg"), np.full((32, 32), 10, np.uint8))
    cv2.imwrite(str(tmp_path / "x_roughness.jpg"), np.full((32, 32), 90, np.uint8))
    return tmp_path


def test_maps_are_read_as_written(files):
    painted = read_painted(files / "x.obj")
    assert np.abs(painted.colour[5, 5].astype(int) - (40, 120, 200)).max() <= 2
    assert (painted.metallic[5, 5], painted.roughness[5, 5]) == (10, 90)
    assert len(painted.mesh.faces) == 1


@pytest.mark.parametrize("name", ["x.obj", "x.jpg", "x_metallic.jpg", "x_roughness.jpg"])
def test_a_file_that_is_missing_or_not_regular_is_named(files, name):
    data = (files / name).read_bytes()
    (files / name).unlink()
    with pytest.raises(ValueError, match=f"{name} was not written"):
        read_painted(files / "x.obj")
    (files / "elsewhere").write_bytes(data)
    (files / name).symlink_to(files / "elsewhere")
    with pytest.raises(ValueError, match=f"{name} was not written"):
        read_painted(files / "x.obj")
    (files / name).unlink()
    os.mkfifo(files / name)
    with pytest.raises(ValueError, match=f"{name} of the paint pipeline is not a regular file"):
        read_painted(files / "x.obj")


def test_a_file_that_is_too_large_is_not_read(files):
    with (files / "x.jpg").open("wb") as file:
        file.truncate(65 << 20)
    with pytest.raises(ValueError, match="not a regular file of at most 64 MiB"):
        read_painted(files / "x.obj")


@pytest.mark.parametrize("cut", [0, 10, 300, -1])
def test_a_truncated_picture_is_rejected(files, cut):
    (files / "x.jpg").write_bytes((files / "x.jpg").read_bytes()[:cut])
    with pytest.raises(ValueError, match="not a complete JPEG"):
        read_painted(files / "x.obj")


@pytest.mark.parametrize("shape", [(8, 8), (32, 48), (64, 64)])
def test_sizes_are_checked(files, shape):
    cv2.imwrite(str(files / "x_metallic.jpg"), np.zeros(shape, np.uint8))
    with pytest.raises(ValueError, match=r"x_metallic\.jpg of the paint pipeline"):
        read_painted(files / "x.obj")


def test_a_bad_mesh_is_named(files):
    (files / "x.obj").write_text(OBJ.replace("3/3", "4/3"))
    with pytest.raises(ValueError, match=r"x\.obj of the paint pipeline: triangles refer to vertices"):
        read_painted(files / "x.obj")
