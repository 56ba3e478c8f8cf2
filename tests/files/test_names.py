import json
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from painctl.files.names import csv_text, parse_csv_text, parse_printable, printable


@given(st.binary())
def test_any_file_name_becomes_valid_text_and_comes_back(name):
    text = printable(os.fsdecode(name))
    assert os.fsencode(parse_printable(text)) == name
    assert not {character for character in text if ord(character) < 32 or 127 <= ord(character) < 160}
    assert json.loads(json.dumps(text).encode()) == text
    text.encode()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (b"pain.png", "pain.png"),
        ("Müller/日本.png".encode(), "Müller/日本.png"),
        (b"caf\xe9.png", r"caf\xe9.png"),
        (rb"a\xe9.png", r"a\\xe9.png"),
        (b"\x1b[31mred.png", r"\x1b[31mred.png"),
        (b"two\nlines.png", r"two\x0alines.png"),
        ("gpj.\u202egnp".encode(), r"gpj.\xe2\x80\xaegnp"),
    ],
)
def test_only_what_cannot_be_printed_is_escaped(name, text):
    assert printable(os.fsdecode(name)) == text


def test_a_surrogate_that_stands_for_no_byte_is_escaped():
    assert printable("\ud800") == r"\xed\xa0\x80"


@given(st.text() | st.sampled_from(["=1+1", "+1", "-1", "@A1", "'=1", "''", "'a", "\t=1"]))
def test_csv_text_is_no_formula_and_comes_back(text):
    cell = csv_text(text)
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert parse_csv_text(cell) == text
