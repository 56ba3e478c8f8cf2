"""WebDataset: tar files for streaming, one sample per frame.

train-000000.tar, val-000000.tar, ... hold for each frame KEY.image.jpg (or .png), KEY.neutral.jpg, KEY.mask.png,
KEY.heatmap.png and KEY.json. The neutral reference is in every sample, since a stream has no random access. The same
people give the same bytes: times and owners are not recorded.
"""

from __future__ import annotations

import contextlib
import io
import json
import tarfile
from collections.abc import Iterable
from pathlib import Path

from painctl.dataset import pictures
from painctl.dataset.person import Person
from painctl.dataset.rows import row
from painctl.records import SPLITS

_PEOPLE = 100  # per tar: about half a gigabyte at the paper's scale


def write(people: Iterable[tuple[Person, int]], folder: Path) -> dict[str, str]:
    """Write people with their splits (rows of SPLITS). Returns the pattern of each split's files, for the card."""
    tars: dict[int, tarfile.TarFile] = {}
    counts = [0] * len(SPLITS)
    with contextlib.ExitStack() as files:
        for person, split in people:
            number, written = divmod(counts[split], _PEOPLE)
            if not written:
                if split in tars:
                    tars[split].close()
                path = folder / f"{SPLITS[split]}-{number:06d}.tar"
                tars[split] = files.enter_context(tarfile.open(path, "w", format=tarfile.USTAR_FORMAT))
            _add_person(tars[split], person)
            counts[split] += 1
    return {name: f"{name}-*.tar" for name, count in zip(SPLITS, counts, strict=True) if count}


def _add_person(tar: tarfile.TarFile, person: Person) -> None:
    frames = person.frames
    for frame, image in enumerate(frames["image"]):
        labels = row(person, frame)
        neutral = frames["image"][person.neutral(frame)]
        for name, data in (
            (f"image.{pictures.extension(image)}", image),
            (f"neutral.{pictures.extension(neutral)}", neutral),
            ("mask.png", frames["mask"][frame]),
            ("heatmap.png", frames["heatmap"][frame]),
            ("json", json.dumps(labels, allow_nan=False).encode()),
        ):
            member = tarfile.TarInfo(f"{labels['key']}.{name}")  # mode 0644, time 0, owner 0
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    tar.members = []  # type: ignore[attr-defined]  # tarfile keeps every member, and memory would grow
