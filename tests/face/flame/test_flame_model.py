"""The model against its equations, written out vertex by vertex with 4 x 4 matrices, and its invariants."""

import numpy as np
import pytest
from made_flame import make_arrays, pickled

from painctl.face.flame.model import vertices
from painctl.face.flame.model_file import read_flame


@pytest.fixture(params=range(3))
def model(request, tmp_path):
    path = tmp_path / "generic_model.pkl"
    path.write_bytes(pickled(make_arrays(request.param)))
    return read_flame(path)


def rotation(angles):
    """Rodrigues' formula: 1 + sin(a) K + (1 - cos(a)) K^2, K the cross product with the axis."""
    angle = np.linalg.norm(angles)
    if angle == 0:
        return np.eye(3)
    x, y, z = angles / angle
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross


def rigid(turn, shift):
    matrix = np.eye(4)
    matrix[:3, :3], matrix[:3, 3] = turn, shift
    return matrix


def reference(model, betas, expression, pose):
    """Li et al. 2017, equations 2 to 5, as Loper et al. 2015 define the skinning function."""
    shaped = model.template.copy()
    for number, weight in enumerate(betas):
        shaped += weight * model.shapes[:, :, number]
    for number, weight in enumerate(expression):
        shaped += weight * model.shapes[:, :, 300 + number]
    joints = model.joint_regressor @ shaped
    turns = [rotation(angles) for angles in pose]
    posed = shaped.copy()
    for joint in range(1, 5):
        for row in range(3):
            for column in range(3):
                feature = turns[joint][row, column] - (row == column)
                posed += feature * model.pose_shapes[:, :, 9 * (joint - 1) + 3 * row + column]
    world = [rigid(turns[0], joints[0])]
    for joint in range(1, 5):
        parent = model.parents[joint]
        world.append(world[parent] @ rigid(turns[joint], joints[joint] - joints[parent]))
    from_rest = [matrix @ rigid(np.eye(3), -joint) for matrix, joint in zip(world, joints, strict=True)]
    result = np.empty_like(posed)
    for vertex, point in enumerate(posed):
        blended = sum(w * matrix for w, matrix in zip(model.weights[vertex], from_rest, strict=True))
        result[vertex] = (blended @ np.append(point, 1))[:3]
    return result


def test_the_model_agrees_with_its_equations(model):
    rng = np.random.default_rng(5)
    for counts in ((300, 100), (10, 0), (0, 7)):
        betas, expression = (rng.normal(0, 1, count) for count in counts)
        pose = rng.normal(0, 0.5, (5, 3))
        np.testing.assert_allclose(
            vertices(model, betas, expression, pose), reference(model, betas, expression, pose), atol=1e-12
        )


def test_at_rest_the_vertices_are_the_shape(model):
    betas = np.random.default_rng(1).normal(0, 1, 300)
    np.testing.assert_allclose(vertices(model), model.template, atol=1e-14)
    np.testing.assert_allclose(vertices(model, betas), model.template + model.shapes[..., :300] @ betas, atol=1e-13)


def test_the_root_rotates_the_head_about_its_joint(model):
    pose = np.zeros((5, 3))
    pose[0] = 0.3, -1.1, 0.7
    joint = model.joint_regressor[0] @ model.template
    expected = (model.template - joint) @ rotation(pose[0]).T + joint
    np.testing.assert_allclose(vertices(model, pose=pose), expected, atol=1e-12)


@pytest.mark.parametrize(("betas", "expression"), [(301, 0), (0, 101)])
def test_too_many_coefficients_are_rejected(model, betas, expression):
    with pytest.raises(ValueError, match="300 coefficients of shape and 100 of expression"):
        vertices(model, np.zeros(betas), np.zeros(expression))
