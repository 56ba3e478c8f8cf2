import numpy as np
import pytest

from painctl.face.demographics import assign, load_demographics
from painctl.face.gaze import HEIGHT, line_of_sight
from painctl.face.head import eye_centres
from painctl.face.identity import draw_identity


def test_the_iris_is_between_the_lids_as_on_a_person_looking_ahead(head):
    """Where the line of sight leaves the eyeball, over the opening of the lids, in the mean of both eyes."""
    topology = head.topology
    groups = assign(load_demographics("balanced"), 24, 3)
    for number, group in enumerate(groups):
        vertices = head.neutral(draw_identity(head, 3, number, *group).coefficients)
        look = line_of_sight(topology, vertices)
        assert np.linalg.norm(look) == pytest.approx(1)
        assert look[0] == pytest.approx(0, abs=1e-9)
        heights = []
        for side, centre in zip(("left", "right"), eye_centres(topology, vertices), strict=True):
            ball = vertices[topology.region(f"{side}_eye") > 0] - centre
            margin = vertices[topology.lid_margins() & (vertices[:, 0] * centre[0] > 0)] - centre
            middle = margin[np.abs(margin[:, 0]) < 0.004, 1]
            upper, lower = middle[middle > middle.mean()].mean(), middle[middle < middle.mean()].mean()
            heights.append((np.ptp(ball[:, 0]) / 2 * look[1] - lower) / (upper - lower))
        assert np.mean(heights) == pytest.approx(HEIGHT, abs=0.1)
