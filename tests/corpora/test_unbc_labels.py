"""Each invalid label or picture of UNBC-McMaster is one fault with its file and reason; the other frames stay."""

import os

import pytest

from painctl.corpora.faults import summarise
from painctl.corpora.recognise import open_corpus

LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n"


def label(folder, kind, number=3):
    """A label, by default of the last frame of the first sequence."""
    place = folder / (kind if kind == "AAM_landmarks" else f"Frame_Labels/{kind}") / "042-ab042/ab042t1aaaff"
    return sorted(place.iterdir())[number]


@pytest.mark.parametrize(
    ("kind", "data", "words"),
    [
        ("PSPI", b"nan", "PSPI labels that cannot be read, left out: {} (line 1: 'nan' is not a number)"),
        ("PSPI", b"1e400", "PSPI labels that cannot be read, left out: {} (line 1: '1e400' is not a number)"),
        ("PSPI", b"9" * 9000, "PSPI labels that cannot be read, left out: {} (line 1: '" + "9" * 20 + "' is not a num"),
        ("PSPI", b"\n\n4 caf\xe9", "left out: {} (line 3: byte 7 of the file is not UTF-8 text; save it as UTF-8)"),
        ("PSPI", b"17", "PSPI labels that are not one number from 0 to 16, left out: {} (17)"),
        ("PSPI", b"-1", "PSPI labels that are not one number from 0 to 16, left out: {} (-1)"),
        ("PSPI", b"", "PSPI labels that are not one number from 0 to 16, left out: {} (0 numbers)"),
        ("PSPI", LFS, "left out: {} (a Git LFS pointer, not the file itself"),
        ("FACS", b"4 7 0 0", "intensity from 0 to 5, left out: {} (row 1: action unit 4, intensity 7)"),
        ("FACS", b"4 1\n-6 1", "intensity from 0 to 5, left out: {} (row 2: action unit -6, intensity 1)"),
        ("FACS", b"4", "intensity from 0 to 5, left out: {} (rows of 1 number)"),
        ("FACS", b"4 1 0 0\n6 1 0", "FACS labels that cannot be read, left out: {} (line 2: 3 numbers, not 4 as befo"),
        ("FACS", b"4,1,0,0", "FACS labels that cannot be read, left out: {} (line 1: '4,1,0,0' is not a number)"),
        ("AAM_landmarks", b"1 2\n" * 68, "AAM points that are not 66 pairs of pixels, left out: {} (68 rows of 2)"),
        ("AAM_landmarks", b"1 2\n" * 65 + b"1e9 2", "pairs of pixels, left out: {} (row 66 is not in a picture)"),
        ("AAM_landmarks", b"7 7\n" * 66, "AAM points that are not around a face in the picture, left out: {}"),
        ("AAM_landmarks", b"9 9\n" * 300_000, "AAM points that cannot be read, left out: {} (larger than the limit"),
    ],
)
def test_an_invalid_label_is_one_fault(unbc, kind, data, words):
    file = label(unbc, kind)
    file.write_bytes(data)
    corpus = open_corpus(unbc)
    assert len(corpus) == 15
    (line,) = summarise(corpus.faults)
    places = (file.name, f"042-ab042/ab042t1aaaff/{file.name.removesuffix('_aam.txt')}")
    assert any(words.format(place) in line for place in places), line


@pytest.mark.parametrize("spoil", [b"\xef\xbb\xbf%b", b"%b\r\n\r\n", b"\r%b  \r", b"\n\n \t%b"])
def test_labels_are_read_as_editors_save_them(unbc, spoil):
    expected = open_corpus(unbc).content
    for kind in ("PSPI", "FACS", "AAM_landmarks"):
        for number in range(4):
            file = label(unbc, kind, number)
            file.write_bytes(spoil.replace(b"%b", file.read_bytes().replace(b"\n", b"\r\n")))
    assert open_corpus(unbc).content == expected
    file = label(unbc, "PSPI")
    file.write_bytes(file.read_text("utf-8-sig").encode("utf-16"))
    assert open_corpus(unbc).content == expected


def test_pictures_that_are_no_files_are_faults_with_their_reasons(unbc):
    first, second = sorted((unbc / "Images").rglob("*.png"))[:8][1:8:4]
    spoils = {
        "is a directory": lambda path: path.mkdir(),
        "a named pipe, not a file": os.mkfifo,
        "a link to a file that does not exist": lambda path: path.symlink_to("nowhere"),
        "a device, not a file": lambda path: path.symlink_to("/dev/zero"),
        "a Git LFS pointer": lambda path: path.write_bytes(LFS),
        "not a readable picture": lambda path: path.write_bytes(b""),
    }
    second.rename(second.with_suffix(".jpg"))  # a PNG by its content
    for reason, spoil in spoils.items():
        first.unlink()
        spoil(first)
        corpus = open_corpus(unbc)
        assert len(corpus) == 15
        (line,) = summarise(corpus.faults)
        assert line.startswith(f"1 pictures that cannot be read, left out: {first.name} ({reason}")
        if first.is_dir():
            first.rmdir()
            first.write_bytes(b"")


def test_a_second_picture_of_a_frame_is_listed(unbc):
    picture = sorted((unbc / "Images").rglob("*.png"))[0]
    picture.with_suffix(".jpg").write_bytes(picture.read_bytes())
    assert summarise(open_corpus(unbc).faults) == [
        f"1 files of a frame that has another one, left out: {picture.stem}.jpg"
    ]


def test_names_that_are_not_utf8_are_read_and_printable(unbc):
    for kind in ("Images", "Frame_Labels/PSPI", "Frame_Labels/FACS", "AAM_landmarks"):
        (unbc / kind / "042-ab042").rename(unbc / kind / os.fsdecode(b"042-caf\xe9\n"))
    corpus = open_corpus(unbc)
    assert (len(corpus), corpus.faults) == (16, ())
    assert corpus.names[0] == r"042-caf\xe9\x0a/ab042t1aaaff/ab042t1aaaff001"
    assert corpus.picture(0).shape == (256, 256, 3)
    assert corpus.content


def test_if_no_frame_is_usable_each_reason_is_counted_with_an_example(unbc, command_server, tmp_path):
    for picture in (unbc / "Images").rglob("*.png"):
        picture.write_bytes(b"not a picture")
    label(unbc, "PSPI").write_text("17")
    with pytest.raises(ValueError, match="none of 16 frames is usable") as error:
        open_corpus(unbc)
    assert "; 16 pictures that cannot be read: ab042t1aaaff001.png (" in str(error.value)
    assert "; 1 PSPI labels that are not one number from 0 to 16: ab042t1aaaff004_facs.txt (17)" in str(error.value)
    for command in ("cv", "pretrain"):
        done = command_server.run([command, unbc, "-o", "out"], tmp_path / "data")
        assert (done.returncode, done.stderr.decode()) == (1, f"painctl {command}: {error.value}\n")


def test_if_no_frame_has_pspi_0_the_reasons_are_counted(unbc):
    for file in (unbc / "Frame_Labels/PSPI").rglob("*.txt"):
        file.write_text("99" if file.name.endswith("001_facs.txt") else "3")
    with pytest.raises(
        ValueError, match="none of the 12 usable frames, of 16, has PSPI 0; 4 PSPI labels that are not "
    ):
        open_corpus(unbc)
