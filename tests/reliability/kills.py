"""Runs that are stopped at random moments and started again, compared with an uninterrupted run.

A trial survives if there were only complete files after the stop, if the same command then exits with 0, and if its
output is that of the uninterrupted run, byte for byte, with no other files in the folder and the temporary directory.
"""

from __future__ import annotations

import random
import shutil
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from commands import Command, Interpreter, Result

CLEAN = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1)
STDOUT = "stdout"
IMPORTS = 2.0  # seconds that the slowest imports take


@dataclass(frozen=True)
class Stage:
    """A command line, the output of an earlier one that it reads, and its own output."""

    name: str
    words: tuple[str, ...]
    reads: str
    writes: str
    piped: bool = False  # one shard through stdin and stdout
    option: str = "-o"  # that names the output; empty if there is only stdout


PEOPLE = 3
SHARDS = 2  # that hold them
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
    Stage("a pipe", ("render-depth", "--size", "64"), "ids", STDOUT, piped=True),
)

OTHERS = (
    Stage("pack --format parquet", ("pack", "--format", "parquet"), "frames", "tables"),
    Stage("pretrain", ("pretrain", "--epochs", "3"), "dataset.h5", "model"),
    Stage("cv", ("cv", "-k", "2", "--epochs", "1"), "dataset.h5", "run"),
    Stage("predict", ("predict", "-m", "model", "--json"), "dataset.h5", "faces.png", option="--picture"),
    Stage("inspect", ("inspect",), "dataset.h5", "sheet.png", option="--sheet"),
    Stage("rig-train", ("rig-train", "--device", "cpu", "--people", "1", "--steps", "2"), "", "weights.safetensors"),
    Stage("align-train", ("align-train", "--epochs", "3"), "dataset.h5", "aligner.safetensors"),
    Stage("likeness-train", ("likeness-train", "--epochs", "3"), "dataset.h5", "encoder.safetensors"),
    Stage("engines", ("engines",), "", STDOUT, option=""),
    Stage("--help", ("--help",), "", STDOUT, option=""),
)  # slower, or with little to lose: stopped in interpreters of their own; demo runs the same stages, for minutes


class Chain:
    """The uninterrupted run, one output folder per stage, and the time that each stage took.

    With `fresh`, each command runs in an interpreter of its own.
    """

    def __init__(self, folder: Path, fresh: bool = False) -> None:
        self.folder = folder
        self.fresh = fresh
        self.seconds: dict[str, float] = {}

    def make(self, *names: str) -> Chain:
        """Run the stages of these names, or all. Raises AssertionError if one fails."""
        for stage in (*STAGES, *OTHERS) if self.fresh else STAGES:
            if not names or stage.name in names:
                ended = self.run(stage, self.folder)
                assert ended.code == 0, f"{stage.name}: {ended.stderr}"
                self.seconds[stage.name] = ended.seconds
                if stage.writes == STDOUT:
                    (self.folder / STDOUT).rename(self.output(stage))
        shutil.rmtree(self.folder / "tmp")
        return self

    def output(self, stage: Stage) -> Path:
        """What a stage wrote in the uninterrupted run: a file or a folder."""
        return self.folder / (f"{stage.name}.{STDOUT}" if stage.writes == STDOUT else stage.writes)

    def shards(self, output: str) -> list[Path]:
        """The shards of a stage, by what it writes."""
        place = self.folder / output
        return [place] if place.is_file() else sorted(place.glob("*.h5"))

    def start(self, stage: Stage, folder: Path, to_reader: bool = False) -> Command | Interpreter:
        """Start a stage on the inputs from the uninterrupted run, writing into another folder."""
        start = partial(Interpreter, to_reader=to_reader) if self.fresh else Command
        inputs = self.shards(stage.reads) if stage.reads else []
        if stage.piped:
            return start(list(stage.words), folder, inputs[0])
        words = [str(self.folder / word) if word == "model" else word for word in stage.words]
        return start([*words, *map(str, inputs), *([stage.option, stage.writes] if stage.option else [])], folder)

    def run(self, stage: Stage, folder: Path) -> Result:
        """Run a stage like `start`, to its end."""
        return self.start(stage, folder).wait()


@dataclass(frozen=True)
class Trial:
    """The outcome of one stop; `fault` is empty if the run survived it."""

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
        command = chain.start(stage, work, to_reader=number == signal.SIGPIPE)
        if index % 2 and chain.fresh:
            moment = f"after {(later := generator.uniform(0, min(IMPORTS, chain.seconds[stage.name]))):.2f} s"
            time.sleep(later)
        elif index % 2 and not stage.piped:
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


def _await_part(command: Command | Interpreter, work: Path, stage: Stage) -> None:
    target = work / stage.writes
    places = (work, target)
    while command.is_running and not any(
        part.name.startswith((".s5-", f".{stage.writes}.")) for place in places for part in place.glob(".*.part")
    ):
        time.sleep(0.0005)


def _fault(chain: Chain, stage: Stage, number: signal.Signals, ended: Result, work: Path) -> str:
    """What is wrong with the files of a stopped run, or with the run after it; empty if nothing is."""
    if ended.code not in (0, -number, 128 + number if number in (*CLEAN, signal.SIGPIPE) else -number):
        return f"exit code {ended.code}: {ended.stderr}"
    if "Traceback" in ended.stderr or "Exception ignored" in ended.stderr:
        return ended.stderr
    expected = contents(chain.output(stage))
    left = contents(work / stage.writes)
    # a pipe has no files, and its reader learns from the exit code that the run was stopped
    torn = [path for path, data in left.items() if _is_visible(path) and expected.get(path) != data]
    if torn and stage.writes != STDOUT:
        return f"left {torn[0]} that is not complete"
    if ended.code and number in CLEAN and (rest := _hidden(work)):
        return f"left {rest[0]}"
    rerun = chain.run(stage, work)
    if rerun.code or "Traceback" in rerun.stderr or "Exception ignored" in rerun.stderr:
        return f"the next run: exit code {rerun.code}: {rerun.stderr}"
    if contents(work / stage.writes) != expected:
        return "the next run's output is not that of an uninterrupted run"
    return f"the next run left {rest[0]}" if (rest := _hidden(work)) else ""


def contents(place: Path) -> dict[str, bytes]:
    """Every file in a folder, or the file, by its name from there; logs, which have times, are left out."""
    if place.is_file():
        return {"": place.read_bytes()}
    files = (path for path in place.rglob("*") if path.is_file() and path.suffix != ".log")
    return {str(path.relative_to(place)): path.read_bytes() for path in files}


def _is_visible(path: str) -> bool:
    return not path.startswith(".") and ".partial" not in path  # the state of a training is to be resumed


def _hidden(work: Path) -> list[Path]:
    """Unfinished files: hidden files and folders, and temporary ones."""
    return [path for path in work.rglob("*") if path.name.startswith(".") or path.parent.name == "tmp"]
