from itertools import product

import numpy as np
import pytest

from painctl.engines import registry
from painctl.face.demographics import GROUPS
from painctl.face.identity import draw_identity
from painctl.face.proportions import mean_changes
from painctl.render.camera import portrait_camera

PEOPLE = 50
GROUP = list(product(*GROUPS.values()))


@pytest.fixture(scope="module")
def crowd(head):
    """Fifty people of all groups, and their neutral heads [50, V, 3]."""
    people = [draw_identity(head, 19, index, *GROUP[index % len(GROUP)]) for index in range(PEOPLE)]
    return people, np.stack([head.neutral(person.coefficients) for person in people])


@pytest.fixture(scope="module")
def landmarks(head, crowd):
    return np.stack([head.topology.landmarks(vertices) for vertices in crowd[1]])


@pytest.fixture(scope="module")
def women(crowd):
    return np.array([person.gender == "woman" for person in crowd[0]])


def canthi(points):
    """The distance between the middles of the eyes, [N], which scales the other measures."""
    return np.linalg.norm(points[:, [36, 39]].mean(1) - points[:, [42, 45]].mean(1), axis=1)


def test_lids_are_open_as_awake_people_s_are(landmarks):
    """8 to 11 mm in the middle of most eyes (Bartley et al. 1995), less in old age, more in large heads."""
    openings = [
        np.linalg.norm(landmarks[:, upper].mean(1) - landmarks[:, lower].mean(1), axis=1)
        for upper, lower in (([37, 38], [40, 41]), ([43, 44], [46, 47]))
    ]
    assert 0.006 < np.min(openings) < np.max(openings) < 0.0135
    assert 0.008 < np.mean(openings) < 0.011


def test_lips_are_closed(head, crowd):
    """From the front, the inside of the mouth shows as a line of less than a pixel of 0.5 mm."""
    topology = head.topology
    inside = (topology.region("mouth_inside") + topology.region("tongue"))[topology.faces].min(1) > 0.5
    rasterise = registry.find("renderer", "opencv").build()
    for vertices in crowd[1][:24]:
        buffer = rasterise(vertices, topology.faces, portrait_camera(vertices, 512, 0.0, 0.0))
        visible = buffer.mask & inside[np.where(buffer.mask, buffer.face, 0)]
        assert visible.sum() < 70  # a mouth is 90 pixels wide


def test_the_corners_of_the_mouth_do_not_hang(landmarks):
    """Relative to the seam in the middle, as a share of the distance between the eyes."""
    seam = landmarks[:, [62, 66], 1].mean(1)
    rise = (landmarks[:, [60, 64], 1].mean(1) - seam) / canthi(landmarks)
    assert rise.min() > -0.06
    assert -0.01 < rise.mean() < 0.05


def test_brows_do_not_slant_towards_the_nose(landmarks):
    """Low inner and high outer ends look angry."""
    slant = (landmarks[:, [21, 22], 1] - landmarks[:, [17, 26], 1]).mean(1) / canthi(landmarks)
    assert slant.min() > -0.05
    assert 0.03 < slant.mean() < 0.13


def test_women_have_higher_brows_narrower_jaws_and_necks_and_wider_eyes(head, crowd, landmarks, women):
    scale = canthi(landmarks)
    eye = landmarks[:, [37, 38, 43, 44], 1].mean(1)
    brow = (landmarks[:, 17:27, 1].mean(1) - eye) / scale
    jaw = (landmarks[:, 12, 0] - landmarks[:, 4, 0]) / scale
    opening = (eye - landmarks[:, [40, 41, 46, 47], 1].mean(1)) / scale
    throat = []
    for vertices, chin in zip(crowd[1], landmarks[:, 8], strict=True):
        ring = (head.topology.region("neck") > 0.5) & (np.abs(vertices[:, 1] - chin[1] + 0.03) < 0.006)
        throat.append(np.ptp(vertices[ring & (np.abs(vertices[:, 0]) < 0.09), 0]))
    throat = np.array(throat)
    assert brow[women].mean() > brow[~women].mean() + 0.01
    assert opening[women].mean() > opening[~women].mean()
    assert jaw[women].mean() < jaw[~women].mean() - 0.05
    assert throat[women].mean() < throat[~women].mean() - 0.01


def test_the_gender_phenotype_is_as_requested(head, crowd, women):
    gender = np.array([person.coefficients[head.topology.coefficient_names.index("gender")] for person in crowd[0]])
    assert gender[women].min() > 0.9
    assert gender[~women].max() < 0.1


def test_ageing_sets_in_after_forty_five_and_grows():
    bags = [mean_changes(years, "woman", 0.1, 0.1)["eye-bag-incr"] for years in (30, 45, 60, 75, 85)]
    assert bags[0] == bags[1] == 0
    assert 0 < bags[2] < bags[3] < bags[4]


def test_every_mean_is_of_a_change_of_the_head(head):
    names = {name.removeprefix("l-").removeprefix("r-") for name in head.topology.coefficient_names}
    for years, gender in product((30, 80), ("man", "woman")):
        mean = mean_changes(years, gender, 1.0, 1.0)
        assert set(mean) <= names
        assert np.abs(list(mean.values())).max() < 1.05
