"""predict: pain estimates for pictures, videos and shards by a trained model."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from painctl.files.publish import atomic_write
from painctl.files.targets import output_file, require_parent, require_writable
from painctl.files.text import json_text
from painctl.pain.labels import PSPI
from painctl.plots.themes import THEMES
from painctl.prediction.cropping import LARGEST, Cropper
from painctl.prediction.pairs_file import PairsFile, PersonPictures
from painctl.prediction.people_folder import PeopleFolders, holds_people
from painctl.prediction.picture_files import read_picture
from painctl.prediction.sources import open_sources, pictures_in
from painctl.records import Reported, Reporter, UsageError
from painctl.shard.pipe import LINE, NO_INPUT, input_shards
from painctl.vitpain.model_folder import checked_config
from painctl.vitpain.shipped import find_model

if TYPE_CHECKING:
    from painctl.prediction.output_file import PredictionsFile
    from painctl.prediction.run import RecordWriter
    from painctl.prediction.shots import Source

# begins the output, given a file or None for stdout, the keys of all records, and whether there is only one record
OpenWriter = Callable[["BinaryIO | None", Sequence[str], bool], "RecordWriter"]


@dataclass(frozen=True)
class PredictRequest:
    """What to predict, and how."""

    inputs: Sequence[Path] | None  # pictures, folders of pictures, videos, shards; None for stdin
    model: str | None  # a folder, or a name of `vitpain.shipped`; None for the default
    neutral: Sequence[Path]  # pictures of the person's neutral face
    choose_neutral: bool  # compare with the calmest faces of the inputs
    crop: bool  # detect and crop faces; else pictures are cropped already
    face: str  # of several faces: "largest", or a number counted from the left, from 1
    detector: Path | None  # a network's file; None for the bundled detector
    strict: bool  # whether what would be a warning is an error
    every: int  # use every N-th frame of a video
    picture: Path | None  # file to draw the answers into
    theme: str  # of that picture, a name of `plots.themes`
    device: str
    summary: Path | None = None  # JSON file for the summaries of videos
    pairs: Path | None = None  # a CSV file of pictures, instead of inputs and neutral pictures
    part: tuple[int, int] = (0, 1)  # of its rows, or of the people in folders: every N-th from the I-th
    display_name: Callable[[str], str] = str  # of the path of an input
    path_end: bytes = LINE  # follows each path on stdin
    output: Path | None = None  # a file for the records; None for stdout
    overwrite: bool = False  # whether an `output` of another run is replaced


def record_schema() -> str:
    """The JSON Schema of the records, as the text of a file."""
    from painctl.prediction.record_fields import schema_text

    return schema_text()


def with_record_tables(page: str) -> str:
    """A page of the docs with its tables of the records' fields made again."""
    from painctl.prediction.record_fields import with_tables

    return with_tables(page)


def field_kind(name: str) -> str:
    """The JSON type of a field of the records."""
    from painctl.prediction.record_fields import kind_of

    return kind_of(name)


def run(request: PredictRequest, open_writer: OpenWriter, reporter: Reporter) -> None:
    """Predict the inputs given as arguments or on stdin. Raises as `predict`, `find_model` and `input_shards`."""
    folder = find_model(request.model)
    if request.pairs:
        predict(request, folder, [], open_writer, reporter)
        return
    with input_shards(request.inputs, request.path_end) as inputs:
        if not inputs:
            raise ValueError(NO_INPUT)
        predict(request, folder, list(inputs), open_writer, reporter)


