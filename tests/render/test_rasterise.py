import numpy as np
import pytest

from painctl.engines.registry import find
from painctl.render.rasterise import NEAR
from painctl.render.rasterise_opencv import ColourRaster, rasterise_depth


@pytest.fixture(params=["opencv", "pytorch3d"])
def engine(request):
    if request.param == "pytorch3d":
        pytest.importorskip("pytorch3d", reason="needs the pytorch3d extra")
    return find("renderer", request.param).build(device="cpu")


def cast_rays(vertices, faces, camera):
    """The reference: each pixel's ray against each triangle, float64 (Moeller and Trumbore): face and z [S, S]."""
    viewed = vertices.astype(np.float64) @ camera.extrinsics[:3, :3].T + camera.extrinsics[:3, 3]
    v, u = np.mgrid[: camera.size, : camera.size] + 0.5
    rays = np.stack([u, v, np.ones_like(u)], axis=-1).reshape(-1, 1, 3) @ np.linalg.inv(camera.intrinsics).T
    a, b, c = viewed[faces].transpose(1, 0, 2)
    across = np.cross(rays, c - a)
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = 1 / (across * (b - a)).sum(-1)
        p = (-a * across).sum(-1) * scale
        turned = np.cross(-a, b - a)
        q = (rays * turned).sum(-1) * scale
        z = (turned * (c - a)).sum(-1) * scale
        hit = (p >= 0) & (q >= 0) & (p + q <= 1) & (z > NEAR)
    z = np.where(hit, z, np.inf)
    nearest = z.argmin(axis=1)
    depth = z[np.arange(len(z)), nearest].reshape(camera.size, camera.size)
    return np.where(np.isfinite(depth), nearest.reshape(depth.shape), -1), depth


def soup(seed, count=40, spread=0.25, grain=0.1):
    rng = np.random.default_rng(seed)
    vertices = (rng.normal(size=(count, 1, 3)) * spread + rng.normal(size=(count, 3, 3)) * grain).reshape(-1, 3)
    return vertices.astype(np.float32), np.arange(3 * count, dtype=np.int32).reshape(-1, 3)


@pytest.mark.parametrize("seed", range(6))
def test_every_pixel_has_the_first_triangle_on_its_ray(engine, camera, seed):
    vertices, faces = soup(seed)
    gbuffer = engine(vertices, faces, camera())
    face, depth = cast_rays(vertices, faces, camera())
    assert (face >= 0).mean() > 0.2
    assert (gbuffer.face != face).mean() < 1e-3  # rays that hit an edge, within rounding
    same = (gbuffer.face == face) & (face >= 0)
    np.testing.assert_allclose(gbuffer.depth[same], depth[same], rtol=1e-5)


@pytest.mark.parametrize("seed", range(3))
def test_triangles_that_extend_behind_the_camera_are_clipped(engine, camera, seed):
    vertices, faces = soup(seed, count=12, grain=1.0)
    near = camera(distance=0.3)
    gbuffer = engine(vertices, faces, near)
    face, depth = cast_rays(vertices, faces, near)
    depths = (vertices @ near.extrinsics[2, :3] + near.extrinsics[2, 3])[faces]
    assert np.isin(np.flatnonzero((depths < 0).any(axis=1) & (depths > 0).any(axis=1)), face).any()
    assert (gbuffer.face != face).mean() < 2e-3
    same = (gbuffer.face == face) & (face >= 0)
    np.testing.assert_allclose(gbuffer.depth[same], depth[same], rtol=1e-4)


@pytest.mark.parametrize("size", [64, 200])
def test_barycentrics_give_the_point_on_the_ray_of_the_pixel(engine, camera, sphere, size):
    vertices, faces = sphere(40, 60, 0.25)
    view = camera(size)
    gbuffer = engine(vertices, faces, view)
    rows, columns = np.nonzero(gbuffer.mask)
    weights = gbuffer.barycentric[gbuffer.mask].astype(np.float64)
    points = np.einsum("nk,nkx->nx", weights, vertices[faces[gbuffer.face[gbuffer.mask]]])
    np.testing.assert_allclose(view.project(points), np.stack([columns, rows], axis=1) + 0.5, atol=5e-3)
    np.testing.assert_allclose(points @ view.extrinsics[2, :3] + 1.0, gbuffer.depth[gbuffer.mask], atol=1e-6)
    np.testing.assert_allclose(weights.sum(axis=1), 1, atol=1e-6)
    assert weights.min() >= 0
    assert not gbuffer.barycentric[~gbuffer.mask].any()
    assert not gbuffer.depth[~gbuffer.mask].any()


