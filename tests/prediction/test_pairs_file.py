import cv2
import numpy as np
import pytest

from painctl.prediction.cropping import FaceCrop, FaceError
from painctl.prediction.pairs_file import PairsFile, read_pairs


@pytest.fixture
def visits(tmp_path):
    """Pictures of grey levels 10, 20, 30 and 40, and a table of two people."""
    for level in (10, 20, 30, 40):
        cv2.imwrite(str(tmp_path / f"{level}.png"), np.full((8, 8, 3), level, np.uint8))
    (tmp_path / "visits.csv").write_text(
        "person,image,neutral\nann,10.png,20.png\nbob,30.png,20.png|40.png\nbob,40.png,\n"
    )
    return tmp_path / "visits.csv"


def levels(pictures):
    return [int(picture.mean()) for picture in pictures]


def test_each_row_is_a_shot_with_its_own_neutral_pictures(visits):
    source = PairsFile(visits, None)
    shots = list(source)
    assert (source.count, source.alone, source.has_people) == (3, 1, True)
    assert [path.name for path in source.files] == ["10.png", "20.png", "30.png", "20.png", "40.png", "40.png"]
    assert [shot.person for shot in shots] == ["ann", "bob", "bob"]
    assert levels(shot.read() for shot in shots) == [10, 30, 40]
    assert levels(shots[0].references()) == [20]
    assert levels(shots[1].references()) == [20, 40]
    assert shots[2].references is None
    assert shots[0].name == str(visits.parent / "10.png")


def test_the_parts_are_all_rows_once(visits):
    names = [[shot.name for shot in PairsFile(visits, None, (part, 2))] for part in range(2)]
    assert sorted(names[0] + names[1]) == sorted(shot.name for shot in PairsFile(visits, None))
    assert len(names[0]) == 2
    assert list(PairsFile(visits, None, (3, 4))) == []


def test_repeated_rows_are_counted(visits):
    assert PairsFile(visits, None).remark() == ""
    with visits.open("a") as file:
        file.write("ann,10.png,20.png\nbob,10.png,20.png\n")
    assert PairsFile(visits, None).remark() == f"{visits}: 1 row repeats an earlier one"


def test_a_neutral_picture_is_cropped_once_and_a_bad_one_is_named(visits):
    cropped = []

    def crop(image, name):
        cropped.append(name)
        if int(image.mean()) == 40:
            raise FaceError(name, "no face found", "look")
        return FaceCrop(image[:4])

    shots = list(PairsFile(visits, crop))
    assert shots[0].references()[0].shape == (4, 8, 3)
    with pytest.raises(FaceError, match=r"40\.png: neutral picture: no face found; name another in this row") as caught:
        shots[1].references()
    assert caught.value.reason == "neutral picture: no face found"
    assert cropped == [str(visits.parent / name) for name in ("20.png", "40.png")]
    (visits.parent / "20.png").unlink()
    with pytest.raises(FaceError, match=r"20\.png: neutral picture: not readable; .*No such file"):
        next(iter(PairsFile(visits, None))).references()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"visits\.csv: no rows"),
        ("image,neutral\n", r"visits\.csv: no rows"),
        ("image,neutral\na.png,b.png\n,b.png\n", r"visits\.csv: line 3: no image"),
        ("picture,neutral\na.png,b.png\n", r"visits\.csv: column 'picture'; expected image"),
        ("neutral\nb.png\n", r"visits\.csv: line 2: no image"),
    ],
)
def test_a_table_that_is_not_one_is_named_with_its_line(visits, text, message):
    visits.write_text(text)
    with pytest.raises(ValueError, match=message):
        PairsFile(visits, None)


def test_the_table_may_be_from_excel_and_have_images_only(visits):
    visits.write_text("sep=;\nimage\n10.png\n")
    assert [row.person for row in read_pairs(visits)] == [None]
    assert not PairsFile(visits, None).has_people


def test_a_table_with_labels_is_read_without_them(visits):
    lines = visits.read_text().splitlines()
    expected = read_pairs(visits)
    visits.write_text("\n".join([lines[0].title() + ",PSPI,au04", *(f"{line},3,1" for line in lines[1:])]))
    assert read_pairs(visits) == expected
