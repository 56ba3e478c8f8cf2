import numpy as np
import pytest

from painctl.render.camera import portrait_camera

HEAD = ("face", "ears", "scalp", "forehead", "nose", "chin")


@pytest.fixture(scope="module")
def skull(head):
    return np.max([head.topology.region(name) for name in HEAD], axis=0) > 0.5


def test_points_project_by_the_pinhole_formula(neutrals):
    camera = portrait_camera(neutrals[0], 512, 20, 10)
    (fx, _, cx), (_, fy, cy), _ = camera.intrinsics
    for point in ([0.0, 0, 0], [0.03, -0.05, 0.04]):
        x, y, z = (camera.extrinsics @ [*point, 1])[:3]
        np.testing.assert_allclose(camera.project(np.array([point]))[0], [fx * x / z + cx, fy * y / z + cy])


@pytest.mark.parametrize("yaw", [-90, -35, 0, 35, 90])
@pytest.mark.parametrize("pitch", [-35, 0, 35])
def test_every_head_is_inside_the_picture_with_a_margin(neutrals, skull, yaw, pitch):
    for vertices in neutrals:
        at = portrait_camera(vertices, 512, yaw, pitch).project(vertices[skull])
        assert at.min() > 6
        assert at.max() < 506


def test_the_head_is_centred_and_fills_most_of_the_picture(neutrals, skull):
    for vertices in neutrals:
        at = portrait_camera(vertices, 512).project(vertices[skull])
        assert np.abs((at.min(axis=0) + at.max(axis=0)) / 2 - 256).max() < 20
        assert 0.65 < np.ptp(at[:, 1]) / 512 < 0.95


def test_yaw_turns_to_the_subjects_left_and_pitch_looks_up(neutrals):
    nose = neutrals[0][[neutrals[0][:, 2].argmax()]]
    ahead, left, up = (portrait_camera(neutrals[0], 512, *turn).project(nose)[0] for turn in ((0, 0), (20, 0), (0, 20)))
    assert left[0] > ahead[0] + 20
    assert up[1] < ahead[1] - 20


def test_size_only_scales_the_picture(neutrals):
    small, large = (portrait_camera(neutrals[0], size, 17, -8) for size in (64, 2048))
    np.testing.assert_allclose(small.project(neutrals[0]) * 32, large.project(neutrals[0]))
    np.testing.assert_array_equal(small.extrinsics, large.extrinsics)


@pytest.mark.parametrize("size", [0, 63, 2049])
def test_an_invalid_size_is_rejected(neutrals, size):
    with pytest.raises(ValueError, match=f"picture size of {size} pixels; expected 64 to 2048"):
        portrait_camera(neutrals[0], size)
