import dataclasses
from itertools import product

import numpy as np
import pytest

from painctl.face.demographics import GROUPS
from painctl.face.head import eye_centres
from painctl.face.identity import draw_identity

ETHNICITIES = GROUPS["ethnicity"]


def crowd(head, number=60, age_group="young", gender="woman", ethnicity="White"):
    return [draw_identity(head, 3, index, age_group, gender, ethnicity) for index in range(number)]


def test_a_person_does_not_depend_on_others(head):
    person = draw_identity(head, 7, 3, "young", "man", "Latino")
    draw_identity(head, 7, 2, "elderly", "woman", "Black")
    redrawn = draw_identity(head, 7, 3, "young", "man", "Latino")
    for field in dataclasses.fields(person):
        np.testing.assert_array_equal(getattr(person, field.name), getattr(redrawn, field.name))
    for another_person in ((8, 3), (7, 4)):
        assert not np.array_equal(
            draw_identity(head, *another_person, "young", "man", "Latino").coefficients, person.coefficients
        )


@pytest.mark.parametrize("group", list(product(*GROUPS.values())))
def test_every_group_has_people(head, group):
    person = draw_identity(head, 7, 3, *group)
    article = "An" if group[0] == "elderly" else "A"
    assert (person.name, person.prompt) == (
        "s7-00003",
        f"{article} {group[0]} {group[2]} {group[1]} with a neutral expression",
    )
    low, high = (20, 40) if group[0] == "young" else (65, 85)
    assert low <= person.age <= high
    assert person.coefficients.dtype == np.float32
    assert person.coefficients.shape == (len(head.topology.coefficient_names),)
    assert np.abs(person.coefficients).max() <= 1
    assert 0.013 * 0.9 <= person.melanin <= 0.43
    assert 0.002 <= person.haemoglobin <= 0.07  # blood in skin, Jacques 2013
    for albedo in (person.iris, person.hair):
        assert albedo.shape == (3,)
        assert albedo.min() > 0
        assert albedo.max() < 0.6


def test_melanin_follows_the_order_of_measured_skin_colour(head):
    middle = {name: np.median([p.melanin for p in crowd(head, ethnicity=name)]) for name in ETHNICITIES}
    assert sorted(middle, key=middle.get) == [
        "White",
        "East Asian",
        "Middle Eastern",
        "Latino",
        "South Asian",
        "Black",
    ]
    assert 0.013 < middle["White"] < 0.063
    assert 0.18 < middle["Black"] < 0.43


def test_hair_greys_with_age(head):
    young, elderly = (np.mean([p.hair for p in crowd(head, age_group=age)]) for age in GROUPS["age_group"])
    assert elderly > 2 * young


def test_faces_differ_as_people_do(head):
    """Within a group by 2 to 10 mm, as in surface scans, and not as in caricatures."""
    skin = head.topology.region("face") > 0.5
    heads = np.stack([head.neutral(person.coefficients)[skin] for person in crowd(head, 20)])
    apart = np.sqrt(((heads[:, None] - heads[None]) ** 2).sum(-1).mean(-1))[np.triu_indices(20, 1)]
    assert apart.min() > 0.001
    assert 0.002 < np.median(apart) < 0.010


def test_heads_have_human_sizes(head, people):
    for vertices in people[1]:
        left, right = eye_centres(head.topology, vertices)
        assert 0.050 < left[0] - right[0] < 0.079  # pupils apart, adults (Dodgson 2004: 52 to 78 mm)
        above = vertices[vertices[:, 1] > 0.03]
        assert 0.12 < np.ptp(above[:, 0]) < 0.19


def test_lids_are_open_around_the_eyes(head, island, people):
    """The rim of the lids, where skin meets socket, is as wide and open as an eye and close to the eyeball."""
    faces = head.topology.faces
    for vertices in people[1]:
        for side, centre in zip(("left", "right"), eye_centres(head.topology, vertices), strict=True):
            rim = vertices[np.intersect1d(faces[island == "head"], faces[island == f"{side} socket"])]
            width = np.ptp(rim[:, 0])
            middle = rim[np.abs(rim[:, 0] - (rim[:, 0].min() + rim[:, 0].max()) / 2) < width / 5]
            assert 0.018 < width < 0.032
            assert 0.005 < np.ptp(middle[:, 1]) < 0.013
            assert middle[:, 1].min() < centre[1] < middle[:, 1].max()
            ball = vertices[head.topology.region(f"{side}_eye") > 0]
            gap = np.linalg.norm(rim - centre, axis=1) / (np.ptp(ball[:, 0]) / 2)
            assert gap.max() < 1.2
