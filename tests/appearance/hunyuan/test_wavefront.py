import numpy as np
import pytest

from painctl.appearance.hunyuan.wavefront import read_obj, write_obj

GOOD = b"mtllib /etc/passwd\no x\nv 0 0 0\nv 1 0 0\nv 0 1 0\nvt 0 0\nvt 1 0\nvt 0 1\nusemtl M\nf 1/3 2/1 3/2\n"


def test_a_head_survives_writing_and_reading(head):
    mesh = read_obj(write_obj(head.template, head.topology))
    np.testing.assert_allclose(mesh.vertices, head.template, atol=1e-9)
    np.testing.assert_allclose(mesh.uvs, head.topology.uvs, atol=1e-8)
    np.testing.assert_array_equal(mesh.faces, head.topology.faces)
    np.testing.assert_array_equal(mesh.uv_faces, head.topology.uv_faces)


def test_indices_count_from_one_and_normals_are_ignored():
    for data in (GOOD, GOOD.replace(b"1/3", b"1/3/9")):
        mesh = read_obj(data)
        assert (mesh.faces.tolist(), mesh.uv_faces.tolist()) == ([[0, 1, 2]], [[2, 0, 1]])


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (b"f 1/3 2/1 3/2", b"f 1/3 2/1", "line 10"),
        (b"f 1/3 2/1 3/2", b"f 1/3 2/1 3/2 1/1", "line 10"),
        (b"f 1/3", b"f 1", "line 10"),
        (b"1/3", b"9/3", "not among its 3"),
        (b"1/3", b"1/4", "not among its 3"),
        (b"1/3", b"0/3", "not among its 3"),
        (b"1/3", b"-1/3", "not among its 3"),
        (b"1/3", b"1/99999999999999999999", "line 10"),
        (b"v 1 0 0", b"v 1 0", "line 4"),
        (b"v 1 0 0", b"v 1 0 nan", "finite"),
        (b"v 1 0 0", b"v 1 0 1e999", "finite"),
        (b"v 1 0 0", b"v 1 0 x\xff", "line 4"),
        (b"vt 1 0", b"vt 1.5 0", "from 0 to 1"),
        (b"vt 1 0", b"vt nan 0", "from 0 to 1"),
        (b"f 1/3 2/1 3/2", b"", "no triangles"),
        (GOOD, b"", "no triangles"),
    ],
)
def test_an_invalid_file_is_rejected_with_the_reason(old, new, reason):
    with pytest.raises(ValueError, match=reason):
        read_obj(GOOD.replace(old, new))
