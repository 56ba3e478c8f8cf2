import numpy as np

from painctl.detect.faces import Faces, find_faces, gathered


def test_the_best_of_overlapping_boxes_is_kept_from_left_to_right():
    boxes = [[50, 0, 90, 40], [0, 0, 40, 40], [2, 2, 42, 42], [-10, 60, 30, 100]]
    faces = gathered(boxes, [-3, 0.1, 0.7, 0])
    assert faces.boxes.tolist() == [[-10, 60, 30, 100], [2, 2, 42, 42], [50, 0, 90, 40]]
    np.testing.assert_allclose(faces.scores, [0, 0.7, -3], rtol=1e-6)


def test_nothing_is_nothing():
    faces = gathered(np.empty((0, 4)), np.empty(0))
    assert len(faces) == 0
    assert faces.boxes.shape == (0, 4)


def test_the_largest():
    assert gathered([[0, 0, 10, 10], [20, 0, 50, 30], [60, 0, 65, 5]], [3, 1, 2]).largest == 1


def test_any_function_of_a_picture_is_a_detector():
    def corner(image):
        assert image.flags.c_contiguous
        return Faces(np.array([[0, 0, *image.shape[:2]]], np.float32), np.ones(1, np.float32))

    assert find_faces(np.zeros((4, 6, 3), np.uint8)[:, ::-1], corner).boxes.tolist() == [[0, 0, 4, 6]]
