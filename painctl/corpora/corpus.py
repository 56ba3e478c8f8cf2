"""A third-party dataset, read in place, as a `vitpain.sources.PairSource`."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from painctl.corpora.faults import Fault, Scope
from painctl.pain.labels import PSPI
from painctl.runs.draws import draws

Read = Callable[[int, int], np.ndarray]


@dataclass(frozen=True, eq=False)
class Corpus:
    """N labelled frames, and pictures by key: those of the frames and neutral ones."""

    names: Sequence[str]  # [N], unique
    subject: np.ndarray  # str [N]
    aus: np.ndarray  # float [N, 6], in the order of ACTION_UNITS; NaN where a unit is not coded
    pspi: np.ndarray  # float [N], or another label in its place
    keys: np.ndarray  # int [N], the picture of each frame
    read: Read  # (key, side) -> RGB uint8 [H, W, 3], as PairSource.picture
    references: Mapping[str, np.ndarray]  # subject -> keys of neutral pictures, int [R], R > 0
    faults: tuple[Fault, ...]
    neutral_rule: str  # how neutral pictures are chosen, in words
    pictures: str  # checksums of all pictures
    split: np.ndarray | None = None  # str [N], train, val or test
    seed: int = 0  # of the order of a frame's neutral pictures
    groups: Mapping[str, np.ndarray] = field(default_factory=dict)
    points: Callable[[int], np.ndarray] | None = None  # key -> landmarks float32 [L, 2], pixels of the picture
    real: bool = False  # photographs of people, most frames without pain
    shared: bool = True  # whether processes forked from this one may read its pictures
    label: str = PSPI  # what `pspi` holds, see `pain.labels`
    notes: tuple[str, ...] = ()  # what users of the labels must know, a sentence each, without its full stop
    name: str = ""  # of the corpus; its people have the same names in every form of it

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def content(self) -> str:
        """sha256 of the names, labels and checksums of the pictures."""
        digest = hashlib.sha256("\n".join(self.names).encode())
        digest.update(np.ascontiguousarray(self.pspi, float).tobytes())
        digest.update(np.ascontiguousarray(self.aus, float).tobytes())
        digest.update(self.pictures.encode())
        if self.label != PSPI:
            digest.update(self.label.encode())
        return digest.hexdigest()

    def picture(self, i: int, side: int = 0) -> np.ndarray:
        """Frame i, RGB uint8 [H, W, 3]."""
        return self.read(int(self.keys[i]), side)

    def neutrals(self, i: int) -> Sequence[int]:
        """Keys of neutral pictures of the person in frame i, in a random order drawn for this frame.

        The frame itself is not among them, unless it is the person's only neutral picture.
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
        """Landmarks of frame i, float32 [L, 2], pixels of `picture(i)`; None if the corpus has none."""
        return self.neutral_landmarks(int(self.keys[i]))

    def neutral_landmarks(self, key: int) -> np.ndarray | None:
        """Landmarks of a neutral picture by its key, as `landmarks`."""
        return self.points(key) if self.points else None


_DARK = 8  # grey level that only a few pixels of a black frame reach


def is_black(image: np.ndarray) -> bool:
    """Whether a picture uint8 [H, W, 3] is black."""
    return bool(np.percentile(image, 99) < _DARK)


def reference_faults(
    subject: np.ndarray, references: Mapping[str, np.ndarray], neutral: str = "frame of PSPI 0"
) -> Iterator[Fault]:
    """Faults for people without a neutral picture, or with one only, which is then compared with itself.

    `neutral` is what a neutral picture is there.
    """
    for person in sorted(set(subject.tolist())):
        if person not in references:
            yield Fault(f"people without a {neutral}, left out", person, scope=Scope.PERSON)
        elif len(references[person]) == 1:
            yield Fault(f"people with a single {neutral}, which is compared with itself", person)


def neutral_references(subject: np.ndarray, neutral: np.ndarray, keys: np.ndarray) -> dict[str, np.ndarray]:
    """The keys of each person's `neutral` frames, bool [N]; people without any are left out."""
    return {str(person): keys[neutral & (subject == person)] for person in np.unique(subject[neutral])}
