import math

import pytest

from painctl.files.fields import check_fields, flag, listed, number, shown, table, text, whole

FIELDS = {
    "size": whole(1, 2048),
    "rate": number(0, 1).optional(),
    "scale": number(0, 1).or_null(),
    "mean": listed(number(0, 1), 3, 3).optional(),
    "on": flag().optional(),
    "name": text(5).optional(),
    "part": table().optional(),
}


@pytest.mark.parametrize(
    "values",
    [
        {"size": 1},
        {"size": 2048, "rate": 0, "scale": None, "mean": [0, 0.5, 1], "on": True, "name": "", "part": {}},
        {"size": 3, "scale": 0.5},
    ],
)
def test_valid_fields_are_accepted(values):
    check_fields(values, FIELDS, "a.json")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([], "a.json is a list of 0, expected an object"),
        ({}, "a.json: has no size; expected a whole number from 1 to 2,048"),
        ({"size": True}, "a.json: size is True, expected a whole number"),
        ({"size": 3.0}, "a.json: size is 3.0, expected a whole number"),
        ({"size": 0}, "a.json: size is 0, expected"),
        ({"size": 10**5000}, "a.json: size is a very large number, expected"),
        ({"size": 1, "rate": math.nan}, "a.json: rate is nan, expected a number from 0 to 1"),
        ({"size": 1, "rate": None}, "a.json: rate is None, expected a number"),
        ({"size": 1, "scale": math.inf}, "a.json: scale is inf, expected a number from 0 to 1, or null"),
        ({"size": 1, "mean": [0, 1]}, "a.json: mean is a list of 2, expected a list of 3 items, each a number"),
        ({"size": 1, "mean": [0, 1, "1"]}, "a.json: mean is a list of 3, expected a list of 3 items, each a number"),
        ({"size": 1, "on": 1}, "a.json: on is 1, expected true or false"),
        ({"size": 1, "name": "longer"}, "a.json: name is 'longer', expected a text of at most 5 letters"),
        ({"size": 1, "part": None}, "a.json: part is None, expected an object"),
        ({"size": 1, "sizes": 1}, "a.json: 'sizes' is not a field of it"),
    ],
)
def test_the_error_names_the_file_and_the_field(values, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        check_fields(values, FIELDS, "a.json")


def test_a_value_is_shown_in_a_few_printable_letters():
    assert shown("\x1b[31mé") == r"'\x1b[31m\xe9'"
    assert len(shown("x" * 10**6)) == 40
