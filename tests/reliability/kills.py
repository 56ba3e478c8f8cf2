"""Runs that are stopped at random moments and given again, beside a run that nobody stopped.

A trial survives if nothing but whole files was there after the stop, if the same command then ends with 0, and if its
output is the unbroken run's, byte for byte, with nothing else in the folder and among the temporary files.
"""

from __future__ import annotations

import random
import shutil
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from commands import Command, Ended

CLEAN = (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1)


@dataclass(frozen=True)
class Stage:
    """A command line, the output of an earlier one that it reads, and its own output."""

    name: str
    words: tuple[str, ...]
    reads: str
    writes: str
    piped: bool = False  # one shard by stdin and stdout


PEOPLE = 3
SHARDS = 2  # of them
STAGES = (
    Stage("sample-ids", ("sample-ids", "-n", str(PEOPLE), "--seed", "5", "--shard-size", "2"), "", "ids"),
    Stage("render-depth", ("render-depth", "--size", "64"), "ids", "depth"),
    Stage("synth-neutral", ("synth-neutral",), "depth", "portraits"),
    Stage("texture", ("texture", "--size", "128"), "portraits", "textures"),
    Stage("rig", ("rig", "--expressions", "2"), "textures", "faces"),
    Stage("render-views", ("render-views", "--views", "2", "--size", "64"), "faces", "frames"),
    Stage("pack", ("pack",), "frames", "dataset.h5"),
    Stage("pack --format folder", ("pack", "--format", "folder"), "frames", "pain3d"),
    Stage("pack --format webdataset", ("pack", "--format", "webdataset"), "frames", "tars"),
    Stage("a pipe", ("render-depth", "--size", "64"), "ids", "stdout", piped=True),
)


class Chain:
    """The unbroken run, a folder a stage, and how long each stage took."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.seconds: dict[str, float] = {}

    def make(self, *names: str) -> Chain:
        """Run the stages of these names, or all. Raises AssertionError if one fails."""
        for stage in STAGES:
            if not names or stage.name in names:
                ended = self.run(stage, self.folder)
                assert ended.code == 0, f"{stage.name}: {ended.stderr}"
                self.seconds[stage.name] = ended.seconds
        shutil.rmtree(self.folder / "tmp")
        return self

    def shards(self, output: str) -> list[Path]:
        """The shards of a stage, by what it writes."""
        place = self.folder / output
        return [place] if place.is_file() else sorted(place.glob("*.h5"))

    def start(self, stage: Stage, folder: Path) -> Command:
        """A stage on the unbroken run's output before it, writing into another folder."""
        inputs = self.shards(stage.reads) if stage.reads else []
        if stage.piped:
            return Command(list(stage.words), folder, inputs[0])
        return Command([*stage.words, *map(str, inputs), "-o", stage.writes], folder)

    def run(self, stage: Stage, folder: Path) -> Ended:
        return self.start(stage, folder).wait()


@dataclass(frozen=True)
class Trial:
    """What came of one stop; `fault` is empty if it survived."""

    stage: str
    signal: signal.Signals
    moment: str
    code: int  # of the stopped run
    fault: str


def trials(chain: Chain, stage: Stage, number: signal.Signals, count: int, folder: Path, seed: int) -> Iterator[Trial]:
    """Stop a stage `count` times: at a random second, or as soon as it begins to write a file, in turn."""
    generator = random.Random(f"{seed}/{stage.name}/{number}")
    for index in range(count):
        work = folder / f"{stage.name}-{number.name}-{index}".replace(" ", "")
        work.mkdir()
        command = chain.start(stage, work)
        if index % 2 and not stage.piped:
            moment = f"{1000 * (later := generator.uniform(0, 0.02)):.0f} ms after a file was begun"
            _await_part(command, work, stage)
            time.sleep(later)
        else:
            moment = f"after {(later := generator.uniform(0, chain.seconds[stage.name])):.2f} s"
            time.sleep(later)
        command.send(number)
        ended = command.wait()
        yield Trial(stage.name, number, moment, ended.code, _fault(chain, stage, number, ended, work))
        shutil.rmtree(work)


def _await_part(command: Command, work: Path, stage: Stage) -> None:
    target = work / stage.writes
    places = (work, target)
    while command.is_running and not any(
        part.name.startswith((".s5-", f".{stage.writes}.")) for place in places for part in place.glob(".*.part")
    ):
        time.sleep(0.0005)


def _fault(chain: Chain, stage: Stage, number: signal.Signals, ended: Ended, work: Path) -> str:
    """What is wrong with what a stopped run left, and with the run after it."""
    if ended.code not in (0, -number, 128 + number if number in CLEAN else -number):
        return f"exit code {ended.code}: {ended.stderr}"
    whole = contents(chain.folder / stage.writes)
    left = contents(work / stage.writes)
    # a pipe has no files; and what its reader got of a stopped run, it can tell by the exit code
    if not stage.piped and (torn := [path for path, data in left.items() if _shown(path) and whole.get(path) != data]):
        return f"left {torn[0]} that is not whole"
    if ended.code == 128 + number and (rest := _hidden(work)):
        return f"left {rest[0]}"
    again = chain.run(stage, work)
    if again.code:
        return f"the next run: exit code {again.code}: {again.stderr}"
    if contents(work / stage.writes) != whole:
        return "the next run's output is not that of an unbroken run"
    return f"the next run left {rest[0]}" if (rest := _hidden(work)) else ""


def contents(place: Path) -> dict[str, bytes]:
    """Every file in a folder, or the file, by its name from there."""
    if place.is_file():
        return {"": place.read_bytes()}
    return {str(path.relative_to(place)): path.read_bytes() for path in place.rglob("*") if path.is_file()}


def _shown(path: str) -> bool:
    return not path.startswith(".")


def _hidden(work: Path) -> list[Path]:
    """What is in the making, or was: hidden files and folders, and temporary ones."""
    return [path for path in work.rglob("*") if path.name.startswith(".") or path.parent.name == "tmp"]
