"""A dataset of somebody else, read in place, as `vitpain.sources.PairSource`."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from painctl.corpora.faults import Fault
from painctl.runs.draws import draws

Read = Callable[[int, int], np.ndarray]


@dataclass(frozen=True, eq=False)
class Corpus:
    """N labelled frames, and all pictures by key, of which the frames' neutral ones are some."""

    names: Sequence[str]  # [N], unique
    subject: np.ndarray  # str [N]
    aus: np.ndarray  # float [N, 6], in the order of ACTION_UNITS
    pspi: np.ndarray  # float [N]
    keys: np.ndarray  # int [N], of the frames' pictures
    read: Read  # (key, side) -> RGB uint8 [H, W, 3], as PairSource.picture
    references: Mapping[str, np.ndarray]  # subject -> keys of neutral pictures, int [R], R > 0
    faults: tuple[Fault, ...]
    neutral_words: str  # how neutral pictures are chosen
    split: np.ndarray | None = None  # str [N], train, val or test
    seed: int = 0  # of the order in which a frame's neutral pictures are taken
    groups: Mapping[str, np.ndarray] = field(default_factory=dict)
    points: Callable[[int], np.ndarray] | None = None  # key -> landmarks float32 [L, 2], pixels of the picture
    pictures: str = ""  # stands for the bytes of all pictures
    real: bool = False  # photographs of people, who are mostly without pain

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def content(self) -> str:
        """sha256 of what is asked of a model here: names, labels and what stands for the pictures."""
        digest = hashlib.sha256("\n".join(self.names).encode())
        digest.update(np.ascontiguousarray(self.pspi, float).tobytes())
        digest.update(np.ascontiguousarray(self.aus, float).tobytes())
        digest.update(self.pictures.encode())
        return digest.hexdigest()

    def picture(self, i: int, side: int = 0) -> np.ndarray:
        """Frame i, RGB uint8 [H, W, 3]."""
        return self.read(int(self.keys[i]), side)

    def neutrals(self, i: int) -> Sequence[int]:
        """Keys of neutral pictures of the person in frame i, in an order drawn for this frame.

        The frame itself is none of them, but for a person who has no other.
        """
        candidates = self.references[str(self.subject[i])]
        others = candidates[candidates != self.keys[i]]
        if not len(others):
            return candidates.tolist()
        return draws(self.seed, i, "neutral").permutation(others).tolist()

    def neutral(self, key: int, side: int = 0) -> np.ndarray:
        """A neutral picture by its key."""
        return self.read(key, side)

    def landmarks(self, i: int) -> np.ndarray | None:
        """The landmarks of frame i, float32 [L, 2], pixels of `picture(i)`; None where the corpus has none."""
        return self.neutral_landmarks(int(self.keys[i]))

    def neutral_landmarks(self, key: int) -> np.ndarray | None:
        """Those of a neutral picture by its key."""
        return self.points(key) if self.points else None


_DARK = 8  # grey level that no pixel but a few of a black frame reaches


def is_black(image: np.ndarray) -> bool:
    """Whether a picture uint8 [H, W, 3] shows nothing."""
    return bool(np.percentile(image, 99) < _DARK)


def unlike(subject: np.ndarray, references: Mapping[str, np.ndarray]) -> Iterator[Fault]:
    """People without a neutral picture, and those whose only one can but be held against itself."""
    for person in sorted(set(subject.tolist())):
        if person not in references:
            yield Fault("people without a frame of PSPI 0, left out", person)
        elif len(references[person]) == 1:
            yield Fault("people with one frame of PSPI 0, which is held against itself", person)


def painless(subject: np.ndarray, pspi: np.ndarray, keys: np.ndarray) -> dict[str, np.ndarray]:
    """Each person's frames of PSPI 0, by their keys; a person without one is left out."""
    calm = np.asarray(pspi) == 0
    return {str(person): keys[calm & (subject == person)] for person in np.unique(subject[calm])}
