"""Shards as a forger could make them: changed inside, under a valid seal."""

import h5py

from painctl.shard.seal import seal


def forge(path, change):
    """Apply a change to the HDF5 inside a shard, and seal it again."""
    image = path.read_bytes()
    path.write_bytes(image[: -48 - int.from_bytes(image[-16:-8], "little")])
    with h5py.File(path, "r+") as file:
        change(file)
    with h5py.File(path) as file:
        columns = _placed(file)
    with path.open("r+b") as file:
        seal(file, columns)
    return path


def replaced(name, **dataset):
    """A change that replaces a dataset by another."""

    def change(file):
        del file[name]
        file.create_dataset(name, track_times=False, **dataset)

    return change


def assigned(name, row, value):
    """A change that assigns a value to a row of a column."""

    def change(file):
        file[name][row] = value

    return change


def _placed(file):
    """The columns that are stored in one piece, as `seal` takes them, each byte under one name."""
    placed, end = [], 0
    datasets = []
    file.visititems(lambda name, stored: datasets.append((name, stored)) if isinstance(stored, h5py.Dataset) else None)
    for start, name, size in sorted(
        (stored.id.get_offset(), name, stored.id.get_storage_size())
        for name, stored in datasets
        if stored.id.get_offset() is not None
    ):
        if start >= end:
            placed.append((name, start, start + size))
            end = start + size
    return placed
