"""The command sample-ids --model mesh, and its shard through the whole chain."""

import json

import h5py
import made_meshes
import numpy as np
import pytest

from painctl.images.encode import decode

WHO = "--age 44 --gender woman --ethnicity Black"


@pytest.fixture(scope="module")
def files(head, tmp_path_factory):
    """Two heads: a textured one in centimetres, pitched, and a scan without eyes in millimetres."""
    folder = tmp_path_factory.mktemp("heads")
    parts = made_meshes.parts_of(head, head.template)
    made_meshes.write_obj(parts, folder / "first.obj", picture=folder / "skin.png")
    made_meshes.write_glb(
        made_meshes.without(parts, "left_eye", "right_eye", "teeth"), folder / "second.glb", units=1000.0
    )
    return folder


def test_meshes_go_through_the_whole_chain(sh, files, tmp_path):
    (tmp_path / "people.csv").write_text("file,age,gender,ethnicity\nsecond.glb,70,man,White\n")
    meshes = f"--mesh {files / 'first.obj'} --mesh {files / 'second.glb'}"
    done = sh(f"painctl sample-ids --model mesh {meshes} --people people.csv {WHO} --seed 3 -o ids.h5")
    assert (done.returncode, done.stdout) == (0, b"ids.h5\n"), done.stderr.decode()
    lines = done.stderr.decode().splitlines()
    assert any("first.obj: rotated by" in line and "in centimetres" in line for line in lines)
    assert any("second.glb: rotated by" in line and "from the open head: eyeballs" in line for line in lines)
    with h5py.File(tmp_path / "ids.h5") as file:
        (step,) = json.loads(file.attrs["history"])
        assert [mesh["file"] for mesh in step["meshes"]] == ["first.obj", "second.glb"]
        assert [mesh["colours"] for mesh in step["meshes"]] == ["own", "made"]
        assert step["meshes"][1]["mended"].startswith("eyeballs")
        assert step["licence"] == "that of the meshes: first.obj, second.glb"
        assert file["identities/age"][:].tolist() == [44, 70]
        assert [value.rstrip(b"\0") for value in file["identities/age_group"][:]] == [b"young", b"elderly"]
        assert (np.diff(file["meshes/albedo_offsets"][:]) > 0).tolist() == [True, False]
    for line in (
        "painctl render-depth ids.h5 -o depth.h5",
        "painctl synth-neutral depth.h5 -o portraits.h5",
        "painctl texture --size 256 portraits.h5 -o textures.h5",
        "painctl rig --pspi 12 --expressions 1 textures.h5 -o faces.h5",
        "painctl rig --engine neural --pspi 12 --expressions 1 textures.h5 -o neural.h5",
        "painctl render-views --size 64 --yaw 0 faces.h5 -o frames.h5",
        "painctl pack frames.h5 -o data.h5",
    ):
        step = sh(line)
        assert step.returncode == 0, step.stderr.decode()
    with h5py.File(tmp_path / "data.h5") as file:
        assert len(file["frames/image_offsets"]) == 5
    own, made = (_face_colour(tmp_path / "textures.h5", row) for row in (0, 1))
    assert own.std(0).mean() > 2 * made.std(0).mean()  # the coloured waves of the mesh, not skin


def _face_colour(path, row):
    """Albedo of the middle of the head's texture island, which is its face: [N, 3]."""
    with h5py.File(path) as file:
        start, stop = file["textures/albedo_offsets"][row : row + 2]
        picture = decode(file["textures/albedo"][start:stop])
    size = len(picture)
    return picture[int(0.35 * size) : int(0.6 * size), int(0.2 * size) : int(0.45 * size)].reshape(-1, 3).astype(float)


@pytest.mark.parametrize(
    ("options", "code", "reason"),
    [
        ("--model mesh", 2, "--model mesh needs --mesh FILE: a head as OBJ, PLY or GLB"),
        ("-n 1 --mesh a.obj", 2, "--mesh is only used by --model mesh; add that, or leave out --mesh"),
        ("-n 1 --age 30", 2, "--age is only used by --model mesh; add that, or leave out --age"),
        (f"--model mesh --mesh a.obj {WHO} --demographics 3dpain", 2, "--demographics and --model mesh cannot"),
        ("--model mesh --mesh a.obj --age 30", 1, "a.obj: whose head is it? give --gender for all meshes, or --people"),
        (f"--model mesh --mesh a.obj {WHO}", 1, "a.obj: no such file or directory"),
        (f"--model mesh --mesh b.obj {WHO}", 1, "b.obj: not an OBJ file of a mesh"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(painctl, tmp_path, options, code, reason):
    (tmp_path / "b.obj").write_text("hello\n")
    done = painctl("sample-ids", *options.split(), "-o", "ids.h5")
    assert done.returncode == code
    assert reason.lower() in done.stderr.lower()
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "ids.h5").exists()
