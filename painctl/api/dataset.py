"""A labelled dataset for torch's DataLoader."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, get_args

import numpy as np
import torch
from torch import Tensor

from painctl.corpora.recognise import Crop
from painctl.dataset.opening import LabelledDataset, open_data
from painctl.extras import require
from painctl.images.resize import center_crop
from painctl.pain.action_units import ACTION_UNITS
from painctl.records import SPLITS


class Dataset(torch.utils.data.Dataset[dict[str, Any]]):
    """Faces with their labels, each with a neutral face of the same person.

    It reads what `painctl pack` writes as h5, and the corpora that `painctl pretrain` reads, in place. A DataLoader
    takes it as it is, with workers by fork, spawn and forkserver: each process opens the file for itself.

    >>> dataset = painctl.Dataset(dataset_path, size=96)
    >>> item = dataset[0]
    >>> item["face"].shape, item["neutral"].shape, item["aus"].shape
    (torch.Size([3, 96, 96]), torch.Size([3, 96, 96]), torch.Size([6]))
    >>> sorted(item)
    ['aus', 'face', 'name', 'neutral', 'person', 'pspi']
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        split: str | None = None,
        size: int | None = None,
        transform: Callable[[dict[str, Any]], Any] | None = None,
        crop: Crop = "auto",
        every: int | None = None,
    ) -> None:
        """Open a dataset, checking every byte of a file of painctl.

        `split` is train, val or test; by default all three. `size` is the side, in pixels, to which the central square
        of each picture is scaled; by default pictures keep their size. `transform` is applied to each item. `crop` is
        how the faces of a corpus are cropped, as `--crop` of `painctl pretrain`: auto, points, face or none. Of a
        corpus of videos every `every`-th frame is used, by default one a second.

        Raises ValueError or OSError if the dataset is missing or invalid, or an argument is out of range.
        """
        if split not in (None, *SPLITS):
            raise ValueError(f"split {split!r}: expected one of {', '.join(SPLITS)}")
        if crop not in get_args(Crop):
            raise ValueError(f"crop {crop!r}: expected one of {', '.join(get_args(Crop))}")
        if every is not None and (isinstance(every, bool) or not isinstance(every, int) or every < 1):
            raise ValueError(f"every {every!r}: expected a whole number of frames")
        if size is not None and (isinstance(size, bool) or not isinstance(size, int) or size < 1):
            raise ValueError(f"size {size!r}: expected a whole number of pixels")
        self._path, self._split, self._size, self._transform = Path(path), split, size, transform
        self._crop, self._every = crop, every
        self._stack, self._process = ExitStack(), 0
        self._data: LabelledDataset | None = None
        source, labels = self._opened.source, self._opened.split
        if split and labels is None:
            raise ValueError(f"{path}: this dataset has no split; leave `split` out")
        rows = np.arange(len(source))
        self._rows = rows if split is None or labels is None else rows[labels == split]

    def __len__(self) -> int:
        """The number of faces; neutral ones serve as references only."""
        return len(self._rows)

    @property
    def label(self) -> str:
        """What `pspi` is: PSPI, the sum of the units that a corpus codes, such as AU4 + AU6 + AU9, or pain level."""
        return self._opened.label

    @property
    def notes(self) -> tuple[str, ...]:
        """What users of the labels must know, a sentence each."""
        return self._opened.notes

    def __getitem__(self, index: int) -> Any:
        """A dict with `face` and `neutral`, uint8 [3, H, W] RGB; `pspi`, float32; `aus`, float32 [6] in the order of
        AU4, AU6, AU7, AU9, AU10, AU43, NaN for a unit that is not coded; `person` and `name`, str. In a corpus
        without PSPI, `pspi` is what `label` names. With a transform, what that returns.

        Raises IndexError beyond the end, and ValueError, which names the picture, if one is unreadable.
        """
        source, row = self._opened.source, int(self._rows[index])
        item = {
            "face": self._tensor(source.picture(row, self._size or 0)),
            "neutral": self._tensor(source.neutral(source.neutrals(row)[0], self._size or 0)),
            "pspi": torch.tensor(float(source.pspi[row])),
            "aus": torch.tensor(np.asarray(source.aus[row], np.float32)),
            "person": str(source.subject[row]),
            "name": source.names[row],
        }
        return self._transform(item) if self._transform else item

    def to_pandas(self) -> Any:
        """The labels as a pandas DataFrame, one row per face in order. Raises MissingExtra without pandas."""
        require("pandas", "to_pandas")
        import pandas

        source, labels = self._opened.source, self._opened.split
        columns = {"name": [source.names[row] for row in self._rows.tolist()], "person": source.subject[self._rows]}
        columns |= {"pspi": source.pspi[self._rows]}
        columns |= {unit: source.aus[self._rows, number] for number, unit in enumerate(ACTION_UNITS)}
        columns |= {name: values[self._rows] for name, values in source.groups.items()}
        return pandas.DataFrame(columns if labels is None else {**columns, "split": labels[self._rows]})

    def close(self) -> None:
        """Close the file; it is opened again when an item is read."""
        self._stack.close()
        self._data = None

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_stack": ExitStack(), "_data": None}  # for a worker, which opens the file itself

    @property
    def _opened(self) -> LabelledDataset:
        """The dataset, opened by this process if an open file must not be shared with the parent, as of HDF5."""
        if self._data is None or (self._process != os.getpid() and not self._data.shared):
            self._stack, self._process = ExitStack(), os.getpid()
            self._data = self._stack.enter_context(open_data(self._path, crop=self._crop, every=self._every))
        return self._data

    def _tensor(self, picture: np.ndarray) -> Tensor:
        if self._size:
            picture = center_crop(picture, self._size, 1.0)
        return torch.from_numpy(np.ascontiguousarray(picture)).permute(2, 0, 1)