def predict(
    request: PredictRequest, folder: Path, inputs: Sequence[Path], open_writer: OpenWriter, reporter: Reporter
) -> None:
    """Write a record for each picture and frame, in order, and the picture if one is requested; `folder` is the model.

    Raises UsageError, ValueError or OSError for a request that cannot be met, and Reported after everything is done if
    there were inputs without an answer.
    """
    _check_paths(request, folder, inputs)
    crop = _cropper(request)
    crop_neutral = replace(crop, face=LARGEST) if crop and request.face else crop
    sources: Sequence[Source]
    pairs = _open_people(request, inputs, crop_neutral, crop)
    remarks: list[str] = []
    if pairs:
        sources = [pairs]
        _check_outputs(request, pairs.files)
    else:
        sources, remarks = open_sources(inputs, request.every, request.display_name)
    has_video = any(source.is_video for source in sources)
    for option, is_given in (("--every", request.every > 1), ("--summary", request.summary)):
        if is_given and not has_video:
            raise UsageError(f"{option}: there is no video among the inputs; leave it out")
    pictures = [read_picture(path) for path in request.neutral]
    config = checked_config(folder)
    for remark in remarks:
        reporter.say(remark)

    # torch is imported from here on, once the inputs have been checked
    from painctl.prediction.neutral_faces import (
        examine_neutrals,
        given_neutrals,
        with_calmest,
        with_calmest_of_each,
        with_rest,
    )
    from painctl.prediction.record import columns
    from painctl.prediction.rest import estimates_rest
    from painctl.prediction.run import Predictor, check_neutrals, predict_sources
    from painctl.prediction.sheet import Sheet
    from painctl.runs.devices import choose_device
    from painctl.vitpain.checkpoints import load

    checkpoint = load(folder, config)
    if checkpoint.label != PSPI:
        reporter.say(f"{folder}: trained on {checkpoint.label} in place of PSPI, so its estimates of PSPI are of that")
    if checkpoint.beats_median is False:
        reporter.say(
            f"{checkpoint.identity.name}: on its own validation people no better than always answering the median, "
            "so its estimates say little; `painctl inspect` has its scores"
        )
    output = _open_output(request, checkpoint.identity.digest, inputs, pairs)
    if output and (code := output.finished()) is not None:
        faults = "; what failed then is in its column error, and --overwrite tries it again" if code else ""
        reporter.say(f"{output.path}: already made, nothing to do{faults}")
        if request.summary and not request.summary.exists():
            raise UsageError(f"{output.path}: was made without --summary; --overwrite makes it again with its summary")
        if code:
            raise Reported(code)
        return
    model = checkpoint.model.to(choose_device(request.device))
    given = dict(zip(request.neutral, pictures, strict=True))
    references = given_neutrals(model, given, crop_neutral, request.strict, reporter)
    predictor = Predictor(checkpoint, crop, references, strict=request.strict, every=request.every)
    if request.choose_neutral and pairs:
        predictor = with_calmest_of_each(predictor, pairs, reporter)
    elif request.choose_neutral:
        predictor = with_calmest(predictor, sources, reporter)
    if pairs:
        examine_neutrals(pairs, predictor, reporter)
    predictor = with_rest(predictor, list(given), reporter)
    check_neutrals(predictor, sources, reporter)
    single = len(inputs) == len(sources) == sources[0].count == 1 and not (inputs[0].is_dir() or has_video)
    has_rest = predictor.rest is not None or bool(pairs and estimates_rest(checkpoint))
    sheet = Sheet(model, request.picture, THEMES[request.theme]) if request.picture else None
    names = columns(model, has_video, request.choose_neutral, has_rest, bool(pairs and pairs.has_people))
    if output:
        with output.journal() as journal:
            if journal.resumed:
                reporter.say(f"{output.path}: resumed after {journal.resumed} records")
            tally = predict_sources(predictor, sources, journal, reporter, sheet, journal)
            output.finish(journal, lambda file: open_writer(file, names, False), tally.exit_code)
    else:
        tally = predict_sources(predictor, sources, open_writer(None, names, single), reporter, sheet)
    if sheet and (left_out := sheet.write()):
        reporter.say(left_out)
    if request.summary:
        records = [video.as_record() for video in tally.videos]
        atomic_write(request.summary, (json_text({"videos": records}, indent=1) + "\n").encode(), private=True)
    tally.finish()


