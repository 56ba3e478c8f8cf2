"""One's own pictures with a CSV file: read as people save it, every fault listed, and the label named."""

import numpy as np
import pytest

from painctl.corpora.faults import summarise
from painctl.corpora.recognise import is_corpus, open_corpus
from painctl.pain.action_units import pspi

HEADER = "image,person,pspi,AU4,AU6,AU7,AU9,AU10,AU43"


def rewrite(table, change):
    table.write_text(change(table.read_text()))


def kinds(corpus):
    return {fault.kind for fault in corpus.faults}


def test_pictures_people_and_labels_are_those_of_the_rows(table, rendered):
    for path in (table.parent, table.parent.parent):
        assert open_corpus(path, crop="none").content == open_corpus(table, crop="none").content
    corpus = open_corpus(table, crop="none")
    assert (len(corpus), corpus.faults, corpus.label, corpus.notes) == (12, (), "PSPI", ())
    assert list(corpus.names) == sorted(corpus.names)
    by_name = {f"pictures/{face.person}-{face.view}-{int(not face.is_neutral)}.png": face for face in rendered}
    for i, name in enumerate(corpus.names):
        assert np.array_equal(corpus.aus[i], by_name[name].units)
        assert corpus.pspi[i] == pspi(by_name[name].units)
        neutrals = [corpus.keys.tolist().index(key) for key in corpus.neutrals(i)]
        assert not corpus.pspi[neutrals].any()
        assert i not in neutrals
        assert set(corpus.subject[neutrals]) == {corpus.subject[i]}
    assert is_corpus(table)


def test_the_face_is_cropped_unless_pictures_are_faces(table):
    detected, whole = open_corpus(table), open_corpus(table, crop="none")
    assert detected.picture(0).shape == (256, 256, 3)
    assert whole.picture(0).shape == (224, 240, 3)
    assert detected.content != whole.content
    with pytest.raises(ValueError, match="has no AAM points"):
        open_corpus(table, crop="points")


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "\ufeff" + text.replace("\n", "\r\n"),
        lambda text: "sep=;\n" + text.replace(",", ";").replace(";0", ";0,0"),
        lambda text: text.replace(",", "\t"),
        lambda text: text.replace(HEADER, "Image,Person,PSPI,AU04,au_6,au7,AU09,AU 10,au43"),
        lambda text: text.replace("pictures/", "pictures\\"),
        lambda text: "\n".join([HEADER, *reversed(text.splitlines()[1:]), ""]),
        lambda text: "\n".join(",".join(line.split(",")[:2] + line.split(",")[3:]) for line in text.splitlines()),
    ],
    ids=["bom-crlf", "semicolons", "tabs", "names", "backslashes", "order", "no-pspi"],
)
def test_tables_are_read_as_people_save_them(table, change):
    expected = open_corpus(table, crop="none")
    rewrite(table, change)
    corpus = open_corpus(table, crop="none")
    assert corpus.pictures == expected.pictures
    assert np.array_equal(corpus.pspi, expected.pspi)
    assert np.array_equal(corpus.aus, expected.aus)
    assert (corpus.faults, corpus.label) == ((), "PSPI")


def test_units_without_a_column_are_not_coded_and_the_label_says_so(table):
    keep = (0, 1, 3, 4, 6)  # image, person, AU4, AU6, AU9
    expected = open_corpus(table, crop="none")
    rewrite(table, lambda text: "\n".join(",".join(line.split(",")[i] for i in keep) for line in text.splitlines()))
    corpus = open_corpus(table, crop="none")
    assert corpus.label == "AU4 + AU6 + AU9"
    assert np.array_equal(corpus.pspi, expected.aus[:, [0, 1, 3]].sum(axis=1))
    assert np.isnan(corpus.aus[:, [2, 4, 5]]).all()
    assert np.array_equal(corpus.aus[:, [0, 1, 3]], expected.aus[:, [0, 1, 3]])
    assert "AU7, AU10, AU43" in corpus.notes[0]
    assert corpus.content != expected.content


def test_pspi_alone_leaves_all_units_uncoded(table):
    rewrite(table, lambda text: "\n".join(",".join(line.split(",")[:3]) for line in text.splitlines()))
    corpus = open_corpus(table, crop="none")
    assert corpus.label == "PSPI"
    assert np.isnan(corpus.aus).all()


