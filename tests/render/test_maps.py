import numpy as np

from painctl.records import Textures
from painctl.render.maps import Maps


def chequers(size=256, cell=1):
    board = ((np.indices((size, size)) // cell).sum(axis=0) % 2).astype(np.uint8)
    colour = np.repeat(board[..., None] * 255, 3, axis=2)
    return Textures(colour, np.full((size, size, 3), 128, np.uint8), board * 255)


def test_v_runs_upwards_and_u_to_the_right():
    textures = chequers()
    textures.albedo[:] = 0
    textures.albedo[:128, 128:] = 255  # the top right quarter
    albedo, _, _ = Maps(textures).look_up(np.array([[0.75, 0.25, 0.75], [0.75, 0.75, 0.25]], np.float32), 1)
    np.testing.assert_allclose(albedo[0], [1, 0, 0])


def test_samples_at_texel_centres_are_exact():
    maps = Maps(chequers())
    at = (np.arange(256, dtype=np.float32) + 0.5) / 256
    albedo, _, roughness = maps.look_up(np.stack([at, 1 - at]), 1)
    np.testing.assert_allclose(roughness, 0, atol=1e-6)  # the board's diagonal
    np.testing.assert_allclose(albedo, 0, atol=1e-6)


def test_a_distant_chequerboard_has_half_the_light_not_half_the_code():
    albedo, _, roughness = Maps(chequers()).look_up(np.full((2, 5), 0.37, np.float32), 4)
    np.testing.assert_allclose(albedo, 0.5, atol=0.005)
    np.testing.assert_allclose(roughness, 0.5, atol=0.005)


def test_the_normal_map_is_decoded(plain):
    textures = plain()
    textures.normal[:] = (128, 255, 128)
    _, bump, _ = Maps(textures).look_up(np.full((2, 3), 0.5, np.float32), 1)
    np.testing.assert_allclose(bump.T, [[0, 1, 0]] * 3, atol=0.01)
