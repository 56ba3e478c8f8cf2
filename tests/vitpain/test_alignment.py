import cv2
import numpy as np
import pytest

from painctl.corpora.recognise import open_corpus
from painctl.vitpain.alignment import ANCHORS, SIZE, Aligned, align, mean_face


def dotted(points, size):
    """Dots of their own grey at the anchors, on black."""
    image = np.zeros((size, size, 3), np.uint8)
    for x, y in points:
        cv2.circle(image, (round(x * 16), round(y * 16)), 3 * 16, (255, 255, 255), -1, shift=4)
    return image


def test_anchors_land_on_the_mean_face():
    rng = np.random.default_rng(0)
    turn = np.array([[1.6, 0.3], [-0.3, 1.5]])
    landmarks = np.zeros((68, 2), np.float32)
    landmarks[list(ANCHORS)] = (mean_face() - 80) @ turn + 200 + rng.normal(0, 2, (len(ANCHORS), 2))
    inner = [ANCHORS.index(i) for i in (30, 36, 45, 51)]  # alone enough not to touch
    found = align(dotted(landmarks[list(ANCHORS)][inner], 400), landmarks)[..., 0]
    for index in inner:
        x, y = mean_face()[index]
        rows, columns = np.mgrid[:SIZE, :SIZE]
        near = (np.hypot(columns - x, rows - y) < 6) * found.astype(float)
        centre = (near * columns).sum() / near.sum(), (near * rows).sum() / near.sum()
        assert np.hypot(centre[0] - x, centre[1] - y) < 0.6


def test_an_aligned_face_stays_where_it_is():
    coarse = np.random.default_rng(1).integers(0, 255, (8, 8, 3), dtype=np.uint8)
    image = cv2.resize(coarse, (SIZE, SIZE), interpolation=cv2.INTER_CUBIC)
    landmarks = np.zeros((66, 2), np.float32)
    landmarks[list(ANCHORS)] = mean_face()
    grey = cv2.createCLAHE(2.0, (8, 8)).apply(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY))
    found = align(image, landmarks)
    assert found.shape == (SIZE, SIZE, 3)
    inside = cv2.fillConvexPoly(np.zeros((SIZE, SIZE), np.uint8), cv2.convexHull(mean_face().round().astype(int)), 1)
    inside = cv2.erode(inside, np.ones((5, 5))) > 0
    assert np.corrcoef(found[inside, 0], grey[inside])[0, 1] > 0.9
    assert not found[0, 0].any()


def test_the_mean_face_is_that_of_the_open_head(head):
    from painctl.face.demographics import assign, load_demographics
    from painctl.face.identity import draw_identity

    groups = assign(load_demographics("balanced"), 8, 1)
    shapes = []
    for index, group in enumerate(groups):
        vertices = head.neutral(draw_identity(head, 1, index, *group).coefficients)
        corners = vertices[head.topology.faces[head.topology.landmark_faces]]
        points = np.einsum("lk,lkx->lx", head.topology.landmark_barycentric, corners)[:, :2] * (1, -1)
        low, high = points.min(axis=0), points.max(axis=0)
        shapes.append(((points - (low + high) / 2) / (high - low).max())[list(ANCHORS)])
    found = (np.mean(shapes, axis=0) + 0.5) * (SIZE - 1)
    assert np.abs(found - mean_face()).max() < 6


def test_a_corpus_with_points_is_aligned_and_one_without_is_refused(made_unbc):
    source = Aligned(open_corpus(made_unbc.folder))
    picture = source.picture(0)
    assert picture.shape == (SIZE, SIZE, 3)
    assert picture.any()
    assert np.array_equal(
        source.neutral(source.neutrals(3)[0]),
        align(source.source.neutral(source.neutrals(3)[0]), source.source.neutral_landmarks(source.neutrals(3)[0])),
    )
    with pytest.raises(ValueError, match="this dataset has none"):
        Aligned(open_corpus(made_unbc.trio))
