import re

import made_meshes
import numpy as np
import pytest

from painctl.scans.mesh_file import read_mesh

TRIANGLE = "v 0 0 0\nv 1 0 0\nv 0 1 0\nvt 0 0\nvt 1 0\nvt 0 1\n"


@pytest.fixture(scope="module")
def files(parts, tmp_path_factory):
    folder = tmp_path_factory.mktemp("meshes")
    return {
        "obj": made_meshes.write_obj(parts, folder / "head.obj", picture=folder / "skin.png"),
        "ply": made_meshes.write_ply(parts, folder / "head.ply"),
        "glb": made_meshes.write_glb(parts, folder / "head.glb"),
    }


def sorted_centres(points, scale):
    """The sorted coordinates of the centres of triangles [F, 3, 3], whose order and vertex numbers may differ."""
    return np.sort(points.mean(axis=1) / scale, axis=0)


@pytest.mark.parametrize(("kind", "units", "pitch"), [("obj", 100, 12), ("ply", 1000, 0), ("glb", 1, 0)])
def test_every_format_gives_the_triangles_of_all_parts(files, parts, kind, units, pitch):
    mesh = read_mesh(files[kind])
    expected = [made_meshes.posed(points, units, pitch)[faces] for points, faces in parts.values()]
    read, truth = (sorted_centres(values, units) for values in (mesh.vertices[mesh.faces], np.concatenate(expected)))
    np.testing.assert_allclose(read, truth, atol=3e-4)
    assert len(mesh.vertices) == len(np.unique(mesh.vertices, axis=0))


def test_pictures_and_colours_at_vertices_are_read(files, parts):
    obj, ply, glb = (read_mesh(files[kind]) for kind in ("obj", "ply", "glb"))
    assert len(obj.pictures) == 1
    assert (obj.picture >= 0).sum() == len(parts["skin"][1])
    assert obj.colours is None
    assert ply.colours.shape == (len(ply.faces), 3, 3)
    assert not glb.has_colours


def test_a_missing_library_or_picture_is_remembered(tmp_path):
    path = tmp_path / "a.obj"
    path.write_text(f"mtllib none.mtl\n{TRIANGLE}f 1/1 2/2 3/3\n")
    assert read_mesh(path).missing == ("none.mtl",)


@pytest.mark.parametrize("name", ["../secret.mtl", "/etc/hostname", "..\\secret.mtl", "C:\\secret.mtl"])
def test_references_out_of_the_folder_are_refused(tmp_path, name):
    (tmp_path / "in").mkdir()
    (tmp_path / "secret.mtl").write_text("newmtl a\n")
    path = tmp_path / "in" / "a.obj"
    path.write_text(f"mtllib {name}\n{TRIANGLE}usemtl a\nf 1/1 2/2 3/3\n")
    with pytest.raises(ValueError, match=r"in/a.obj: refers to .*, outside its folder; put that file beside it$"):
        read_mesh(path)


def test_pictures_out_of_the_folder_and_unreadable_ones_are_refused(tmp_path):
    (tmp_path / "in").mkdir()
    path = tmp_path / "in" / "a.obj"
    path.write_text(f"mtllib a.mtl\n{TRIANGLE}usemtl a\nf 1/1 2/2 3/3\n")
    (path.parent / "a.mtl").write_text("newmtl a\nmap_Kd ../b.png\n")
    (tmp_path / "b.png").write_bytes(b"no picture")
    with pytest.raises(ValueError, match="outside its folder"):
        read_mesh(path)
    (path.parent / "a.mtl").write_text("newmtl a\nmap_Kd b.png\n")
    (path.parent / "b.png").write_bytes(b"no picture")
    with pytest.raises(ValueError, match=r"in/a.obj: .*b.png: not a readable picture"):
        read_mesh(path)


def _uri(tree):
    tree["buffers"][0]["uri"] = "../data.bin"


def _draco(tree):
    tree["extensionsRequired"] = ["KHR_draco_mesh_compression"]


def _huge(tree):
    tree["accessors"][0] = {"componentType": 5126, "count": 10**12, "type": "VEC3"}


def _circle(tree):
    tree["nodes"].append({"children": [0, len(tree["nodes"])]})
    tree["scenes"][0]["nodes"] = [len(tree["nodes"]) - 1]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (_uri, "its buffers are in other files; export it with everything in one GLB"),
        (_draco, "needs the glTF extension KHR_draco_mesh_compression; export it without compression"),
        (_huge, "claims an array of 1000000000000 elements; the limit is 6,000,000"),
        (_circle, "its nodes do not form a tree; export it again"),
    ],
    ids=["uri", "draco", "huge", "circle"],
)
def test_hostile_and_compressed_gltf_is_refused(parts, tmp_path, change, reason):
    path = made_meshes.write_glb(made_meshes.without(parts, "skin"), tmp_path / "a.glb", change=change)
    with pytest.raises(ValueError, match=f"^{re.escape(f'{path}: {reason}')}$"):
        read_mesh(path)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.stl", b"solid", "not a mesh file by its name; expected one in .obj, .ply, .glb"),
        ("a.obj", b"nothing", "not an OBJ file of a mesh: it has no line that starts with v"),
        ("a.obj", TRIANGLE.encode(), "has no triangles"),
        ("a.obj", TRIANGLE.replace("v 1 0 0", "v nan 0 0").encode() + b"f 1 2 3\n", "is not finite"),
        ("a.ply", b"solid", "not a PLY file"),
        ("a.ply", b"ply\nformat ascii 1.0\nelement vertex 99999999\nend_header\n", "claims 99,999,999 elements"),
        ("a.ply", b"ply\nformat ascii 1.0\nelement vertex 90000\nend_header\n0", "claims 90,000 elements in 54 bytes"),
        ("a.glb", b"glTF", "not a binary glTF file"),
        ("a.glb", b"glTF\1\0\0\0" + bytes(20), "glTF version 1; export it as glTF 2.0"),
        ("a.glb", b"glTF\2\0\0\0\xff\0\0\0\xf0\0\0\0JSON{}", "claims 255 bytes but has 22"),
    ],
)
def test_other_files_are_refused_in_a_line_that_names_them(tmp_path, name, content, reason):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ValueError, match=reason) as error:
        read_mesh(path)
    assert str(error.value).startswith(f"{path}: ")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("kind", ["obj", "ply", "glb"])
def test_damaged_files_are_read_or_refused_in_one_line(files, tmp_path, kind):
    data, rng = bytearray(files[kind].read_bytes()), np.random.default_rng(1)
    path, messages = tmp_path / f"damaged.{kind}", []
    for _ in range(12):
        damaged = bytearray(data)
        for place in rng.integers(0, min(len(data), 4000), 4):
            damaged[place] = rng.integers(256)
        path.write_bytes(damaged[: rng.integers(1, len(data))])
        try:
            mesh = read_mesh(path)
        except ValueError as error:
            messages.append(str(error))
        else:
            assert mesh.faces.max() < len(mesh.vertices)
    assert all("\n" not in message and message.startswith(f"{path}: ") for message in messages)
