"""Shards with seeded damage, read in a separate process: damage is detected, and never crashes the interpreter.

`plain` damage is what disks and transfers do: a flipped bit or a cut tail. `sealed` damage is what an attacker can do:
the HDF5 inside is damaged and sealed again, so that the seal is valid.
"""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
import traceback
from collections import Counter
from pathlib import Path

from painctl.shard.reader import Shard
from painctl.shard.schema import TABLES
from painctl.shard.seal import STRUCTURE, ShardError, seal

MEMORY = 4 << 30  # address space of the reader in bytes, whatever a shard declares
SECONDS = 60  # of CPU time for one damaged shard


def fuzz(shards: list[Path], kind: str, count: int, seed: int, folder: Path) -> Counter[str]:
    """Outcomes of reading `count` damaged copies of each shard.

    detected: rejected with ShardError. read: no error while reading every column. Anything else is a fault: `crash N`,
    or an error of another kind.
    """
    outcomes: Counter[str] = Counter()
    for shard in shards:
        done = 0
        while done < count:
            command = [sys.executable, __file__, str(shard), kind, str(seed), str(done), str(count), str(folder)]
            child = subprocess.run(command, capture_output=True, text=True, check=False)
            lines = child.stdout.splitlines()
            outcomes.update(line.split("\t")[1] for line in lines)
            done += len(lines)
            if child.returncode:
                outcomes[f"crash {child.returncode} at {shard.name} {kind} {done}: {child.stderr[-200:]}"] += 1
                done += 1
    return outcomes


def damaged(original: bytes, seed: str) -> bytes:
    """A copy of a shard with one bit flipped, or cut short."""
    generator = random.Random(seed)
    if generator.random() < 0.5:
        return original[: generator.randrange(len(original))]
    data = bytearray(original)
    bit = generator.randrange(8 * len(data))
    data[bit // 8] ^= 1 << bit % 8
    return bytes(data)


def read_all(path: Path) -> None:
    """Open a shard and read every column of it."""
    with Shard(path) as shard:
        for table in shard.tables:
            for column in TABLES[table].columns:
                shard.read(table, column.name)


def _damage_structure(path: Path, copy: Path, seed: str) -> None:
    """Write a copy of a shard with a damaged HDF5 structure under a valid seal."""
    runs, image = _unsealed(path.read_bytes())
    pieces = [range(start, end) for name, start, end in runs if name == STRUCTURE]
    generator = random.Random(seed)
    data = bytearray(image)
    for _ in range(generator.randint(1, 8)):
        place = generator.choice(generator.choice(pieces))
        data[place] = generator.choice([data[place] ^ 1 << generator.randrange(8), 0, 255, generator.randrange(256)])
    copy.write_bytes(data)
    with copy.open("r+b") as file:
        seal(file, [run for run in runs if run[0] != STRUCTURE])


def _unsealed(original: bytes) -> tuple[list[tuple[str, int, int]], bytes]:
    """The runs of a shard's seal, and the HDF5 image before it."""
    length = int.from_bytes(original[-16:-8], "little")
    runs = json.loads(original[-48 - length : -48])
    return [(name, start, end) for name, start, end, _ in runs], original[: -48 - length]


def main(shard: str, kind: str, seed: str, first: str, count: str, folder: str) -> None:
    """In the child: print each outcome as a line at once, so that the parent knows which shard crashed it."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    path = Path(shard)
    copy = Path(folder) / f"{path.parent.name}-{path.name}"
    for number in range(int(first), int(count)):
        resource.setrlimit(resource.RLIMIT_CPU, (int(resource.getrusage(resource.RUSAGE_SELF).ru_utime) + SECONDS, -1))
        name = f"{seed}/{path.parent.name}/{path.name}/{number}"
        if kind == "plain":
            copy.write_bytes(damaged(path.read_bytes(), name))
        else:
            _damage_structure(path, copy, name)
        try:
            read_all(copy)
            outcome = "read"
        except ShardError:
            outcome = "detected"
        except Exception as error:
            outcome = f"{type(error).__name__} in {traceback.extract_tb(error.__traceback__)[-1].name}: {error}"[:120]
        print(number, outcome.replace("\n", " "), sep="\t", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
