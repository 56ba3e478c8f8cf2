"""A corpus from labelled frames and the faces in their pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from painctl.corpora.corpus import Corpus, Read, neutral_references, reference_faults
from painctl.corpora.faces import Face
from painctl.corpora.faults import Fault, unusable
from painctl.pain.labels import PSPI


@dataclass(frozen=True, eq=False)
class Frame:
    """The name and labels of a frame."""

    name: str  # unique, printable
    person: str  # printable
    aus: np.ndarray  # float [6], NaN where a unit is not coded
    pspi: float  # or another label in its place
    neutral: bool  # whether others are compared with it
    own: tuple[int, ...] = ()  # faces with which it is compared instead
    groups: tuple[str, ...] = ()  # attributes of the person, one for each of `Rules.groups`
    split: str = ""


@dataclass(frozen=True)
class Rules:
    """What holds for all frames of a corpus."""

    neutral: str  # what a neutral picture is, as in "frame of PSPI 0"
    neutral_rule: str  # how neutral pictures are chosen, in words
    label: str = PSPI  # see `pain.labels`
    notes: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class OwnNeutrals(Corpus):
    """A corpus in which some frames name the neutral pictures that they are compared with."""

    own: Mapping[int, Sequence[int]] = field(default_factory=dict)  # keys of neutral pictures by the key of a frame

    def neutrals(self, i: int) -> Sequence[int]:
        """Keys of the neutral pictures that frame i names, else of its person's, in a random order."""
        return self.own.get(int(self.keys[i])) or super().neutrals(i)


def assemble(
    path: Path,
    frames: Sequence[Frame],
    faces: Sequence[Face | None],
    faults: list[Fault],
    rules: Rules,
    seed: int,
    cropped: bool,
) -> Corpus:
    """The corpus of `frames`, in their order; the first of `faces` are theirs, and None is a face that is unusable.

    Further faces are neutral pictures that frames name as their `own`. `cropped` says whether faces were detected.
    Raises ValueError if no frame is usable.
    """
    undetected = any("detectable" in fault.kind for fault in faults)
    advice = "--crop none takes pictures that are cropped to the face already" if undetected else ""
    own = {key: [face for face in frame.own if faces[face]] for key, frame in enumerate(frames)}
    keys = np.array([key for key, _ in enumerate(frames) if faces[key]], int)
    if not len(keys):
        raise unusable(path, f"none of {len(frames)} frames is usable", faults, advice)
    subject = np.array([frames[key].person for key in keys])
    neutral = np.array([frames[key].neutral for key in keys])
    references = neutral_references(subject, neutral, keys)
    alone = np.array([not own[key] for key in keys.tolist()])  # frames that need neutral pictures of their person
    faults.extend(reference_faults(subject[alone], references, rules.neutral))
    compared = np.array([bool(own[key]) or frames[key].person in references for key in keys.tolist()])
    if not compared.any():
        raise unusable(
            path, f"none of the {len(keys)} usable frames, of {len(frames)}, has a neutral picture", faults, advice
        )
    keys = keys[compared]
    used = [frames[key] for key in keys.tolist()]
    pictures = " ".join(f"{face.checksum:08x}" for face in faces if face)
    pictures += "".join(f" {key}:{','.join(map(str, of))}" for key, of in own.items() if of)
    return OwnNeutrals(
        names=[frame.name for frame in used],
        subject=np.array([frame.person for frame in used]),
        aus=np.array([frame.aus for frame in used], float),
        pspi=np.array([frame.pspi for frame in used], float),
        keys=keys,
        read=_reader(faces),
        references=references,
        faults=tuple(faults),
        neutral_rule=rules.neutral_rule,
        pictures=f"found {pictures}" if cropped else pictures,
        split=np.array([frame.split for frame in used]) if used[0].split else None,
        seed=seed,
        groups={name: np.array([frame.groups[at] for frame in used]) for at, name in enumerate(rules.groups)},
        real=True,
        label=rules.label,
        notes=rules.notes,
        own={key: faces_of for key, faces_of in own.items() if faces_of},
    )


def _reader(faces: Sequence[Face | None]) -> Read:
    def read(key: int, side: int) -> np.ndarray:
        face = faces[key]
        assert face  # the keys of unusable faces are left out
        return face.read()

    return read
