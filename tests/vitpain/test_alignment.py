import cv2
import numpy as np
import pytest
from scipy.interpolate import LinearNDInterpolator

from painctl.aligner.shipped import shipped_aligner
from painctl.corpora.recognise import open_corpus
from painctl.dataset.pairs import DatasetPairs
from painctl.face.demographics import assign, load_demographics
from painctl.face.identity import draw_identity
from painctl.face.landmarks import MIRROR
from painctl.render.camera import portrait_camera
from painctl.vitpain.alignment import ANCHORS, SIZE, AlignedSource, align, mean_face, warp

CENTRES = np.stack(np.meshgrid(np.arange(SIZE), np.arange(SIZE)), axis=-1) + 0.5
OUTLINE = cv2.convexHull(mean_face())
# pixels well inside the face
INSIDE = (
    np.array([[cv2.pointPolygonTest(OUTLINE, (x + 0.5, y + 0.5), True) for x in range(SIZE)] for y in range(SIZE)]) > 1
)


def landmarks_of(anchors, count=68):
    points = np.full((count, 2), np.nan, np.float32)  # only the anchors may be used
    points[list(ANCHORS)] = anchors
    return points


def smooth(seed=1):
    coarse = np.random.default_rng(seed).integers(0, 255, (8, 8, 3), dtype=np.uint8)
    return cv2.resize(coarse, (SIZE, SIZE), interpolation=cv2.INTER_CUBIC)


@pytest.mark.parametrize("scale", [0.6, 1.0, 1.7, 3.1])
def test_the_warp_is_affine_per_triangle_and_maps_landmarks_to_the_mean_face(scale):
    """On a picture whose pixel values are their coordinates."""
    rng, turn = np.random.default_rng(0), np.array([[0.96, 0.28], [-0.28, 0.96]])
    anchors = scale * ((mean_face() - SIZE / 2) @ turn + rng.normal(0, 2, (len(ANCHORS), 2))) + 330
    places = np.stack(np.meshgrid(np.arange(660), np.arange(660)), axis=-1).astype(np.float32) + 0.5
    expected = LinearNDInterpolator(mean_face(), anchors)  # Delaunay's triangles too
    assert np.abs(expected(mean_face()) - anchors).max() < 1e-9
    warped = warp(places, landmarks_of(anchors))
    assert np.abs(warped - expected(CENTRES))[INSIDE].max() / scale < 0.1
    assert not warped[~np.isfinite(expected(CENTRES))].any()


def test_an_aligned_face_is_unchanged():
    image, landmarks = smooth(), landmarks_of(mean_face(), 66)
    moved = warp(image, landmarks)
    assert np.abs(moved.astype(int) - image)[INSIDE].max() <= 1
    assert np.abs(warp(moved, landmarks).astype(int) - moved)[INSIDE].max() <= 1


def test_grey_levels_are_equalised_and_zero_outside_the_face():
    image, landmarks = smooth(), landmarks_of(mean_face())
    aligned = align(image, landmarks)
    assert aligned.dtype == np.uint8
    assert aligned.shape == (SIZE, SIZE, 3)
    assert (aligned == aligned[..., :1]).all()
    grey = cv2.cvtColor(warp(image, landmarks), cv2.COLOR_RGB2GRAY)
    assert np.array_equal(aligned[INSIDE, 0], cv2.createCLAHE(2.0, (8, 8)).apply(grey)[INSIDE])
    outside = cv2.dilate(INSIDE.astype(np.uint8), np.ones((7, 7))) == 0
    assert outside.any()
    assert not aligned[outside].any()


def test_a_large_face_is_averaged():
    checks = 255 * (np.indices((640, 640)).sum(axis=0) % 2).astype(np.uint8)
    # at this offset sampling every fourth pixel would hit equal ones
    warped = warp(np.repeat(checks[..., None], 3, axis=2), landmarks_of(4 * mean_face() + 0.5))
    assert np.abs(warped[INSIDE].astype(int) - 127).max() < 16


def test_66_landmarks_are_the_68_without_the_inner_corners_of_the_mouth():
    points = np.random.default_rng(0).uniform(20, 140, (68, 2)).astype(np.float32)
    points[list(ANCHORS)] = mean_face()
    assert np.array_equal(align(smooth(), points), align(smooth(), np.delete(points, [60, 64], axis=0)))


def test_the_mean_face_is_computed_from_the_open_head(head):
    shapes = []
    for index, group in enumerate(assign(load_demographics("balanced"), 100, 11)):
        vertices = head.neutral(draw_identity(head, 11, index, *group).coefficients)
        points = portrait_camera(vertices, 512).project(head.topology.landmarks(vertices))
        low, high = points.min(axis=0), points.max(axis=0)
        shapes.append((points - (low + high) / 2) / (high - low).max())
    mean = np.mean(shapes, axis=0)
    symmetric = (mean + mean[MIRROR] * (-1, 1)) / 2
    expected = (symmetric[list(ANCHORS)] + 0.5) * (SIZE - 1) + 0.5
    assert np.abs(expected - mean_face()).max() < 0.5


def test_a_dataset_is_aligned_by_its_own_landmarks(dataset_file):
    from painctl.shard.reader import Shard

    with Shard(dataset_file) as shard:
        source = DatasetPairs(shard)
        aligned, last = AlignedSource(source), len(source) - 1
        key = source.neutrals(last)[1]
        assert np.array_equal(aligned.picture(last), align(source.picture(last), source.landmarks(last)))
        assert np.array_equal(aligned.neutral(key), align(source.neutral(key), source.neutral_landmarks(key)))
        assert np.array_equal(source.neutral_landmarks(key), shard.read("frames", "landmarks", key))


def test_a_corpus_with_landmarks_is_aligned_by_them(made_unbc):
    source = AlignedSource(open_corpus(made_unbc.folder))
    picture = source.picture(0)
    assert picture.shape == (SIZE, SIZE, 3)
    assert picture.any()
    assert np.array_equal(
        source.neutral(source.neutrals(3)[0]),
        align(source.source.neutral(source.neutrals(3)[0]), source.source.neutral_landmarks(source.neutrals(3)[0])),
    )


def test_a_corpus_without_landmarks_is_aligned_by_those_that_are_located(made_unbc):
    source = open_corpus(made_unbc.lab)
    picture = source.picture(0)
    expected = align(picture, shipped_aligner().locate_in_frame(picture).points)
    assert np.array_equal(AlignedSource(source).picture(0), expected)


def test_a_picture_too_long_for_opencv_is_an_error():
    points = np.random.default_rng(0).uniform(0, 100, (68, 2)).astype(np.float32)
    with pytest.raises(ValueError, match="a side of 40000 pixels; crop the face first"):
        align(np.zeros((100, 40_000, 3), np.uint8), points)
