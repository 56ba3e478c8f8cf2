import numpy as np
import pytest

from painctl.face.flame.texture_layout import find_template, read_layout

FACES = np.array([[0, 1, 2], [2, 1, 3], [0, 2, 3]])
OBJ = """# Blender
mtllib template.mtl
v 0 0 0
v 1 0 0
v 0 1 0
v 1 1 1
vt 0.1 0.2
vt 0.3 0.4
vt 0.5 0.6
vt 0.7 0.8
usemtl material_1
s off
f 2/2/1 3/3/1 1/1/1
f 3/3 2/2 4/4
f 4/1 1/2 3/4
"""


@pytest.fixture
def obj(tmp_path):
    def write(text=OBJ):
        path = tmp_path / "head_template.obj"
        path.write_text(text)
        return path

    return write


def test_every_corner_keeps_its_coordinates_in_any_order(obj):
    expected = [[0, 1, 2], [2, 1, 3], [1, 3, 0]]
    for lines in (OBJ, "\n".join(sorted(OBJ.splitlines(), key=lambda line: line.startswith("f 2"))) + "\n"):
        uvs, uv_faces = read_layout(obj(lines), FACES)
        np.testing.assert_array_equal(uvs, [[0.1, 0.2], [0.3, 0.4], [0.5, 0.6], [0.7, 0.8]])
        np.testing.assert_array_equal(uv_faces, expected)


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf" + OBJ[OBJ.index("vt") :].replace("\n", "\r\n").encode(),
        OBJ.replace("\n", "\r").encode(),
        OBJ.encode("utf-16"),
        OBJ.replace("Blender", "caf\xe9").encode("latin-1"),
        OBJ.replace("2/2 4/4", "2/2 \\\n4/4 ").encode(),
    ],
)
def test_a_template_is_read_as_editors_save_it(obj, data):
    path = obj()
    expected = read_layout(path, FACES)
    path.write_bytes(data)
    for values, others in zip(read_layout(path, FACES), expected, strict=True):
        np.testing.assert_array_equal(values, others)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("f 4/1 1/2 3/4", "f 4/1 1/2 3/4 2/2", "not an OBJ file of triangles"),
        ("f 4/1 1/2 3/4", "f 4 1 3", "not an OBJ file of triangles"),
        ("f 4/1 1/2 3/4", "f 4/1 1/2 3/9", "not an OBJ file of triangles"),
        ("f 4/1 1/2 3/4", "f 4/1 1/2 x/4", "not an OBJ file of triangles"),
        ("vt 0.7 0.8", "vt 0.7", "not an OBJ file of triangles"),
        ("vt 0.7 0.8", "vt nan 0.8", "not an OBJ file of triangles"),
        ("f 4/1 1/2 3/4", "f 4/1 1/2 2/4", "its triangles are not those of the model"),
        ("f 4/1 1/2 3/4\n", "", "its triangles are not those of the model"),
        (OBJ, "", "not an OBJ file of triangles"),
        ("f 4/1 1/2 3/4", "f 4/1 1/2 " + "9" * 40 + "/4", "not an OBJ file of triangles"),
        ("# Blender", "#" * 17_000_000, "larger than the limit of 16 MB"),
    ],
)
def test_invalid_templates_are_rejected(obj, old, new, words):
    with pytest.raises(ValueError, match=f"head_template.obj: {words}"):
        read_layout(obj(OBJ.replace(old, new)), FACES)


def test_the_template_is_expected_beside_the_model(obj, tmp_path):
    model = tmp_path / "generic_model.pkl"
    with pytest.raises(FileNotFoundError, match="files have no texture coordinates; put head_template"):
        find_template(model, None)
    path = obj()
    assert find_template(model, None) == path
    assert find_template(model, tmp_path / "other.obj") == tmp_path / "other.obj"
