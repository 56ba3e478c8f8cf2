import numpy as np
import pytest

from painctl.pain.other_actions import activations, joined, parse_faces, parts
from painctl.pain.vocabulary import OTHER_ACTIONS
from painctl.rig.blendshapes import MIXES

NAMES = ("browInnerUp", "eyeWideLeft", "eyeWideRight", "jawLeft", "jawOpen", "mouthSmileLeft", "mouthSmileRight")


def test_no_action_uses_a_blendshape_of_the_six_units():
    units = {shape for mix in MIXES.values() for shape in mix} | {"eyeBlink"}
    assert not units & {shape for mix in OTHER_ACTIONS.values() for shape in mix}


def test_every_action_is_made_of_the_heads_actions(head):
    for name in OTHER_ACTIONS:
        row = activations({name: 1.0}, head.topology.action_names)
        assert 0 < row.max() <= 2


def test_strengths_scale_both_sides_and_add_up():
    row = activations({"smile": 0.5, "wide": 1.0}, NAMES)
    assert row[5] == row[6] == 0.5 * OTHER_ACTIONS["smile"]["mouthSmile"]
    assert row[1] == row[2] == OTHER_ACTIONS["wide"]["eyeWide"]
    assert activations({"jaw-left": 1.0}, NAMES)[3] == OTHER_ACTIONS["jaw-left"]["jawLeft"]


def test_a_head_without_an_action_is_named():
    with pytest.raises(ValueError, match=r"topology/action_names has no cheekPuff, which the action puff needs; "):
        activations({"puff": 1.0}, NAMES)


def test_a_list_is_one_face_after_another():
    assert parse_faces("smile=0.5,speech-ah+worried=.3") == [{"smile": 0.5}, {"speech-ah": 1.0, "worried": 0.3}]
    assert joined(parse_faces("smile+wide")[0]) == "smile+wide"
    assert [parts(text) for text in ("", "smile", "smile+wide")] == [[], ["smile"], ["smile", "wide"]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("smirk", "--other smirk: unknown action; expected none, natural, uniform, or some of smile, "),
        ("smile,", "--other : unknown action"),
        ("smile=0", "--other smile=0: the strength of smile must be above 0 and at most 1"),
        ("smile=1.5", "--other smile=1.5: the strength"),
        ("smile=nan", "--other smile=nan: the strength"),
        ("smile+smile", "--other smile+smile: smile is given twice"),
        ("corners-down+speech-ah+speech-ee+look-right+look-left+lips-part+chin-up", "take more than 64 letters"),
    ],
)
def test_invalid_lists_are_quoted(text, message):
    with pytest.raises(ValueError) as raised:  # noqa: PT011
        parse_faces(text)
    assert message in str(raised.value)


def test_names_fit_the_column():
    longest = sorted(OTHER_ACTIONS, key=len)[-2:]
    assert len(f"{'+'.join(longest)}+look-right") <= 64
    assert all(name.isascii() and "+" not in name for name in OTHER_ACTIONS)
    assert np.isfinite([amount for mix in OTHER_ACTIONS.values() for amount in mix.values()]).all()
