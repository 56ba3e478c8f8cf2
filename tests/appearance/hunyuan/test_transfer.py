import numpy as np
import pytest
from made_hunyuan import surface, unwrapped

from painctl.appearance.hunyuan.transfer import corresponding, transfer
from painctl.appearance.hunyuan.wavefront import Unwrapped
from painctl.appearance.texels import texels

SIZE, CODE = 512, 1 / 255


def renewed(head, vertices, size, seed=0, gutter=True, kept=slice(None)):
    """The head unwrapped anew, every vertex cut apart and rounded as a file rounds, and its maps."""
    corners, uvs, maps = unwrapped(vertices, head.topology.faces[kept], size, seed, gutter=gutter)
    rows = np.arange(len(corners)).reshape(-1, 3)
    return Unwrapped(corners.round(6), rows, uvs, rows), maps


def truth(head, vertices, size=SIZE):
    here = texels(head.topology, size)
    return here, surface(here.interpolate(vertices))


@pytest.mark.parametrize(("theirs", "most", "nearly"), [(1024, 5, 2.5), (2048, 3, 1)])
def test_a_smooth_function_of_the_surface_comes_back_without_seams(head, theirs, most, nearly):
    """Everywhere, though each triangle is cut from all others: within the `most` codes of 8 bits that the function
    changes by over half of a texel of theirs, where that is a millimetre of the crown, and `nearly` for 999 of 1,000.
    """
    mesh, maps = renewed(head, head.template, theirs)
    values, share = transfer(maps, mesh, head.template, head.topology, SIZE)
    here, expected = truth(head, head.template)
    error = np.abs(here.gather(values) - expected)
    assert here.gather(share).min() == 1
    assert error.max() < most * CODE
    assert np.percentile(error.max(1), 99.9) < nearly * CODE


def test_what_lies_between_their_charts_does_not_come_onto_the_head(head):
    values = [
        transfer(maps, mesh, head.template, head.topology, SIZE)[0]
        for mesh, maps in (renewed(head, head.template, 1024, gutter=gutter) for gutter in (True, False))
    ]
    np.testing.assert_array_equal(*values)


def test_a_finer_texture_of_ours_needs_no_finer_one_of_theirs(head):
    mesh, maps = renewed(head, head.template, 512)
    values, _ = transfer(maps, mesh, head.template, head.topology, 1024)
    here, expected = truth(head, head.template, 1024)
    assert np.abs(here.gather(values) - expected).mean() < CODE


def test_what_did_not_come_back_is_not_covered(head):
    gone = np.zeros(len(head.topology.faces), bool)
    gone[::20] = True
    mesh, maps = renewed(head, head.template, 1024, kept=~gone)
    _, share = transfer(maps, mesh, head.template, head.topology, SIZE)
    _, found = corresponding(mesh, head.template, head.topology)
    np.testing.assert_array_equal(found, ~gone)
    covered = texels(head.topology, SIZE).gather(share)
    assert 0.92 < covered.mean() < 0.98
    assert (covered == 0).mean() > 0.02


def test_a_triangle_that_got_no_place_in_the_texture_is_not_covered(head):
    mesh, _ = renewed(head, head.template, 1024)
    mesh.uvs[mesh.uv_faces[:7]] = 0
    _, found = corresponding(mesh, head.template, head.topology)
    assert (len(found) - found.sum()) == 7


def test_corners_are_told_apart_whatever_their_order(head):
    mesh, _ = renewed(head, head.template, 1024)
    corners, found = corresponding(mesh, head.template, head.topology)
    assert found.all()
    at = {tuple(place): uv for place, uv in zip(mesh.vertices[::500], mesh.uvs[::500], strict=True)}
    own = head.template[head.topology.faces].round(6)
    seen = 0
    for place, uv in at.items():
        face, corner = np.nonzero((own == place).all(2))
        seen += any((corners[f, c] == uv).all() for f, c in zip(face, corner, strict=True))
    assert seen == len(at)


def test_another_mesh_is_refused(head):
    mesh, maps = renewed(head, head.template * 1.01, 256)
    with pytest.raises(ValueError, match=f"of {len(head.topology.faces)} triangles came back"):
        transfer(maps, mesh, head.template, head.topology, 128)
