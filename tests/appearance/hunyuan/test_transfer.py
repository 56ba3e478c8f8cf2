import numpy as np
import pytest
from made_hunyuan import surface, unwrapped

from painctl.appearance.hunyuan.transfer import match_corners, transfer
from painctl.appearance.hunyuan.wavefront import Unwrapped
from painctl.appearance.texels import texels

SIZE, CODE = 512, 1 / 255


def rewrapped(head, vertices, size, seed=0, gutter=True, kept=slice(None)):
    """The re-unwrapped head, each triangle with its own vertices, rounded as in a file, and its maps."""
    corners, uvs, maps = unwrapped(vertices, head.topology.faces[kept], size, seed, gutter=gutter)
    rows = np.arange(len(corners)).reshape(-1, 3)
    return Unwrapped(corners.round(6), rows, uvs, rows), maps


def truth(head, vertices, size=SIZE):
    layout = texels(head.topology, size)
    return layout, surface(layout.interpolate(vertices))


@pytest.mark.parametrize(("size", "most", "nearly"), [(1024, 5, 2.5), (2048, 3, 1)])
def test_a_smooth_function_of_the_surface_comes_back_without_seams(head, size, most, nearly):
    """Everywhere, although each triangle is a chart: within the `most` codes of 8 bits by which the function changes
    over half a texel of the maps, which is a millimetre on the crown, and within `nearly` for 999 of 1,000 texels.
    """
    mesh, maps = rewrapped(head, head.template, size)
    values, share = transfer(maps, mesh, head.template, head.topology, SIZE)
    layout, expected = truth(head, head.template)
    error = np.abs(layout.gather(values) - expected)
    assert layout.gather(share).min() == 1
    assert error.max() < most * CODE
    assert np.percentile(error.max(1), 99.9) < nearly * CODE


def test_texels_between_charts_do_not_leak_onto_the_head(head):
    values = [
        transfer(maps, mesh, head.template, head.topology, SIZE)[0]
        for mesh, maps in (rewrapped(head, head.template, 1024, gutter=gutter) for gutter in (True, False))
    ]
    np.testing.assert_array_equal(*values)


def test_our_texture_may_be_finer_than_the_maps(head):
    mesh, maps = rewrapped(head, head.template, 512)
    values, _ = transfer(maps, mesh, head.template, head.topology, 1024)
    layout, expected = truth(head, head.template, 1024)
    assert np.abs(layout.gather(values) - expected).mean() < CODE


def test_triangles_that_did_not_come_back_are_not_covered(head):
    gone = np.zeros(len(head.topology.faces), bool)
    gone[::20] = True
    mesh, maps = rewrapped(head, head.template, 1024, kept=~gone)
    _, share = transfer(maps, mesh, head.template, head.topology, SIZE)
    _, matched = match_corners(mesh, head.template, head.topology)
    np.testing.assert_array_equal(matched, ~gone)
    covered = texels(head.topology, SIZE).gather(share)
    assert 0.92 < covered.mean() < 0.98
    assert (covered == 0).mean() > 0.02


def test_a_triangle_without_area_in_the_texture_is_not_covered(head):
    mesh, _ = rewrapped(head, head.template, 1024)
    mesh.uvs[mesh.uv_faces[:7]] = 0
    _, matched = match_corners(mesh, head.template, head.topology)
    assert (len(matched) - matched.sum()) == 7


def test_corners_are_matched_in_any_order(head):
    mesh, _ = rewrapped(head, head.template, 1024)
    corners, matched = match_corners(mesh, head.template, head.topology)
    assert matched.all()
    uv_at = {tuple(vertex): uv for vertex, uv in zip(mesh.vertices[::500], mesh.uvs[::500], strict=True)}
    corner_positions = head.template[head.topology.faces].round(6)
    same = 0
    for vertex, uv in uv_at.items():
        face, corner = np.nonzero((corner_positions == vertex).all(2))
        same += any((corners[f, c] == uv).all() for f, c in zip(face, corner, strict=True))
    assert same == len(uv_at)


def test_another_mesh_is_rejected(head):
    mesh, maps = rewrapped(head, head.template * 1.01, 256)
    with pytest.raises(ValueError, match=f"of {len(head.topology.faces)} triangles came back"):
        transfer(maps, mesh, head.template, head.topology, 128)
