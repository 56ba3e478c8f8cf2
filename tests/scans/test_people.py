from pathlib import Path

import pytest

from painctl.scans.people import Person, read_people

MESHES = [Path("scans/a.obj"), Path("b.ply")]
NOBODY = {"age": None, "gender": None, "ethnicity": None}


def table(tmp_path, text):
    path = tmp_path / "people.csv"
    path.write_text(text)
    return path


def test_people_come_from_the_table_and_the_rest_from_options(tmp_path):
    path = table(tmp_path, "file;age;gender\nb.ply;71.5;Woman\na.obj;;man\nother.obj;30;man\n")
    people = read_people(MESHES, path, {"age": "30", "gender": "man", "ethnicity": "east asian"})
    assert people == [Person(30, "man", "East Asian"), Person(71.5, "woman", "East Asian")]
    assert [person.age_group for person in people] == ["young", "elderly"]


def test_options_alone_are_enough():
    assert read_people(MESHES[:1], None, {"age": "44", "gender": "woman", "ethnicity": "Black"})[0].years == 44


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("file,age,gender,ethnicity,weight\n", None),
        ("file,age,gender,ethnicity,weight\na.obj,30,man,White,70\n", "unknown column 'weight'; expected file, age"),
        ("age,gender\n30,man\n", "line 2: the column file is missing or empty"),
        ("file,age\na.obj,30\na.obj,31\n", "line 3: a.obj is there twice"),
        ("file,age,gender,ethnicity\na.obj,old,man,White\n", "line 2: age 'old' is not a number of years"),
        ("file,age,gender,ethnicity\na.obj,7,man,White\n", "line 2: age 7; expected 18 to 100 years"),
        ("file,age,gender,ethnicity\na.obj,30,boy,White\n", "line 2: gender 'boy'; expected one of man, woman"),
        ("file,age,gender,ethnicity\na.obj,30,man,Elf\n", "line 2: ethnicity 'Elf'; expected one of Latino"),
    ],
)
def test_invalid_tables_are_refused_with_the_line(tmp_path, text, reason):
    path = table(tmp_path, text)
    with pytest.raises(ValueError, match=reason or "whose head is it") as error:
        read_people(MESHES[:1], path, NOBODY)
    assert str(path) in str(error.value)


def test_a_mesh_of_nobody_is_named():
    with pytest.raises(ValueError, match=r"^scans/a.obj: whose head is it\? give --gender for all meshes, or --people"):
        read_people(MESHES, None, NOBODY | {"age": "30"})
