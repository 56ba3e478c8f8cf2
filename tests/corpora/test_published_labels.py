"""Annotations and splits of 3DPain as people save them, and each invalid one by name."""

import json
import os

import pytest

from painctl.corpora.faults import summarise
from painctl.corpora.recognise import open_corpus

NAME = "flame_sample_0000_pain_1_annotations.json"
TABLE = "annotation_base_name,split\n"


@pytest.mark.parametrize(
    "saved",
    [
        lambda text: b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode(),
        lambda text: text.replace(",", ", ").encode(),
        lambda text: text.replace("\n", "\r").encode(),
        lambda text: text.encode("utf-16"),
        lambda text: "".join(f'"{line.replace(",", chr(34) + "," + chr(34))}"  \n' for line in text.split()).encode(),
        lambda text: f"sep=;\n{text.replace(',', ';')}\n\n".encode(),
        lambda text: text.replace("annotation_base_name", "Annotation_Base_Name").replace("\n", ",\n").encode(),
        lambda text: text.replace(",1", ",1.0").replace(",2", ",test").encode(),
    ],
)
def test_a_split_is_read_as_people_save_it(published, saved):
    expected = open_corpus(published).split.tolist()
    assert expected == ["train"] * 4 + ["val"] * 4 + ["test"] * 4
    file = published / "split.csv"
    file.write_bytes(saved(file.read_text()))
    corpus = open_corpus(published)
    assert (corpus.split.tolist(), corpus.faults) == (expected, ())


def test_a_row_of_the_split_that_stands_twice_is_listed(published):
    file = published / "split.csv"
    file.write_text(file.read_text() + "flame_sample_0000_pain_1,0\n")
    assert summarise(open_corpus(published).faults) == [
        "1 lines of the split that stand twice: flame_sample_0000_pain_1 (line 8)"
    ]


def test_a_split_that_people_cannot_have_is_named(published):
    file = published / "split.csv"
    rows = file.read_text()
    file.write_text(rows.replace("0000_pain_2,0", "0000_pain_2,2"))
    with pytest.raises(
        ValueError, match=r"split\.csv: flame_sample_0000 is in more than one split: .*_1 in train, .*_2 "
    ):
        open_corpus(published)
    file.write_bytes(rows.encode() + b"caf\xe9,1\n")
    with pytest.raises(ValueError, match=r"split\.csv: line 8: byte \d+ of the file is not UTF-8"):
        open_corpus(published)
    (published / "Split-2.CSV").write_text(rows)
    with pytest.raises(ValueError, match="are both split files; keep one of them"):
        open_corpus(published)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"AU4": "2"}, 'AU4 is "2", not a number'),
        ({"AU4": True}, "AU4 is true, not a number"),
        ({"AU7": None}, "AU7 is null, not a number"),
        ({"PSPI": [7]}, "PSPI is [7], not a number"),
        ({"PSPI": 17}, "PSPI 17, expected 0 to 16"),
        ({"AU4": -1}, "AU4 -1, expected 0 to 5"),
        ({"AU43": 2}, "AU43 2, expected 0 to 1"),
        ({"AU4": 10**400}, "AU4 inf, expected 0 to 5"),
        (b"[1, 2]", "a list, not an object with AU4 to PSPI"),
        (b'{"AU4": 2}', "has no AU6"),
        (b'{"AU4": 1e999}', "has no AU6"),
        (b'{"AU4": NaN}', "not valid JSON: NaN is not a number in JSON"),
        (b"[" * 100_000, "not valid JSON: nested too deeply"),
        (b"caf\xe9", "line 1: byte 3 of the file is not UTF-8 text; save it as UTF-8"),
        (b"9" * 10_000, "not valid JSON: Exceeds the limit (4300 digits)"),
        (b"[" + b"0," * 600_000 + b"0]", "larger than the limit of 1 MB"),
        (b"", "not valid JSON: line 1, column 1: expecting value"),
    ],
)
def test_an_invalid_annotation_is_one_fault_with_its_file_and_field(published, change, reason):
    file = published / "annotations" / NAME
    labels = json.loads(file.read_text())
    file.write_bytes(change if isinstance(change, bytes) else json.dumps(labels | change).encode())
    corpus = open_corpus(published)
    assert len(corpus) == 10
    (line,) = summarise(corpus.faults)
    assert f"{NAME} ({reason}" in line


def test_annotations_that_are_no_files_are_faults(published):
    first, second, third = sorted((published / "annotations").iterdir())[:3]
    for path in (first, second, third):
        path.unlink()
    first.mkdir()
    os.mkfifo(second)
    third.symlink_to("/dev/zero")
    corpus = open_corpus(published)
    assert len(corpus) == 6
    (line,) = summarise(corpus.faults)
    assert all(words in line for words in ("(is a directory)", "(a named pipe, not a file", "(a device, not a file"))


def test_annotations_are_read_as_editors_save_them(published):
    expected = open_corpus(published).content
    first, second, *_ = sorted((published / "annotations").iterdir())
    first.write_bytes(first.read_text().encode("utf-16"))
    second.write_bytes(b"\xef\xbb\xbf" + second.read_bytes().replace(b",", b",\r\n"))
    corpus = open_corpus(published)
    assert (corpus.content, corpus.faults) == (expected, ())


def test_names_that_are_not_utf8_are_read_and_printable(published):
    for path in [*(published / "meshes_inpainted").iterdir(), *(published / "annotations").iterdir()]:
        path.rename(os.fsdecode(os.fsencode(path).replace(b"flame_sample_0000", b"caf\xe9")))
    file = published / "split.csv"
    file.write_text(file.read_text().replace("flame_sample_0000", r"caf\xe9"))
    corpus = open_corpus(published)
    assert (len(corpus), corpus.faults) == (12, ())
    assert corpus.names[0] == r"caf\xe9_pain_1_textured_view_000_inpainted.jpg"
    assert set(corpus.subject.tolist()) == {r"caf\xe9", "flame_sample_0001", "flame_sample_0002"}


def test_if_no_frame_is_usable_each_reason_is_counted_with_an_example(published):
    for path in (published / "annotations").iterdir():
        path.write_text("{")
    with pytest.raises(
        ValueError, match="no usable frame among 18 pictures; 6 annotations that cannot be read: flame_"
    ):
        open_corpus(published)
    for path in (published / "meshes_inpainted").iterdir():
        path.write_bytes(b"")
    with pytest.raises(
        ValueError, match=r"no usable frame among 18 pictures; 18 pictures that cannot be read: flame_.*; 6 "
    ):
        open_corpus(published)