def test_what_is_wrong_with_rows_and_pictures_is_listed_and_the_rest_is_read(table, tmp_path):
    pictures = sorted((table.parent / "pictures").iterdir())
    pictures[1].write_bytes(b"\x89PNG")
    pictures[2].unlink()
    lines = table.read_text().splitlines()
    in_pain = next(line for line in lines if "0-0-1" in line)
    lines[lines.index(in_pain)] = in_pain.replace(",12,", ",13,")
    lines += [in_pain, "pictures/x.png,p0,0,0,0,0,0,9,0", "pictures/y.png,,0,0,0,0,0,0,0", "pictures/z.png,p0,,1,,,,,"]
    table.write_text("\n".join(lines))
    corpus = open_corpus(table, crop="none")
    assert kinds(corpus) == {
        "rows of a picture that is in an earlier row, left out",
        "rows with invalid labels, left out",
        "rows without a person, left out",
        "rows without PSPI, or the units that make it up, left out",
        "frames whose PSPI disagrees with their action units, kept",
        "pictures that cannot be read, left out",
    } | {kind for kind in kinds(corpus) if kind.startswith("people with a single")}
    assert len(corpus) == 10
    text = " ".join(summarise(corpus.faults))
    assert "2 pictures that cannot be read, left out: " in text
    assert "x.png (line 15: AU10 is 9, expected 0 to 5)" in text


def test_a_row_is_compared_with_the_neutral_pictures_that_it_names(table):
    lines = table.read_text().splitlines()
    other = next(line for line in lines if "1-0-0" in line).split(",")[0]
    (table.parent / "extra.png").write_bytes((table.parent / other).read_bytes())
    before = open_corpus(table, crop="none").content
    rows = [f"{line},{f'{other}|extra.png' if '0-0-1' in line else ''}" for line in lines[1:]]
    table.write_text("\n".join([f"{lines[0]},neutral", *rows]))
    corpus = open_corpus(table, crop="none")
    assert corpus.content != before
    row = list(corpus.names).index("pictures/0-0-1.png")
    keys = corpus.neutrals(row)
    assert np.array_equal(corpus.neutral(keys[0]), corpus.neutral(keys[1]))
    assert np.array_equal(corpus.neutral(keys[0]), corpus.picture(list(corpus.names).index(other)))
    assert len(corpus) == 12


def test_further_columns_are_groups_and_splits(table):
    lines = table.read_text().splitlines()
    rows = [f"{line},{'Train' if ',p0,' in line else 'test'},{'fm'[i % 2]}" for i, line in enumerate(lines[1:])]
    table.write_text("\n".join([f"{lines[0]},split,sex", *rows]))
    corpus = open_corpus(table, crop="none")
    assert set(corpus.split[corpus.subject == "p0"]) == {"train"}
    assert set(corpus.groups["sex"]) == {"f", "m"}
    rewrite(table, lambda text: text.replace("Train", "tarin", 1))
    with pytest.raises(ValueError, match=r"line \d+: split is 'tarin', expected train, val, test"):
        open_corpus(table, crop="none")
    rewrite(table, lambda text: text.replace("tarin", "val", 1))
    with pytest.raises(ValueError, match=r"line \d+: p0 is in another split in line \d+"):
        open_corpus(table, crop="none")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("image,pspi\na.png,0\n", "no column person"),
        ("image,person\na.png,x\n", "no label; it needs the column pspi, or some of the columns AU4, AU6"),
        ("picture,person,pspi\na.png,x,0\n", "line 2: no image; the table needs a column of that name"),
        ("image,person,pspi,PSPI\na.png,x,0,0\n", "column pspi is there twice"),
        ("image,person,pspi\n,x,0\n", "line 2: no image"),
        ("image,person,pspi\na.png,x\n", "line 2: 2 cells; the header has 3"),
        ("", "no rows"),
        ("image,person,pspi\na.png,x,0\n", "none of 1 frames is usable; 1 pictures that cannot be read: a.png"),
        ("image,person,pspi\na.png,x,n\n", "none of 1 rows is usable; 1 rows with invalid labels: a.png"),
    ],
)
def test_what_is_wrong_with_a_table_is_one_line_that_names_it(tmp_path, text, reason):
    (tmp_path / "labels.csv").write_text(text)
    with pytest.raises(ValueError, match=reason) as error:
        open_corpus(tmp_path / "labels.csv", crop="none")
    assert "\n" not in str(error.value)
    assert "labels.csv" in str(error.value)


def test_two_tables_at_the_same_depth_are_named(table):
    (table.parent / "copy.csv").write_bytes(table.read_bytes())
    with pytest.raises(ValueError, match=r"copy\.csv and .*labels\.csv are both tables; give one of them"):
        open_corpus(table.parent)
    assert len(open_corpus(table, crop="none")) == 12
