import numpy as np
import pytest

from painctl.dataset.checks import check_disjoint, check_person, check_references
from painctl.dataset.person import Person


def changed(person, table, column, change):
    """The person with one column changed in place by `change`."""
    tables = {name: {n: v.copy() for n, v in columns.items()} for name, columns in person.tables.items()}
    change(tables[table][column])
    return Person(tables)


def test_a_valid_person_passes(make_person):
    for picture in (".jpg", ".png"):
        check_person(make_person(0, picture=picture))


def put(row, value):
    return lambda column: column.__setitem__(row, value)


@pytest.mark.parametrize(
    ("table", "column", "change", "complaint"),
    [
        ("expressions", "PSPI", lambda c: c.__setitem__(2, c[2] + 1), "expression 2: PSPI is .*, but its action units"),
        ("expressions", "AU4", put(1, 6), r"expression 1: AU4 is 6, not in 0\.\.5"),
        ("expressions", "AU43", put(3, 2), r"expression 3: AU43 is 2, not in 0\.\.1"),
        ("expressions", "expression", put(0, 9), "neutral expression is missing"),
        ("expressions", "expression", put(2, 1), "are not increasing"),
        ("expressions", "heatmap", put((0, 1), 0.5), "nonzero heatmap"),
        ("frames", "view", put(0, 7), "has no frame of view"),
        ("frames", "view", put(4, 0), "expression 1 has 2 frames of view 0"),
        ("frames", "expression_row", put(slice(0, 3), 1), "neutral expression has no frame of view 0"),
        ("frames", "image", put(5, b"\xff\xd8\xff"), "frame 5: image: truncated"),
        ("frames", "mask", put(1, b"nothing"), "frame 1: mask: neither JPEG nor PNG"),
    ],
)
def test_an_invalid_person_is_rejected(make_person, table, column, change, complaint):
    with pytest.raises(ValueError, match=f"^s7-00002, .*{complaint}"):
        check_person(changed(make_person(2), table, column, change))


def test_a_neutral_with_action_units_is_rejected(make_person):
    person = changed(changed(make_person(0), "expressions", "AU4", put(0, 2)), "expressions", "PSPI", put(0, 2))
    with pytest.raises(ValueError, match="neutral expression has action units"):
        check_person(person)


def test_a_picture_of_another_size_is_rejected(make_person):
    heatmap = make_person(1).frames["heatmap"][0]
    small = heatmap[:16] + (8).to_bytes(4, "big") + heatmap[20:]  # the width in the header
    with pytest.raises(ValueError, match="frame 2: heatmap is 8 x 24, others are 24 x 24"):
        check_person(changed(make_person(0), "frames", "heatmap", put(2, small)))


REFERENCES = (np.array([0, 0, 1, 1]), np.array([0, 0, 1]), np.array([0, 1, 2]))


def test_valid_references_pass():
    check_references(2, *REFERENCES)


@pytest.mark.parametrize(
    ("index", "rows", "complaint"),
    [
        (0, [0, 0, 1, 2], "expressions row 3: identity_row 2 is out of range"),
        (0, [0, 1, 0, 1], "expressions row 2: the rows of a person are not contiguous"),
        (1, [-1, 0, 1], "frames row 0: identity_row -1 is out of range"),
        (2, [0, 1, 4], "frames row 2: expression_row 4 is out of range"),
        (2, [0, 2, 2], "frames row 1: its expression belongs to another person"),
    ],
)
def test_invalid_references_are_rejected(index, rows, complaint):
    columns = list(REFERENCES)
    columns[index] = np.array(rows)
    with pytest.raises(ValueError, match=complaint):
        check_references(2, *columns)


def test_splits_are_disjoint():
    names, faces = ["a", "b", "c"], [b"1", b"2", b"1"]
    check_disjoint(names, faces, np.array([0, 1, 0]))
    with pytest.raises(ValueError, match="c in val has the face of a in train"):
        check_disjoint(names, faces, np.array([0, 1, 1]))
    with pytest.raises(ValueError, match="a: two people have this name"):
        check_disjoint(["a", "b", "a"], [b"1", b"2", b"3"], np.array([0, 1, 0]))
    with pytest.raises(ValueError, match="b: there is no split 3"):
        check_disjoint(names, faces, np.array([0, 3, 0]))
