"""Where a corpus is: nested, wrapped, renamed, named by one of its parts, beside another."""

import shutil

import pytest

from painctl.corpora.recognise import is_corpus, open_corpus


def nest(folder, name=None):
    """Move what a folder holds into a folder in it, of the same name or another."""
    inside = folder.with_name("inside")
    folder.rename(inside)
    folder.mkdir()
    inside.rename(folder / (name or folder.name))


def unchanged(folder):
    pass


def twice(folder):
    nest(folder / "Images")


def every_archive_in_a_folder_of_its_own(folder):
    for name in ("Images", "Frame_Labels/PSPI", "Frame_Labels", "AAM_landmarks"):
        nest(folder / name)


def another_name_between(folder):
    nest(folder / "Images", "UNBC")
    nest(folder / "Images/UNBC", "Images")


def other_case_and_copies_of_a_download(folder):
    (folder / "Images").rename(folder / "images")
    (folder / "Frame_Labels").rename(folder / "FRAME LABELS (1)")
    (folder / "AAM_landmarks").rename(folder / "AAM-Landmarks")


def labels_unpacked_without_their_folder(folder):
    for path in (folder / "Frame_Labels").iterdir():
        path.rename(folder / path.name)


def with_what_systems_leave(folder):
    (folder / "__MACOSX").mkdir()
    shutil.copytree(folder / "Images", folder / "__MACOSX/Images")
    shutil.copytree(folder / "Frame_Labels/PSPI", folder / "__MACOSX/PSPI")
    (folder / "Images/@eaDir").mkdir()
    for picture in sorted((folder / "Images").rglob("*.png")):
        for name in (f"._{picture.name}", "Thumbs.db", f".{picture.name}.AbCdEf", f"{picture.name}.part", "Icon\r"):
            picture.with_name(name).write_bytes(b"\0" * 40)


def suffixes_in_capitals(folder):
    for path in sorted(folder.rglob("*.png")):
        path.rename(path.with_suffix(".PNG"))


@pytest.mark.parametrize(
    "change",
    [
        unchanged,
        twice,
        every_archive_in_a_folder_of_its_own,
        another_name_between,
        other_case_and_copies_of_a_download,
        labels_unpacked_without_their_folder,
        with_what_systems_leave,
        suffixes_in_capitals,
    ],
    ids=lambda change: change.__name__,
)
def test_unbc_is_read_as_it_is_unpacked(unbc, change):
    expected = open_corpus(unbc).content
    change(unbc)
    for path in (unbc, unbc.parent):
        corpus = open_corpus(path)
        assert (corpus.content, len(corpus), corpus.faults) == (expected, 16, ())


def test_a_corpus_is_found_from_its_parts(unbc, published):
    for folder, parts in (
        (unbc, ("Images", "Frame_Labels/PSPI", next((unbc / "Images").rglob("*.png")).relative_to(unbc))),
        (published, ("annotations", "split.csv", "meshes_inpainted")),
    ):
        for part in parts:
            assert is_corpus(folder / part)
            assert open_corpus(folder / part).content == open_corpus(folder).content
    (unbc / "notes.txt").write_text("")
    assert not is_corpus(unbc / "notes.txt")


def test_3dpain_is_read_as_it_is_unpacked(published):
    expected = open_corpus(published).content
    nest(published / "meshes_inpainted", "Meshes_Inpainted")
    nest(published / "annotations")
    for name in ("._split.csv", "split.csv~", ".~lock.split.csv#", "#split.csv#", "Thumbs.db"):
        (published / name).write_bytes(b"\0")
    for name in ("._a.jpg", "a.jpg.part", ".DS_Store"):
        (published / "meshes_inpainted/Meshes_Inpainted" / name).write_bytes(b"\0")
    for name in ("._a_annotations.json", "a_annotations.json~"):
        (published / "annotations/annotations" / name).write_bytes(b"\0")
    for path in (published, published.parent):
        corpus = open_corpus(path)
        assert (corpus.content, corpus.faults) == (expected, ())


def test_the_labs_files_may_be_in_folders_below(lab):
    expected = open_corpus(lab).content
    for file, folder in (("frames_unbc.hdf5", "a"), ("annotations_unbc.hdf5", "b")):
        (lab / folder).mkdir()
        (lab / file).rename(lab / folder / "X.H5")
    assert open_corpus(lab).content == open_corpus(lab.parent).content == expected


def test_the_nearest_is_read_and_two_at_the_same_depth_are_named(unbc, published, lab):
    with pytest.raises(ValueError, match=r"holds UNBC-McMaster \(.*/UNBC\) and 3DPain \(.*/3DPain\); give the path of"):
        open_corpus(unbc.parent)
    content = open_corpus(unbc).content
    published.rename(unbc / "3DPain")
    lab.rename(unbc / "lab")
    shutil.copytree(unbc, unbc / "old")
    assert open_corpus(unbc).content == content
    shutil.copytree(unbc, unbc.with_name("copy"))
    with pytest.raises(ValueError, match=r"UNBC/Frame_Labels/PSPI and .*copy/Frame_Labels/PSPI could both be the PSPI"):
        open_corpus(unbc.parent)


def test_an_unknown_folder_says_what_it_holds(unbc, lab):
    shutil.rmtree(unbc / "Frame_Labels")
    with pytest.raises(ValueError, match=r"Images and Frame_Labels.*; this folder holds AAM_landmarks/, Images/$"):
        open_corpus(unbc)
    file = lab / "annotations_unbc.hdf5"
    file.write_bytes(file.read_bytes()[:-500])
    with pytest.raises(ValueError, match=r"annotations_unbc\.hdf5: not readable as HDF5: .*truncated file"):
        open_corpus(lab)


def test_circles_of_links_and_repeated_folders_end(unbc):
    expected = open_corpus(unbc).content
    (unbc / "Images/042-ab042/loop").symlink_to(unbc / "Images")
    (unbc / "Images/self").symlink_to("self")
    (unbc / "again").symlink_to(unbc)
    (unbc / "Images/042-copy").symlink_to(unbc / "Images/042-ab042")
    corpus = open_corpus(unbc)
    assert corpus.content == expected
    assert {fault.kind for fault in corpus.faults} == {"links to a folder that stands elsewhere too, left out"}
