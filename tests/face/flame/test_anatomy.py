import numpy as np
import pytest

from painctl.face.flame.anatomy import find_anatomy
from painctl.face.shell import Shell
from painctl.mesh.boundary import boundary_loops


@pytest.fixture(scope="module")
def template(flame):
    vertices = flame.model.template
    balls = [vertices[flame.topology.region(f"{side}_eye") > 0] for side in ("left", "right")]
    return vertices - np.mean([(ball.min(0) + ball.max(0)) / 2 for ball in balls], 0)


@pytest.fixture(scope="module")
def anatomy(template, flame):
    return find_anatomy(template, flame.model.faces)


def test_parts_do_not_overlap(anatomy):
    parts = [anatomy.left_eye, anatomy.right_eye, anatomy.sockets, anatomy.lid_backs, anatomy.mouth_inside]
    assert all(part.any() for part in parts)
    assert np.sum(parts, 0).max() == 1
    np.testing.assert_array_equal(np.any(parts, 0), anatomy.hidden)


def test_left_is_the_subject_s_left(anatomy, template):
    assert template[anatomy.left_eye, 0].min() > 0
    assert template[anatomy.right_eye, 0].max() < 0


def test_sockets_are_within_the_eyeballs_and_margins_outside(anatomy, template, flame):
    shell = Shell.of(template, flame.model.faces, anatomy.hidden)
    for ball, slit in zip((anatomy.left_eye, anatomy.right_eye), shell.eyes, strict=True):
        low, high = template[ball].min(0), template[ball].max(0)
        away = np.linalg.norm(template - (low + high) / 2, axis=1) / ((high[0] - low[0]) / 2)
        near = away < 1.5
        assert away[anatomy.sockets & near].max() < 0.9
        assert (away[np.concatenate([slit.upper, slit.lower])] > 1).all()


def test_the_mouth_extends_from_its_hole_to_the_lips(anatomy, template, flame):
    inside = template[anatomy.mouth_inside]
    shell = Shell.of(template, flame.model.faces, anatomy.hidden)
    assert anatomy.mouth_inside[anatomy.hole].all()
    seam = template[np.concatenate([shell.lips.upper, shell.lips.lower])]
    assert template[anatomy.hole, 2].mean() < inside[:, 2].mean() < seam[:, 2].mean()
    middle = seam[np.abs(seam[:, 0]) < 0.004]
    assert np.ptp(middle[:, 1]) < 0.003  # closed


def test_other_meshes_are_rejected(head, flame, template):
    with pytest.raises(ValueError, match="4 separate parts; FLAME's has three"):
        find_anatomy(head.template.astype(float), head.topology.faces)
    faces = flame.model.faces
    pierced = np.delete(faces, np.flatnonzero((template[faces][..., 1] > 0.08).all(1))[0], axis=0)
    assert len(boundary_loops(pierced)) == 3
    with pytest.raises(ValueError, match="has 3 boundary loops; FLAME's has two"):
        find_anatomy(template, pierced)


@pytest.mark.parametrize(("scale", "words"), [(0.02, "does not close behind"), (12.0, "does not open in front")])
def test_eyeballs_that_do_not_fit_are_rejected(anatomy, template, flame, scale, words):
    moved = template.copy()
    for ball in (anatomy.left_eye, anatomy.right_eye):
        centre = (moved[ball].min(0) + moved[ball].max(0)) / 2
        away = np.array([0, 0, 0.05]) if scale < 1 else 0
        moved[ball] = centre + away + scale * (moved[ball] - centre)
    with pytest.raises(ValueError, match=words):
        find_anatomy(moved, flame.model.faces)