def _open_output(
    request: PredictRequest, model: str, inputs: Sequence[Path], people: PersonPictures | None
) -> PredictionsFile | None:
    """The file of the records, with what identifies this run: model, inputs and options; None for stdout."""
    if request.output is None:
        return None
    from painctl import __version__
    from painctl.prediction.journal import identify_run
    from painctl.prediction.output_file import PredictionsFile, file_facts

    files = [file for path in inputs for file in (pictures_in(path)[0] if path.is_dir() else [path])]
    named = [*(people.files if people else files), *request.neutral]
    named += [path for path in (request.detector, request.pairs) if path]
    options = [request.choose_neutral, request.crop, request.face, request.strict, request.every, list(request.part)]
    run = identify_run([__version__, model, options, file_facts(named)])
    return PredictionsFile(request.output, run, request.overwrite)


def _check_paths(request: PredictRequest, folder: Path, inputs: Sequence[Path]) -> None:
    outputs = _outputs(request)
    for number, (option, output) in enumerate(outputs):
        if output.is_dir():
            raise UsageError(f"{option} {output}: a folder; name a file")
        require_parent(output, option)
        if not output.exists():
            require_writable(output)
        if other := next((other for other, path in outputs[:number] if path.absolute() == output.absolute()), None):
            raise UsageError(f"{option} {output}: {other} writes that file too; choose another name")
    tables = [request.pairs] if request.pairs else []
    _check_outputs(request, (*inputs, *request.neutral, *tables))
    for path in inputs:
        if not path.exists():
            raise FileNotFoundError(f"{path}: no such file or folder")
    if not folder.exists():
        raise FileNotFoundError(f"{folder}: no such model; --model names the folder of one")
    for path in request.neutral:
        if not path.exists():
            raise FileNotFoundError(f"--neutral {path}: no such file")
        if path.is_dir():
            raise UsageError(f"--neutral {path}: a folder; name the pictures in it")


def _outputs(request: PredictRequest) -> list[tuple[str, Path]]:
    """The files to write, by their options."""
    outputs = {"--output": request.output, "--picture": request.picture, "--summary": request.summary}
    return [(option, path) for option, path in outputs.items() if path]


def _check_outputs(request: PredictRequest, inputs: Iterable[Path]) -> None:
    """Raise UsageError if a file to write is one of these."""
    inputs = [path for path in inputs if path.exists()]
    for option, output in _outputs(request):
        if output_file(output).exists() and any(path.samefile(output) for path in inputs):
            raise UsageError(f"{option} {output}: is an input too; choose another name")


def _open_people(
    request: PredictRequest, inputs: Sequence[Path], crop: Cropper | None, cropper: Cropper | None
) -> PersonPictures | None:
    """The pictures of the people of a table, or in folders of a folder for each person; None for other inputs.

    `crop` is for neutral pictures, `cropper` for the others.
    Raises UsageError for such folders beside others, and for what they exclude.
    """
    if request.pairs:
        return PairsFile(request.pairs, crop, request.part, cropper)
    folders = [path for path in inputs if holds_people(path)]
    if not folders:
        if request.part != (0, 1):
            raise UsageError(
                "--task: takes a part of --pairs, or of a folder with a folder for each person; leave it out"
            )
        return None
    if other := next((path for path in inputs if path not in folders), None):
        raise UsageError(f"{folders[0]} has a folder for each person, and {other} has not; predict them one by one")
    if request.neutral:
        raise UsageError(
            f"--neutral: {folders[0]} has a folder for each person, with pictures neutral.* of their own; leave it out"
        )
    return PeopleFolders(folders, crop, request.part, by_name=not request.choose_neutral)


def _cropper(request: PredictRequest) -> Cropper | None:
    if not request.crop:
        return None
    if request.detector is None:
        return Cropper(face=request.face)
    from painctl.detect.detection import load_detector

    return Cropper(load_detector(request.detector), request.face)
