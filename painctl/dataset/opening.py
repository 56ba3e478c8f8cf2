"""Open any labelled dataset: one that painctl packed, or a corpus in its own layout, read in place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np

from painctl.corpora.faults import Fault
from painctl.corpora.recognise import Crop, is_corpus, open_corpus
from painctl.dataset.history import licences
from painctl.dataset.pairs import NEUTRAL, DatasetPairs
from painctl.dataset.validate import validate_shard
from painctl.evidence.folds import by_index, by_lists, inner_split, leave_one_out
from painctl.files.names import one_line
from painctl.images.silence import silenced
from painctl.pain.labels import PSPI
from painctl.shard.reader import Shard
from painctl.shard.seal import is_sealed
from painctl.vitpain.sources import PairSource, Subset, people

_OWN: Final = "painctl"  # name of the corpus of rendered people


@dataclass(frozen=True, eq=False)
class LabelledDataset:
    """Labelled frames, and where they come from."""

    path: Path
    source: PairSource
    content: str  # sha256 that identifies the frames and labels
    split: np.ndarray | None  # str [N], train, val or test; None if there is no split
    neutral: str  # how neutral pictures are chosen, in words
    faults: tuple[Fault, ...]  # problems in the files of a corpus
    real: bool = False  # photographs of people, most frames without pain
    licences: Mapping[str, str] = field(default_factory=dict)  # that restrict use of the frames -> stage
    shared: bool = False  # whether processes forked from this one may read it; not an open HDF5 file
    label: str = PSPI  # what `source.pspi` holds, see `pain.labels`
    notes: tuple[str, ...] = ()  # what users of the labels must know, a sentence each
    corpus: str = _OWN  # whose people these are; two datasets of one corpus name them alike

    @property
    def is_corpus(self) -> bool:
        """Whether it is a dataset of others, under their terms."""
        return self.corpus != _OWN

    def parts(self) -> tuple[Subset, Subset | None]:
        """Frames to train on, and frames that choose the epoch: by the split, else a fifth of the people.

        Raises ValueError if there are no frames to train on.
        """
        if self.split is None:
            train, val = inner_split(self.source.subject, np.arange(len(self.source)))
        else:
            train, val = (np.flatnonzero(self.split == name) for name in ("train", "val"))
        if not len(train):
            raise ValueError(f"{self.path}: no frames in train; pack more people")
        return Subset(self.source, train), Subset(self.source, val) if len(val) else None

    def folds(self, count: int | None = None, file: Path | None = None) -> np.ndarray:
        """The fold that tests each frame, int [N]: from a fold file, else of `count` folds, else one per person.

        Raises ValueError as `evidence.folds` and `corpora.lab.read_folds` do.
        """
        lists = None
        if file:
            from painctl.corpora.lab import read_folds

            lists = read_folds(file)
        try:
            if lists:
                return by_lists(self.source.subject, lists)
            return by_index(self.source.subject, count) if count else leave_one_out(self.source.subject)
        except ValueError as error:
            raise ValueError(f"{self.path}: {error}") from None


def require_other_people(training: LabelledDataset, tested: LabelledDataset) -> None:
    """Raise ValueError if a person of one dataset is in the other, as far as their contents and names tell."""
    if training.content == tested.content:
        raise ValueError(f"{tested.path}: the same frames and labels as {training.path}; test on other people")
    if training.corpus == tested.corpus and (shared := set(people(training.source)) & set(people(tested.source))):
        raise ValueError(
            f"{tested.path}: has people of {training.path} ({min(shared)}; {len(shared)} in all); train on other "
            "people, or cross-validate within one dataset; if these are others, give them other names"
        )


@contextmanager
def open_data(path: Path, seed: int = 0, crop: Crop = "auto", every: int | None = None) -> Iterator[LabelledDataset]:
    """A painctl dataset or a known corpus; `seed` orders neutral pictures if there are several.

    `crop` and `every` are those of `open_corpus`. Beside a dataset of painctl, nothing is opened. Raises ShardError,
    ValueError or OSError that says what is wrong.
    """
    is_shard = not path.is_dir() and is_sealed(path)
    if is_shard and every:
        raise ValueError(f"{path}: --every is for corpora of videos; leave it out")
    if is_shard and crop == "face":
        raise ValueError(f"{path}: its pictures are already cropped; leave --crop face out")
    if not is_shard and is_corpus(path):
        with silenced():
            corpus = open_corpus(path, seed, crop, every)
        yield LabelledDataset(
            path,
            corpus,
            corpus.content,
            corpus.split,
            corpus.neutral_rule,
            corpus.faults,
            corpus.real,
            shared=corpus.shared,
            label=corpus.label,
            notes=corpus.notes,
            corpus=corpus.name,
        )
        return
    with Shard(path) as shard:
        if "split" not in shard.tables:
            stage = one_line(shard.attributes["stage"])
            raise ValueError(
                f"{path}: a shard of `painctl {stage}`, not a dataset; `painctl pack` makes one from rendered shards"
            )
        validate_shard(shard)
        if not shard.rows("frames"):
            raise ValueError(f"{path}: a dataset without frames; pack shards of `painctl render-views`")
        source = DatasetPairs(shard)
        yield LabelledDataset(path, source, shard.content, source.split, NEUTRAL, (), licences=licences(shard.history))
