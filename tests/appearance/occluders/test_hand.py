from dataclasses import replace

import numpy as np

from painctl.appearance.occluders.hand import hand
from painctl.appearance.occluders.part import SKIN


def test_four_fingers_an_arm_and_a_thumb_of_the_wearers_skin(wearers):
    parts = hand(wearers[0])
    assert len(parts) == 6
    assert all(part.material is SKIN for part in parts)
    for part in parts:
        tone = np.median(part.mesh.colour, 0) / wearers[0].skin
        assert (np.abs(tone - 1) < 0.2).all()


def test_fingers_are_close_to_the_cheek_and_do_not_sink_in(wearers):
    for wearer in wearers[:8:2]:
        nearest = [wearer.height(finger.mesh.vertices.astype(float))[0].min() for finger in hand(wearer)[:4]]
        assert -0.004 < min(nearest) < 0.008  # metres
        assert max(nearest) < 0.02


def test_the_hand_is_on_one_side_and_its_arm_comes_from_below(wearers):
    for wearer in wearers[:8:2]:
        *fingers, arm, _ = hand(wearer)
        tips = np.array([finger.mesh.vertices.mean(0) for finger in fingers])
        assert len(set(np.sign(tips[:, 0]))) == 1
        assert arm.mesh.vertices[:, 1].min() < tips[:, 1].min() - 0.1


def test_a_womans_hand_is_smaller(wearers):
    man = replace(wearers[0], person=replace(wearers[0].person, gender="man"))
    woman = replace(man, person=replace(man.person, gender="woman"))
    lengths = [np.linalg.norm(np.ptp(hand(wearer)[1].mesh.vertices, axis=0)) for wearer in (man, woman)]
    assert lengths[1] < 0.96 * lengths[0]
