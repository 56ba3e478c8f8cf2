"""Whatever people learn from, opened: painctl's own dataset, or somebody else's, read in place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from painctl.corpora.faults import Fault
from painctl.corpora.recognise import is_corpus, open_corpus
from painctl.dataset.history import licences
from painctl.dataset.pairs import NEUTRAL, DatasetPairs
from painctl.dataset.validate import validate_shard
from painctl.evidence.folds import by_index, by_lists, inner_split, leave_one_out
from painctl.images.silence import silenced
from painctl.shard.reader import Shard
from painctl.vitpain.sources import PairSource, Subset


@dataclass(frozen=True, eq=False)
class Data:
    """Labelled frames and where they are from."""

    path: Path
    source: PairSource
    content: str  # sha256 that stands for them
    split: np.ndarray | None  # str [N], train, val or test; None where nobody has split them
    neutral: str  # how neutral pictures are chosen, in words
    faults: tuple[Fault, ...]  # what is wrong with somebody else's files
    real: bool = False  # photographs of people, who are mostly without pain
    licences: Mapping[str, str] = field(
        default_factory=dict
    )  # that bind what is made of the frames, and of which stage

    def parts(self) -> tuple[Subset, Subset | None]:
        """Frames to train on, and frames that choose the epoch: by the split, else a fifth of the people.

        Raises ValueError if nobody is there to train on.
        """
        if self.split is None:
            train, val = inner_split(self.source.subject, np.arange(len(self.source)))
        else:
            train, val = (np.flatnonzero(self.split == name) for name in ("train", "val"))
        if not len(train):
            raise ValueError(f"{self.path}: no frames in train; pack more people")
        return Subset(self.source, train), Subset(self.source, val) if len(val) else None

    def folds(self, count: int | None = None, file: Path | None = None) -> np.ndarray:
        """The fold that tests each frame, int [N]: of `count`, of a fold file, else one a person.

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


@contextmanager
def open_data(path: Path, seed: int = 0, find: bool = False) -> Iterator[Data]:
    """A dataset of painctl's or a known one of others; `seed` orders neutral pictures where there are many.

    `find` is that of `open_corpus`. Raises ShardError, ValueError or OSError that names what is wrong.
    """
    if is_corpus(path) or (find and path.exists()):
        with silenced():
            corpus = open_corpus(path, seed, find)
        yield Data(path, corpus, corpus.content, corpus.split, corpus.neutral_words, corpus.faults, corpus.real)
        return
    with Shard(path) as shard:
        if not shard.rows("split"):
            made = shard.attributes["stage"]
            raise ValueError(f"{path}: not a dataset, as `painctl pack` writes it, but a shard of `painctl {made}`")
        validate_shard(shard)
        source = DatasetPairs(shard)
        yield Data(path, source, shard.content, source.split, NEUTRAL, (), licences=licences(shard.history))
