from dataclasses import replace

import numpy as np
import pytest

from painctl.appearance.occluders.headwear import bandage, cap, headscarf


@pytest.mark.parametrize("kind", [bandage, cap, headscarf])
def test_eyes_nose_and_mouth_stay_free(wearers, kind):
    for wearer in wearers[::2]:
        points = np.concatenate([part.mesh.vertices for part in kind(wearer)])
        front = points[points[:, 2] > wearer.landmarks[36:48, 2].min() - 0.01]
        for free in (wearer.landmarks[36:48], wearer.landmarks[27:36], wearer.landmarks[48:68]):
            low, high = free.min(0), free.max(0)
            inside = ((front[:, :2] > low[:2] - 0.002) & (front[:, :2] < high[:2] + 0.002)).all(1)
            assert not inside.any(), wearer.person.name


def test_a_bandage_goes_around_the_forehead_in_three_turns(wearers):
    for wearer in wearers[:6:2]:
        turns = bandage(wearer)
        assert len(turns) == 3
        for turn in turns:
            x, _, z = (turn.mesh.vertices - wearer.centre).T
            around = np.degrees(np.arctan2(x, z))
            assert np.diff(np.sort(around)).max() < 10
        brow = wearer.landmarks[17:27, 1].max()
        assert np.concatenate([turn.mesh.vertices for turn in turns])[:, 1].max() > brow + 0.02


def test_a_patient_wears_a_paper_cap_and_others_do_not(wearers):
    def colours(garment):
        people = (replace(wearer, person=replace(wearer.person, garment=garment)) for wearer in wearers[::2])
        return np.array([np.median(cap(wearer)[0].mesh.colour, 0) for wearer in people])

    assert (colours("hospital gown").min(1) > 0.3).all()  # pale blue, green or white
    assert (colours("shirt").min(1) < 0.3).all()


def test_a_cap_closes_over_the_top_of_the_head(wearers):
    for wearer in wearers[:6:2]:
        points = cap(wearer)[0].mesh.vertices
        assert points[:, 1].max() > wearer.neutral[:, 1].max()


def test_a_headscarf_covers_ears_and_neck(wearers):
    for wearer in wearers[:6:2]:
        (scarf,) = headscarf(wearer)
        points = scarf.mesh.vertices
        for side in (1, -1):
            _, high = wearer.ear(side)
            assert (side * points[:, 0]).max() > abs(high[0] if side > 0 else wearer.ear(side)[0][0]) - 0.003
        assert points[:, 1].min() < wearer.landmarks[8, 1] - 0.03
