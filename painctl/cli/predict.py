"""painctl predict."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from painctl.cli import options, training
from painctl.cli.arithmetic import limit_threads
from painctl.cli.errors import with_stdin_named
from painctl.cli.output import Output
from painctl.cli.records import FORMATS, Csv, Json, Lines, Writer, open_format, require_pyarrow
from painctl.cli.shards import task_slice
from painctl.cli.sources import is_typed, only_one
from painctl.extras import require
from painctl.records import Reported, UsageError
from painctl.stages import THEME

_AUTO = "auto"  # of --neutral; a file of that name is ./auto


class Crop(str, Enum):
    """How pictures are cropped."""

    face = "face"
    none = "none"


def command(
    inputs: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="PICTURE|FOLDER|VIDEO|SHARD",
            help="Faces of one person: pictures, folders of pictures, videos; or a folder with a folder for each "
            "person, who is compared with the pictures neutral.* in it; or shards with frames of any people. "
            "Without any, or with -, reads stdin: one shard, or paths, one per line.",
            show_default=False,
        ),
    ] = None,
    neutral: Annotated[
        list[str] | None,
        typer.Option(
            "--neutral",
            "-n",
            metavar="FILE|auto",
            help="A picture of the same person's neutral face; repeat to average over several. Frames of a shard have "
            "their own. auto: the calmest clear faces of a video or of several pictures.",
            show_default=False,
        ),
    ] = None,
    pairs: Annotated[
        Path | None,
        typer.Option(
            "--pairs",
            metavar="FILE.csv",
            help="Instead of PICTURE and --neutral: a table with the columns image, neutral, person and face. Names "
            "are relative to its folder; several neutral pictures are joined by |; all columns but image are optional.",
            show_default=False,
        ),
    ] = None,
    task: Annotated[
        str | None,
        typer.Option(
            "--task",
            metavar="I/N",
            help="With --pairs, or a folder with a folder for each person: every N-th picture, starting with the "
            "I-th, counting from 0. Default for --pairs: the Slurm array task, if any.",
            show_default=False,
        ),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            "--model",
            "-m",
            metavar="DIR",
            help="A trained model; painctl is the one that comes with painctl.",
            show_default="the folder in PAINCTL_MODEL, otherwise painctl",
        ),
    ] = None,
    crop: Annotated[
        Crop,
        typer.Option(
            "--crop",
            help="face: detect the face and crop it like the training frames; frames of a shard are used unchanged. "
            "none: the pictures are cropped already.",
        ),
    ] = Crop.face,
    face: Annotated[
        str | None,
        typer.Option(
            "--face",
            metavar="largest|N",
            help="Which of several faces: the largest, or the N-th from the left; in a neutral picture, the largest. "
            "Without it, pictures with several faces are rejected.",
            show_default=False,
        ),
    ] = None,
    detector: Annotated[
        Path | None,
        typer.Option(
            "--detector",
            metavar="FILE.onnx",
            help="Detect faces with this YuNet or CenterFace network.",
            show_default="the CenterFace that comes with painctl",
        ),
    ] = None,
    strict: Annotated[
        bool,
        typer.Option(
            "--strict",
            help="Reject what otherwise gets a warning: faces that are small, blurred, turned, hidden or unclear, and "
            "neutral pictures that do not look neutral or are missing.",
        ),
    ] = False,
    every: Annotated[int, typer.Option("--every", min=1, metavar="N", help="Use every N-th frame of a video.")] = 1,
    as_json: options.Json = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV, one row per picture or frame.")] = False,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Write the records to FILE, readable by its owner alone, and print its name: .csv, .json, .jsonl (one "
            "JSON object per line) or .parquet. Rerun the same command to resume an interrupted run from FILE.partial. "
            "A finished file is kept.",
            show_default=False,
        ),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="With --output: replace the file of another command.")
    ] = False,
    picture: Annotated[
        Path | None,
        typer.Option(
            "--picture",
            metavar="FILE",
            help="Draw the first twelve faces (.png, .jpg or .svg), or 120 on the pages of a .pdf: each with its "
            "landmarks, its neutral face and bars, and for a DINOv3 backbone the attention of each action unit's "
            "query; for a video, PSPI over time. Readable by its owner alone.",
            show_default=False,
        ),
    ] = None,
    theme: options.Theme = THEME,
    summary: Annotated[
        Path | None,
        typer.Option(
            "--summary",
            metavar="FILE.json",
            help="Write the summary of each video that is printed on stderr as JSON too. Readable by its owner alone.",
            show_default=False,
        ),
    ] = None,
    device: training.DeviceOption = training.Device.auto,
    threads: Annotated[
        int | None,
        typer.Option(
            "--threads",
            min=1,
            max=1024,
            help="Threads on the CPU.",
            show_default="OMP_NUM_THREADS, otherwise all cores",
        ),
    ] = None,
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the JSON Schema of the records, and exit.", show_default=False)
    ] = False,
    null: options.Null = False,
) -> None:
    """Estimate PSPI, pain probability and action units.

    P(pain) is the probability of a PSPI of 1 or more; ± is the expected standard deviation of the error in PSPI. Each
    number is a separate output of the model, so the action units need not add up to the PSPI. A picture or frame
    without one unambiguous face gets an error instead of numbers. A video ends in a summary on stderr: mean and peak,
    the share of frames at PSPI 1 or more, and the longest bout of them; nothing is smoothed.

    Research software: not a medical device, not for the care of any person.

    Example: painctl predict pain.png --neutral ref.png --json
    """
    if schema:
        from painctl.stages.predict import record_schema

        with Output() as out:
            out.text(record_schema())
        return
    require("predict", "predict")
    choose = _AUTO in (neutral or ())
    if choose and len(neutral or ()) > 1:
        raise UsageError(f"--neutral {_AUTO} cannot be combined with a picture; leave one out")
    form = only_one(as_json=as_json, as_csv=as_csv)
    _check(crop, face, detector, picture)
    _check_output(output, overwrite, is_typed(form), picture)
    if pairs and (inputs or neutral):
        raise UsageError(f"--pairs and {'--neutral' if neutral else 'PICTURE'}: the table names them; leave one out")

    from painctl.stages.predict import PredictRequest, run
    from painctl.stages.step import LINE, NULL

    limit_threads(threads)
    part = task_slice(task) if pairs or task else (0, 1)
    request = PredictRequest(
        inputs=inputs,
        model=model,
        neutral=[] if choose else [Path(name) for name in neutral or ()],
        choose_neutral=choose,
        crop=crop is Crop.face,
        face=face or "",
        detector=detector,
        strict=strict,
        every=every,
        picture=picture,
        theme=theme,
        summary=summary,
        pairs=pairs,
        part=part,
        device=device.value,
        display_name=with_stdin_named,
        path_end=NULL if null else LINE,
        output=output,
        overwrite=overwrite,
    )
    with Output("picture") as out:
        if part[1] > 1 and task is None:
            out.say(
                f"task {part[0]} of the Slurm array's {part[1]}: its part of the rows; --task 0/1 takes all of them"
            )

        def open_writer(file: BinaryIO | None, columns: Sequence[str], single: bool) -> Writer:
            if file and output:
                return open_format(output.suffix, file, columns)
            if form == "as_json":
                return Json(out.stream, single)
            return Csv(out.stream, columns) if form == "as_csv" else Lines(out.stream)

        try:
            run(request, open_writer, out)
        except Reported:  # the file is complete, with an error in some rows
            if output:
                out.path(output)
            raise
        if output:
            out.path(output)


def _check_output(output: Path | None, overwrite: bool, has_format: bool, picture: Path | None) -> None:
    if output is None:
        if overwrite:
            raise UsageError("--overwrite replaces a file: add --output FILE")
        return
    if output.suffix not in FORMATS:
        raise UsageError(f"--output {output}: expected a name ending in {', '.join(FORMATS)}")
    if has_format:
        raise UsageError("--output: the name of the file says its format; leave out --json and --csv")
    if picture:
        raise UsageError(
            "--output and --picture cannot be combined, since a resumed run does not have all faces; run the command "
            "once with each"
        )
    if output.suffix == ".parquet":
        require_pyarrow()


def _check(crop: Crop, face: str | None, detector: Path | None, picture: Path | None) -> None:
    if picture:
        options.require_plot_suffix("--picture", picture)
    if face not in (None, "largest") and not (face.isdecimal() and int(face)):
        raise UsageError(f"--face {face}: expected largest, or a number counted from the left, starting at 1")
    if crop is Crop.none and (face or detector):
        raise UsageError("--crop none detects no face; leave out --face and --detector")
