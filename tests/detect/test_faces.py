import numpy as np

from painctl.detect.faces import scaled_to, suppress_overlaps


def test_overlapping_boxes_are_suppressed_and_the_rest_sorted_from_left_to_right():
    boxes = [[50, 0, 90, 40], [0, 0, 40, 40], [2, 2, 42, 42], [-10, 60, 30, 100]]
    faces = suppress_overlaps(boxes, [-3, 0.1, 0.7, 0])
    assert faces.boxes.tolist() == [[-10, 60, 30, 100], [2, 2, 42, 42], [50, 0, 90, 40]]
    np.testing.assert_allclose(faces.scores, [0, 0.7, -3], rtol=1e-6)


def test_no_box_is_no_face():
    faces = suppress_overlaps(np.empty((0, 4)), np.empty(0))
    assert len(faces) == 0
    assert faces.boxes.shape == (0, 4)


def test_the_largest_face():
    assert suppress_overlaps([[0, 0, 10, 10], [20, 0, 50, 30], [60, 0, 65, 5]], [3, 1, 2]).largest == 1


def test_a_picture_is_scaled_to_each_size_and_enlarged_within_a_limit():
    picture = np.zeros((100, 300, 3), np.uint8)
    shapes = [(scaled.shape, scale) for scaled, scale in scaled_to(picture, (30, 150, 900, 1200))]
    assert shapes == [((10, 30, 3), 0.1), ((50, 150, 3), 0.5), ((100, 300, 3), 1.0)]
    assert [scaled.shape for scaled, _ in scaled_to(picture, (450, 900), 2.0)] == [(150, 450, 3), (200, 600, 3)]
