"""predict: pain estimates for pictures, videos and shards by a trained model."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from painctl.files.publish import atomic_write
from painctl.files.targets import output_file, require_parent
from painctl.files.text import json_text
from painctl.pain.labels import PSPI
from painctl.plots.themes import THEMES
from painctl.prediction.cropping import LARGEST, NO_FACE, Cropper, FaceCrop, FaceError
from painctl.prediction.pairs_file import PairsFile
from painctl.prediction.picture_files import read_picture
from painctl.prediction.sources import open_sources
from painctl.records import Reporter, UsageError
from painctl.shard.pipe import LINE, NO_INPUT, input_shards
from painctl.vitpain.shipped import find_model

if TYPE_CHECKING:
    import numpy as np

    from painctl.prediction.quality import Quality
    from painctl.prediction.run import Predictor, RecordWriter
    from painctl.prediction.shots import Source
    from painctl.vitpain.checkpoints import Checkpoint

# begins the output, given the keys of all records, and whether there is only one record
OpenWriter = Callable[[Sequence[str], bool], "RecordWriter"]


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
    part: tuple[int, int] = (0, 1)  # of its rows: every N-th from the I-th
    display_name: Callable[[str], str] = str  # of the path of an input
    path_end: bytes = LINE  # follows each path on stdin


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
    sources, remarks = open_sources(inputs, request.every, request.display_name)
    pairs = PairsFile(request.pairs, crop_neutral, request.part) if request.pairs else None
    if pairs:
        sources = [pairs]
        _check_outputs(request, pairs.files)
    has_video = any(source.is_video for source in sources)
    for option, is_given in (("--every", request.every > 1), ("--summary", request.summary)):
        if is_given and not has_video:
            raise UsageError(f"{option}: there is no video among the inputs; leave it out")
    pictures = [read_picture(path) for path in request.neutral]
    for remark in remarks:
        reporter.say(remark)

    # torch is imported from here on, once the inputs have been checked
    from painctl.prediction.faces import face_for
    from painctl.prediction.record import columns
    from painctl.prediction.run import Predictor, check_neutrals, predict_sources
    from painctl.prediction.sheet import Sheet
    from painctl.runs.devices import choose_device
    from painctl.vitpain.checkpoints import load

    checkpoint = load(folder)
    if checkpoint.label != PSPI:
        reporter.say(f"{folder}: trained on {checkpoint.label} in place of PSPI, so its estimates of PSPI are of that")
    model = checkpoint.model.to(choose_device(request.device))
    faces = [
        face_for(model, _cropped_neutral(picture, path, crop_neutral) if crop_neutral else FaceCrop(picture))
        for picture, path in zip(pictures, request.neutral, strict=True)
    ]
    poor = [
        f"{path}: {doubt}" for path, face in zip(request.neutral, faces, strict=True) for doubt in _poor(face.quality)
    ]
    _report_doubts(poor, "estimates are less reliable", request, reporter)
    if pairs:
        _examine_neutrals(pairs, checkpoint, request, reporter)
    references = [face.reference for face in faces]
    predictor = Predictor(checkpoint, crop, references, strict=request.strict, every=request.every)
    if request.choose_neutral:
        predictor = _with_calmest(predictor, sources, reporter)
    predictor = _with_rest(predictor, request, reporter)
    check_neutrals(predictor, sources, reporter)
    single = len(inputs) == len(sources) == sources[0].count == 1 and not (inputs[0].is_dir() or has_video)
    has_rest = predictor.rest is not None
    sheet = Sheet(model, request.picture, THEMES[request.theme]) if request.picture else None
    writer = open_writer(
        columns(model, has_video, request.choose_neutral, has_rest, bool(pairs and pairs.has_people)), single
    )
    tally = predict_sources(predictor, sources, writer, reporter, sheet)
    if sheet and (left_out := sheet.write()):
        reporter.say(left_out)
    if request.summary:
        records = [video.as_record() for video in tally.videos]
        atomic_write(request.summary, (json_text({"videos": records}, indent=1) + "\n").encode(), private=True)
    tally.finish()


def _check_paths(request: PredictRequest, folder: Path, inputs: Sequence[Path]) -> None:
    for option, output in _outputs(request):
        if output.is_dir():
            raise UsageError(f"{option} {output}: a folder; name a file")
        require_parent(output, option)
    _check_outputs(request, (*inputs, *request.neutral))
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
    outputs = {"--picture": request.picture, "--summary": request.summary}
    return [(option, path) for option, path in outputs.items() if path]


def _check_outputs(request: PredictRequest, inputs: Iterable[Path]) -> None:
    """Raise UsageError if a file to write is one of these."""
    inputs = [path for path in inputs if path.exists()]
    for option, output in _outputs(request):
        if output_file(output).exists() and any(path.samefile(output) for path in inputs):
            raise UsageError(f"{option} {output}: is an input too; choose another name")


def _examine_neutrals(pairs: PairsFile, checkpoint: Checkpoint, request: PredictRequest, reporter: Reporter) -> None:
    """Have each neutral picture of a table examined once: doubts are reported, or errors of its rows if strict."""
    from painctl.prediction.faces import face_for
    from painctl.prediction.rest import rest_scores

    def examine(path: Path, crop: FaceCrop) -> None:
        face = face_for(checkpoint.model, crop)
        scores = rest_scores(checkpoint, [face.reference])
        not_neutral = [] if scores is None else _not_neutral(float(scores[0]))
        for doubt in [*_poor(face.quality), *not_neutral]:
            if request.strict:
                raise FaceError(str(path), doubt, "which --strict rejects")
            reporter.say(f"{path}: {doubt}; estimates that are compared with it are less reliable")

    if not checkpoint.model.uses_reference:
        return
    pairs.examine = examine
    pairs.requires_neutral = request.strict or checkpoint.needs_reference
    if pairs.alone and not pairs.requires_neutral:
        reporter.say(
            f"{pairs.name}: {pairs.alone} of {pairs.count} rows have no neutral picture, which weakens their "
            "estimates; name one in the column neutral"
        )


def _with_calmest(predictor: Predictor, sources: Sequence[Source], reporter: Reporter) -> Predictor:
    """The predictor with the calmest faces of the sources as neutral ones.

    Raises as `choose_calmest`, and UsageError if they cannot be chosen there or by this model.
    """
    from painctl.prediction.calmest import choose_calmest

    _require_choice(predictor.checkpoint, sources)
    calmest = choose_calmest(predictor.checkpoint.model, sources, predictor.crop, reporter)
    reporter.say(f"compared with the calmest clear faces: {calmest.listed}")
    return replace(predictor, neutrals=calmest.faces, chosen=calmest.shots)


def _with_rest(predictor: Predictor, request: PredictRequest, reporter: Reporter) -> Predictor:
    """The predictor with the PSPI of its neutral faces; warns of given ones that do not look neutral.

    Raises ValueError for the first of them if the request is strict.
    """
    from painctl.prediction.rest import rest_scores

    scores = rest_scores(predictor.checkpoint, predictor.neutrals)
    if scores is None:
        return predictor
    doubts = [
        f"{path}: {doubt}"
        for path, score in zip(request.neutral, scores, strict=False)  # none are given if they were chosen
        for doubt in _not_neutral(score)
    ]
    _report_doubts(doubts, "if the person is in pain in it, estimates are too low", request, reporter)
    return replace(predictor, rest=float(scores.mean()))


def _require_choice(checkpoint: Checkpoint, sources: Sequence[Source]) -> None:
    """Raise UsageError if neutral faces cannot be chosen among those of the sources."""
    if checkpoint.needs_reference:
        raise UsageError(
            "--neutral auto: this model cannot estimate a face alone; name a neutral PICTURE, or train with "
            "--reference-dropout"
        )
    if not checkpoint.model.uses_reference:
        raise UsageError("--neutral auto: this model does not compare faces; leave it out")
    if framed := next((source.name for source in sources if source.has_references), None):
        raise UsageError(f"--neutral auto: {framed} has neutral frames of its own; leave it out")
    if sum(source.count for source in sources) == 1:
        raise UsageError("--neutral auto: chooses among several pictures of a person; name a neutral PICTURE")


def _poor(quality: Quality) -> list[str]:
    """What makes a neutral face a poor reference."""
    return [f"{kind}, {figures}" for kind, figures in quality.warnings.items()]


def _not_neutral(score: float) -> list[str]:
    """That a face does not look neutral, if its own PSPI says so."""
    from painctl.prediction.rest import LIMIT

    return [f"does not look neutral, PSPI {score:.1f} by itself"] if score >= LIMIT else []


def _cropped_neutral(picture: np.ndarray, path: Path, crop: Cropper) -> FaceCrop:
    """The face in a neutral picture. Raises as the cropper does, with advice that holds for a neutral picture."""
    try:
        return crop(picture, str(path))
    except FaceError as error:
        if error.reason == NO_FACE:
            raise
        raise FaceError(str(path), error.reason, "crop it to the person, or add --face largest") from None


def _report_doubts(doubts: Sequence[str], consequence: str, request: PredictRequest, reporter: Reporter) -> None:
    """Report doubts about neutral pictures and what follows from them.

    Raises ValueError for the first if the request is strict.
    """
    if doubts and request.strict:
        raise ValueError(f"{doubts[0]}; use another neutral picture, or leave --strict out")
    for doubt in doubts:
        reporter.say(f"{doubt}; {consequence}")


def _cropper(request: PredictRequest) -> Cropper | None:
    if not request.crop:
        return None
    if request.detector is None:
        return Cropper(face=request.face)
    from painctl.detect.detection import load_detector

    return Cropper(load_detector(request.detector), request.face)
