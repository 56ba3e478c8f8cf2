"""A dataset is opened by itself, whatever is beside it."""

import os

import h5py
import pytest

from painctl.dataset.opening import open_data


@pytest.fixture
def crowded(dataset_file):
    """The dataset among strangers that hold pictures, a named pipe, a folder, and a link to nothing."""
    folder = dataset_file.parent
    for name in ("one.h5", "two.h5"):
        with h5py.File(folder / name, "w") as file:
            file["image"] = file["index"] = file["subject_name"] = [1]
    os.mkfifo(folder / "pipe.h5")
    (folder / "folder.h5").mkdir()
    (folder / "gone.h5").symlink_to("nowhere")
    return dataset_file


def test_neighbours_do_not_decide(crowded, monkeypatch):
    opened = []
    file_class = h5py.File
    monkeypatch.setattr(h5py, "File", lambda path, *args, **options: opened.append(path) or file_class(path, *args))
    with open_data(crowded) as data:
        assert len(data.source) > 0
    assert set(opened) == {os.fsencode(crowded)}


def test_a_pipe_named_as_dataset_is_refused(crowded):
    with pytest.raises(ValueError, match=r"pipe\.h5: a named pipe"), open_data(crowded.with_name("pipe.h5")):
        pass
