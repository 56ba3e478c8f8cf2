"""The neutral faces of a run: those given, those of people, or the calmest; and doubts about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from painctl.files.names import printable
from painctl.prediction.calmest import choose_calmest
from painctl.prediction.cropping import NO_FACE, Cropper, FaceCrop, FaceError
from painctl.prediction.faces import Reference, face_for
from painctl.prediction.pairs_file import PersonPictures
from painctl.prediction.picture_files import Picture
from painctl.prediction.quality import Quality
from painctl.prediction.rest import LIMIT, rest_scores
from painctl.prediction.run import Predictor
from painctl.prediction.shots import Source
from painctl.records import Reporter, UsageError
from painctl.vitpain.checkpoints import Checkpoint
from painctl.vitpain.interface import PainModel


def given_neutrals(
    model: PainModel,
    pictures: Mapping[Path, np.ndarray],
    crop: Cropper | None,
    strict: bool,
    reporter: Reporter,
) -> list[Reference]:
    """The faces in neutral pictures uint8 [H, W, 3], by path; what makes one a poor reference is reported.

    Without `crop`, they are cropped already. Raises ValueError for a picture without an unambiguous face and, if
    `strict`, for a poor one.
    """
    faces = {
        path: face_for(model, _cropped(picture, path, crop) if crop else FaceCrop(picture))
        for path, picture in pictures.items()
    }
    poor = [f"{path}: {doubt}" for path, face in faces.items() for doubt in _poor(face.quality)]
    _report_doubts(poor, "estimates are less reliable", strict, reporter)
    return [face.as_reference(printable(path)) for path, face in faces.items()]


def examine_neutrals(pairs: PersonPictures, predictor: Predictor, reporter: Reporter) -> None:
    """Have each neutral picture of people examined once: doubts are reported, or errors of its rows if strict."""
    checkpoint = predictor.checkpoint

    def examine(path: Path, crop: FaceCrop) -> float | None:
        face = face_for(checkpoint.model, crop)
        scores = rest_scores(checkpoint, [face.as_reference()])
        score = None if scores is None else float(scores[0])
        not_neutral = [] if score is None else _not_neutral(score)
        for doubt in [*_poor(face.quality), *not_neutral]:
            if predictor.strict:
                raise FaceError(str(path), doubt, "which --strict rejects")
            reporter.say(f"{path}: {doubt}; estimates that are compared with it are less reliable")
        return score

    if not checkpoint.model.uses_reference:
        return
    pairs.examine = examine
    pairs.requires_neutral = predictor.strict or checkpoint.needs_reference
    if pairs.alone and not pairs.requires_neutral:
        reporter.say(
            f"{pairs.name}: {pairs.alone} of {pairs.count} pictures have no neutral picture, which weakens their "
            f"estimates; {pairs.remedy}"
        )


def with_calmest(predictor: Predictor, sources: Sequence[Source], reporter: Reporter) -> Predictor:
    """The predictor with the calmest faces of the sources as neutral ones.

    Raises as `choose_calmest`, and UsageError if they cannot be chosen there or by this model.
    """
    _require_chooser(predictor.checkpoint)
    _require_choice(sources)
    calmest = choose_calmest(predictor.checkpoint.model, sources, predictor.crop, reporter)
    reporter.say(f"compared with the calmest clear faces: {calmest.listed}")
    return replace(predictor, neutrals=calmest.faces, chosen=calmest.shots)


def with_calmest_of_each(predictor: Predictor, pairs: PersonPictures, reporter: Reporter) -> Predictor:
    """The predictor for pictures of people, the calmest clear faces of each of whom become the neutral ones.

    A person without a clear face or with a single picture is reported, and has none. Raises UsageError if the
    model cannot choose.
    """
    _require_chooser(predictor.checkpoint)
    people: dict[str | None, list[Path]] = {}
    for row in pairs.rows:
        people.setdefault(row.person, []).append(row.image)
    neutral: dict[str | None, tuple[Path, ...]] = {}
    chosen: set[tuple[str, int | None]] = set()
    for person, images in people.items():
        if len(images) == 1:
            reporter.say(f"{person}: a single picture, with no calmer one to compare it with; estimated alone")
            continue
        pictures = {source.name: (source, image) for image in images for source in [Picture(image)]}
        try:
            sources = [source for source, _ in pictures.values()]
            calmest = choose_calmest(predictor.checkpoint.model, sources, predictor.crop, reporter)
        except ValueError:
            reporter.say(f"{person}: no clear face to compare with; name a neutral picture")
            continue
        neutral[person] = tuple(pictures[name][1] for name, _ in calmest.shots)
        chosen.update(calmest.shots)
        reporter.say(f"{person}: compared with the calmest clear faces: {calmest.listed}")
    pairs.rows = [replace(row, neutral=neutral.get(row.person, ())) for row in pairs.rows]
    return replace(predictor, chosen=chosen)


def with_rest(predictor: Predictor, paths: Sequence[Path], reporter: Reporter) -> Predictor:
    """The predictor with the PSPI of its neutral faces; warns of those of `paths` that do not look neutral.

    Raises ValueError for the first of them if the predictor is strict.
    """
    scores = rest_scores(predictor.checkpoint, predictor.neutrals)
    if scores is None:
        return predictor
    doubts = [
        f"{path}: {doubt}"
        for path, score in zip(paths, scores, strict=False)  # none are given if they were chosen
        for doubt in _not_neutral(score)
    ]
    _report_doubts(doubts, "if the person is in pain in it, estimates are too low", predictor.strict, reporter)
    return replace(predictor, rest=float(scores.max()))


def _require_chooser(checkpoint: Checkpoint) -> None:
    """Raise UsageError if a model cannot choose neutral faces."""
    if checkpoint.needs_reference:
        raise UsageError(
            "--neutral auto: this model cannot estimate a face alone; name a neutral PICTURE, or train with "
            "--reference-dropout"
        )
    if not checkpoint.model.uses_reference:
        raise UsageError("--neutral auto: this model does not compare faces; leave it out")


def _require_choice(sources: Sequence[Source]) -> None:
    """Raise UsageError if neutral faces cannot be chosen among those of the sources, which are of one person."""
    if framed := next((source.name for source in sources if source.has_references), None):
        raise UsageError(f"--neutral auto: {framed} has neutral frames of its own; leave it out")
    if sum(source.count for source in sources) == 1:
        raise UsageError("--neutral auto: chooses among several pictures of a person; name a neutral PICTURE")


def _poor(quality: Quality) -> list[str]:
    """What makes a neutral face a poor reference."""
    return [f"{kind}, {figures}" for kind, figures in quality.warnings.items()]


def _not_neutral(score: float) -> list[str]:
    """That a face does not look neutral, if its own PSPI says so."""
    return [f"does not look neutral, PSPI {score:.1f} by itself"] if score >= LIMIT else []


def _cropped(picture: np.ndarray, path: Path, crop: Cropper) -> FaceCrop:
    """The face in a neutral picture. Raises as the cropper does, with advice that holds for a neutral picture."""
    try:
        return crop(picture, str(path))
    except FaceError as error:
        if error.reason == NO_FACE:
            raise
        raise FaceError(str(path), error.reason, "crop it to the person, or add --face largest") from None


def _report_doubts(doubts: Sequence[str], consequence: str, strict: bool, reporter: Reporter) -> None:
    """Report doubts about neutral pictures and what follows from them.

    Raises ValueError for the first if `strict`.
    """
    if doubts and strict:
        raise ValueError(f"{doubts[0]}; use another neutral picture, or leave --strict out")
    for doubt in doubts:
        reporter.say(f"{doubt}; {consequence}")
