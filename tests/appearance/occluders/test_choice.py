from collections import Counter
from dataclasses import replace

import pytest

from painctl.appearance.occluders.choice import clash, draw_standing, draw_worn, without_clashes
from painctl.appearance.occluders.kinds import KINDS
from painctl.face.demographics import assign, load_demographics
from painctl.face.identity import draw_identity


@pytest.fixture(scope="module")
def people(head):
    groups = assign(load_demographics("balanced"), 600, 3)
    return [draw_identity(head, 3, index, *group) for index, group in enumerate(groups)]


def test_every_kind_occurs_and_half_of_all_faces_are_free(people):
    worn = [name for person in people for face in range(3) for name in draw_worn(person, face)]
    standing = [
        name for person in people for view in range(3) for name in draw_standing(person, f"view/0/{view}", True)
    ]
    assert set(worn) | set(standing) == set(KINDS)
    free = sum(not draw_worn(person, face) for person in people for face in range(3)) / (3 * len(people))
    assert 0.4 < free < 0.65


def test_nothing_that_is_drawn_shares_a_place(people):
    for person in people:
        for face in range(4):
            assert clash(draw_worn(person, face)) is None


def test_most_but_not_all_faces_of_a_person_have_what_the_person_wears(people):
    kept = Counter()
    for person in people:
        faces = [draw_worn(person, face) for face in range(8)]
        for name in {name for face in faces for name in face} - {"hand"}:
            kept[sum(name in face for face in faces)] += 1
    total = sum(count * number for count, number in kept.items()) / (8 * sum(kept.values()))
    assert 0.7 < total < 0.95
    assert kept[8] > 0


def test_a_patient_has_more_of_what_belongs_to_a_bed(people):
    def share(garment):
        dressed = [replace(person, garment=garment) for person in people]
        return sum("pillow" in draw_standing(person, "view/0/0", True) for person in dressed) / len(dressed)

    assert share("hospital gown") > 4 * share("crew neck") > 0


def test_rail_and_monitor_stand_in_wards_only(people):
    for person in people:
        assert set(draw_standing(person, "view/0/0", False)) <= {"pillow"}


def test_clashes_are_named():
    assert clash(["glasses", "mask", "oxygen-mask"]) == ("mask", "oxygen-mask", "mouth")
    assert clash(["glasses", "mask", "pillow"]) is None
    assert without_clashes(["cannula", "gastric-tube", "cap"]) == ["cannula", "cap"]