def test_a_sphere_has_its_analytic_silhouette_and_depth(engine, camera, sphere):
    vertices, faces = sphere(200, 300, 0.2)
    view = camera(256)
    gbuffer = engine(vertices, faces, view)
    v, u = np.mgrid[:256, :256] + 0.5
    rays = np.stack([u, v, np.ones_like(u)], axis=-1) @ np.linalg.inv(view.intrinsics).T
    # |t r - c| = R with c = (0, 0, 1): t = (b - sqrt(b^2 - a (1 - R^2))) / a, a = r.r, b = r.c
    a, b = (rays * rays).sum(-1), rays[..., 2]
    discriminant = b * b - a * (1 - 0.2**2)
    assert (gbuffer.mask != (discriminant > 0)).mean() < 1e-3
    inside = gbuffer.mask & (discriminant > 0.002)
    depth = (b - np.sqrt(np.maximum(discriminant, 0))) / a
    np.testing.assert_allclose(gbuffer.depth[inside], depth[inside], atol=1e-4)


def test_a_tilted_plane_has_its_analytic_depth(engine, camera):
    corners = np.array([[-3, -3, -1.5], [3, -3, 0.6], [3, 3, 1.5 - 0.9], [-3, 3, -1.5]], np.float32)
    corners[:, 2] = 0.1 * corners[:, 0] + 0.05 * corners[:, 1] - 1
    view = camera(96)
    gbuffer = engine(corners, np.array([[0, 1, 2], [0, 2, 3]], np.int32), view)
    v, u = np.mgrid[:96, :96] + 0.5
    x, y, _ = np.moveaxis(np.stack([u, v, np.ones_like(u)], axis=-1) @ np.linalg.inv(view.intrinsics).T, -1, 0)
    # head z = 1 - depth, head x = x depth, head y = -y depth, on z = 0.1 x + 0.05 y - 1
    np.testing.assert_allclose(gbuffer.depth, 2 / (1 + 0.1 * x - 0.05 * y), rtol=1e-5)


@pytest.mark.parametrize("seed", range(8))
def test_neighbouring_triangles_leave_no_crack(engine, camera, seed):
    """A crumpled mesh over the whole picture, with vertices on pixel centres and many edges through them."""
    rng = np.random.default_rng(seed)
    view, cells = camera(256, focal=256), 48
    across = np.linspace(-0.7, 0.7, cells + 1)
    net = np.stack([*np.meshgrid(across, across, indexing="ij"), np.zeros((cells + 1,) * 2)], -1).reshape(-1, 3)
    net[:, :2] += rng.uniform(-0.004, 0.004, (len(net), 2))
    if seed % 2:
        net[:, :2] = np.rint(net[:, :2] * 512) / 512  # on the lattice of the pixel centres
    i, j = np.mgrid[:cells, :cells].reshape(2, -1)
    a, b = i * (cells + 1) + j, (i + 1) * (cells + 1) + j
    faces = np.concatenate([np.stack([a, b, b + 1], 1), np.stack([a, b + 1, a + 1], 1)])
    faces = np.take_along_axis(faces, (np.arange(3) + rng.integers(3, size=(len(faces), 1))) % 3, axis=1)
    assert engine.visible_faces(net.astype(np.float32), faces.astype(np.int32), view).min() >= 0


def test_degenerate_triangles_are_not_visible(engine, camera):
    vertices = np.array([[-1, -1, 0], [1, 1, 0], [0.3, 0.3, 0], [0.2, 0.1, 0]], np.float32)
    faces = np.array([[0, 1, 2], [3, 3, 3], [0, 0, 1]], np.int32)
    gbuffer = engine(vertices, faces, camera())
    assert gbuffer.mask.mean() < 0.02
    assert np.isfinite(gbuffer.barycentric).all()
    assert np.isfinite(gbuffer.depth).all()


def test_a_mesh_out_of_view_leaves_the_background(engine, camera, sphere):
    vertices, faces = sphere(8, 8, 0.1)
    for away in ([0, 0, 5], [9, 0, 0]):
        assert not engine(vertices + np.float32(away), faces, camera()).mask.any()
    assert not engine(vertices, faces[:0], camera()).mask.any()


def test_triangles_drawn_in_turn_look_as_if_drawn_at_once(camera):
    vertices, faces = soup(0)
    colours = np.random.default_rng(1).random(vertices.shape, np.float32)
    once, in_turn = (ColourRaster(vertices, colours, camera()) for _ in range(2))
    once.draw(faces)
    in_turn.draw(faces[:20])
    assert (in_turn.depth > once.depth).any()
    in_turn.draw(faces[20:])
    np.testing.assert_array_equal(in_turn.colour, once.colour)
    np.testing.assert_array_equal(in_turn.depth, once.depth)
    np.testing.assert_array_equal(rasterise_depth(vertices, faces, camera()), once.depth)
