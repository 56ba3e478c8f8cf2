"""painctl predict."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from painctl.cli import options, training
from painctl.cli.errors import plain, tell, tell_error
from painctl.cli.inout import all_shards, data_stdout
from painctl.cli.progress import Progress
from painctl.cli.records import Csv, Json, Lines, Record, Writer
from painctl.records import FAILED, SOME_FAILED, Reported, UsageError

if TYPE_CHECKING:
    from painctl.prediction.answers import Answer
    from painctl.prediction.cropping import Cropper
    from painctl.prediction.sheet import Sheet
    from painctl.prediction.shots import Source
    from painctl.vitpain.interface import PainModel

_NOTICE = "research software, not a medical device: do not base anyone's care on these numbers"


class Crop(str, Enum):
    """What is cut out of a picture."""

    face = "face"
    none = "none"


def command(
    inputs: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="PICTURE|FOLDER|VIDEO|SHARD",
            help="Faces of one person: pictures, folders of pictures, videos; or shards with frames of any people. "
            "Without any, or with -, stdin: one shard, or paths, one a line.",
            show_default=False,
        ),
    ] = None,
    neutral: Annotated[
        list[Path] | None,
        typer.Option(
            "--neutral",
            "-n",
            metavar="PICTURE",
            help="The person's neutral face; repeat to average. Frames of a shard bring their own.",
            show_default=False,
        ),
    ] = None,
    model: Annotated[
        Path | None,
        typer.Option(
            "--model", "-m", metavar="DIR", help="A trained model.", show_default="the folder that PAINCTL_MODEL names"
        ),
    ] = None,
    crop: Annotated[
        Crop,
        typer.Option(
            "--crop",
            help="face: find the face and frame it as the frames of a shard are, which are taken as they are. none: "
            "the pictures are framed so already.",
        ),
    ] = Crop.face,
    face: Annotated[
        str | None,
        typer.Option(
            "--face",
            metavar="largest|N",
            help="Which of several faces: the largest, or the N-th from the left; of a neutral picture the largest. "
            "Without it they are refused.",
            show_default=False,
        ),
    ] = None,
    detector: Annotated[
        Path | None,
        typer.Option(
            "--detector",
            metavar="FILE.onnx",
            help="Find faces with this YuNet network, profiles too.",
            show_default="dlib's frontal detector",
        ),
    ] = None,
    every: Annotated[int, typer.Option("--every", min=1, metavar="N", help="Take each N-th frame of a video.")] = 1,
    as_json: options.Json = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV, a row a picture or frame.")] = False,
    picture: Annotated[
        Path | None,
        typer.Option(
            "--picture",
            metavar="FILE.png",
            help="Draw the first twelve faces, each with its neutral, where the action units' queries look, and bars; "
            "of a video, PSPI over time.",
            show_default=False,
        ),
    ] = None,
    device: training.DeviceOption = training.Device.auto,
    debug: options.Debug = False,
) -> None:
    """Tell PSPI, the probability of pain and six action units of faces.

    The probability is that of a PSPI of 1 or more. Each number comes from a head of its own, so the action units need
    not add up to the PSPI. A picture or frame without one clear face has an error in the place of numbers.

    Research software: not a medical device, not for the care of any person.

    Example: painctl predict pain.png --neutral ref.png --model model --json
    """
    named = os.environ.get("PAINCTL_MODEL")
    if model is None and not named:
        raise UsageError(
            "no model: add --model DIR or set PAINCTL_MODEL; `painctl pretrain` and `painctl demo` make one"
        )
    _check(crop, face, detector, as_json and as_csv, picture)
    folder, references = model or Path(str(named)), neutral or []
    with data_stdout() as out, all_shards(inputs) as known:
        paths = list(known)
        if not paths:
            raise ValueError("nothing came in on stdin; did the command before this one fail?")
        for path in (*paths, *references, folder):
            if not path.exists():
                raise FileNotFoundError(f"{path}: no such file or folder")
        for path in references:
            if path.is_dir():
                raise UsageError(f"--neutral {path}: a folder; name the pictures in it")

        from painctl.prediction.cropping import read_face
        from painctl.prediction.sources import open_sources

        sources, remarks = open_sources(paths, every)
        if every > 1 and not any(source.is_video for source in sources):
            raise UsageError("--every: there is no video among the inputs")
        for source in sources:
            source.name = plain(source.name)
        cropper = _cropper(crop, face, detector)
        of_neutral = replace(cropper, which="largest") if cropper and face else cropper
        neutrals = [read_face(path, of_neutral) for path in references]
        for remark in remarks:
            tell(remark)

        from painctl.prediction.answers import answers, as_record, columns
        from painctl.prediction.sheet import Sheet
        from painctl.runs.devices import choose_device
        from painctl.vitpain.checkpoints import load

        network = load(folder).model.to(choose_device(device.value))
        if network.aligned:
            raise UsageError(
                f"{folder}: sees faces aligned by their landmarks, which predict does not find; test it with painctl cv"
            )
        _say_of_neutrals(network, sources, bool(references))
        alone = len(paths) == len(sources) == sources[0].count == 1 and not paths[0].is_dir()
        timed = any(source.is_video for source in sources)
        writer: Writer = Json(out, alone) if as_json else Csv(out, columns(network, timed)) if as_csv else Lines(out)
        sheet = Sheet(network) if picture else None
        with Progress("picture", sum(source.count for source in sources)) as progress:
            account = _Account(writer, as_record, sheet, progress)
            for source in sources:
                account.of(source, answers(network, source, neutrals, cropper))
        writer.close()
        if picture and sheet:
            sheet.write(picture)
        account.settle()


def _check(crop: Crop, face: str | None, detector: Path | None, both: bool, picture: Path | None) -> None:
    if both:
        raise UsageError("--json and --csv are two ways to print; leave one out")
    if picture and picture.suffix != ".png":
        raise UsageError(f"--picture {picture}: expected a name ending in .png")
    if picture and picture.is_dir():
        raise UsageError(f"--picture {picture}: a folder; name a file")
    if picture and not picture.parent.is_dir():
        raise UsageError(f"--picture {picture}: no such folder")
    if face not in (None, "largest") and not (face.isdecimal() and int(face)):
        raise UsageError(f"--face {face}: expected largest, or a number from 1, counted from the left")
    if crop is Crop.none and (face or detector):
        raise UsageError("--crop none looks for no face; leave out --face and --detector")


def _cropper(crop: Crop, face: str | None, detector: Path | None) -> Cropper | None:
    if crop is Crop.none:
        return None
    from painctl.prediction.cropping import Cropper

    if detector is None:
        return Cropper(which=face or "")
    from painctl.detect.yunet import YuNet

    return Cropper(YuNet(detector), face or "")


def _say_of_neutrals(model: PainModel, sources: list[Source], given: bool) -> None:
    """Refuse a model that compares where there is nothing to compare with; tell of one that does not."""
    if not model.compares:
        tell(
            "this model sees a face alone, and --neutral is not looked at"
            if given
            else "this model sees a face alone: its estimates are weaker than beside the person's neutral face"
        )
        return
    bare = next((source.name for source in sources if not source.has_references), None)
    if bare and not given:
        raise UsageError(f"{bare}: nothing to compare it with, as this model does; add --neutral PICTURE of the person")


class _Account:
    """Writes answers and counts what failed: done + failed = asked. A video is one thing that was asked for."""

    def __init__(
        self, writer: Writer, record: Callable[[Answer], Record], sheet: Sheet | None, progress: Progress
    ) -> None:
        self._writer, self._record, self._sheet, self._progress = writer, record, sheet, progress
        self._asked = self._failed = 0
        self._noticed = False

    def of(self, source: Source, answers: Iterable[Answer]) -> None:
        frames, lost = 0, Counter[str]()
        for answer in answers:
            frames += 1
            if answer.error:
                lost[answer.reason] += 1
                if not source.is_video:
                    tell_error(answer.error)
            elif not self._noticed:
                tell(_NOTICE)
                self._noticed = True
            self._writer.write(self._record(answer))
            if self._sheet:
                self._sheet.add(answer)
            self._progress.tick()
        if source.is_video:
            self._end_video(source.name, frames, lost)
            frames, lost = 1, Counter(all=frames == lost.total())
        if remark := source.remark():
            tell(remark)
        self._asked += frames
        self._failed += lost.total()

    def _end_video(self, name: str, frames: int, lost: Counter[str]) -> None:
        if lost:
            reasons = ", ".join(f"{reason} in {count}" for reason, count in lost.most_common())
            tell(f"{name}: {frames} frames, {reasons}; these have no numbers")
        if self._sheet:
            self._sheet.end_video()

    def settle(self) -> None:
        """Raises Reported if anything failed."""
        if self._asked > 1 and self._failed:
            tell(f"{self._asked - self._failed} done, {self._failed} failed of {self._asked}")
        if self._failed:
            raise Reported(SOME_FAILED if self._failed < self._asked else FAILED)
