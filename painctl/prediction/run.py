"""Predict every shot of a list of sources: write records, report failures, and count both."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from painctl.corpora.faults import Fault, summarise
from painctl.prediction.answers import Answer, answers
from painctl.prediction.cropping import Crop
from painctl.prediction.faces import Reference
from painctl.prediction.journal import Journal, Part
from painctl.prediction.record import as_record
from painctl.prediction.sheet import NOTICE, Sheet
from painctl.prediction.shots import Source
from painctl.prediction.video_curve import VideoCurve, VideoCurveBuilder, VideoSummary, summarise_video
from painctl.records import FAILED, SOME_FAILED, Reported, Reporter, UsageError
from painctl.vitpain.checkpoints import Checkpoint


class RecordWriter(Protocol):
    """Writes the records of predictions, in order."""

    def write(self, record: dict[str, Any]) -> None:
        """Write one record, see `prediction.record`."""

    def close(self) -> None:
        """Finish the output; called once, after the last record."""


@dataclass(frozen=True, eq=False)
class Predictor:
    """A model, and the crop and the neutral faces that it is used with."""

    checkpoint: Checkpoint
    crop: Crop | None = None  # None if pictures are cropped already
    neutrals: Sequence[Reference] = ()  # faces of the person; empty to use the references of the sources
    chosen: Collection[tuple[str, int | None]] = ()  # names and frames of the neutrals, if they were chosen
    rest: float | None = None  # highest PSPI of the neutral faces, each estimated alone, if it was estimated
    strict: bool = False  # whether what would be a warning is an error
    every: int = 1  # use every N-th frame of a video


def check_neutrals(predictor: Predictor, sources: Sequence[Source], reporter: Reporter) -> None:
    """Report which neutral faces are missing or replaced. Raises UsageError if the model needs one that is missing."""
    if not predictor.checkpoint.model.uses_reference:
        reporter.say(
            "this model does not compare faces: --neutral is ignored"
            if predictor.neutrals
            else "this model does not compare faces: its estimates are weaker than with the person's neutral face"
        )
        return
    if predictor.neutrals and (framed := next((source.name for source in sources if source.has_references), None)):
        reporter.say(f"{framed}: compared with --neutral instead of its own neutral frames")
    lacking = next((source.name for source in sources if not source.has_references), None)
    if not lacking or predictor.neutrals:
        return
    if predictor.checkpoint.needs_reference or predictor.strict:
        who = "this model" if predictor.checkpoint.needs_reference else "--strict"
        raise UsageError(
            f"{lacking}: {who} needs a neutral face to compare with; add --neutral PICTURE of the same person"
        )
    reporter.say(
        f"{lacking}: no neutral face to compare with, which weakens estimates; add --neutral PICTURE of the same person"
    )


def predict_sources(
    predictor: Predictor,
    sources: Sequence[Source],
    writer: RecordWriter,
    reporter: Reporter,
    sheet: Sheet | None = None,
    journal: Journal | None = None,
) -> Tally:
    """Write a record for each shot, in order, close the writer, and add the answers to `sheet`.

    The summary of each video is reported, and kept in the result. The writer is closed whatever is raised, so that
    what was written can be read. With a `journal`, which may be the writer too, what it has of these sources is not
    estimated again.
    """
    tally = Tally(reporter)
    try:
        reporter.expect(sum(source.count for source in sources))
        for source in sources:
            builder = VideoCurveBuilder(source.name, predictor.every)
            earlier = journal.begin() if journal else Part()
            for record in earlier.records:
                tally.count_record(record)
                builder.add(record)
                reporter.tick()
            if earlier.is_complete is None:
                for answer in _answers(predictor, source, len(earlier.records)):
                    record = as_record(answer, predictor.checkpoint.identity, predictor.chosen, predictor.rest)
                    tally.count(answer)
                    builder.add(record)
                    writer.write(record)
                    if sheet:
                        sheet.add(answer)
                    reporter.tick()
                if journal:
                    journal.end(source.is_complete)
            tally.end_source(source, source.is_complete if earlier.is_complete is None else earlier.is_complete)
            if source.is_video:
                tally.end_video(curve := builder.curve())
                if sheet:
                    sheet.add_video(curve)
    finally:
        writer.close()
    return tally


def _answers(predictor: Predictor, source: Source, done: int) -> Iterator[Answer]:
    return answers(predictor.checkpoint.model, source, predictor.neutrals, predictor.crop, predictor.strict, done)


class Tally:
    """Reports failures and counts them, so that done + failed = requested. A video counts as one item."""

    def __init__(self, reporter: Reporter) -> None:
        self._reporter = reporter
        self.videos: list[VideoSummary] = []
        self._requested = self._failed = 0  # an incomplete video has failed, but has estimates
        self._shots = self._failed_shots = 0  # of the current source
        self._reasons = Counter[str]()  # of the failures of its frames
        self._has_estimates = self._is_noticed = False
        self._faults: list[Fault] = []  # of the sources without any estimate
        self._warnings = Counter[str]()  # about faces that have estimates
        self._examples: dict[str, str] = {}  # for each warning

    def count(self, answer: Answer) -> None:
        """Count an answer of the current source."""
        self._shots += 1
        if answer.error:
            self._failed_shots += 1
            if answer.frame is None:
                self._reporter.error(answer.error)
                detail = str(answer.error).removeprefix(f"{answer.name}: ")
                self._faults.append(Fault(answer.reason, answer.name, detail))
            else:  # frames of a video are summarised
                self._reasons[answer.reason] += 1
            return
        if not self._is_noticed:
            self._reporter.say(NOTICE)
        self._is_noticed = self._has_estimates = True
        for kind, figures in answer.warnings.items():
            self._warnings[kind] += 1
            self._examples.setdefault(kind, f"{answer.name} ({figures})")

    def count_record(self, record: Mapping[str, Any]) -> None:
        """Count a record of the current source that an earlier process made and reported."""
        self._shots += 1
        if reason := record.get("error"):
            self._failed_shots += 1
            if "frame" in record:
                self._reasons[reason] += 1
            else:
                self._faults.append(Fault(reason, record["image"]))
        else:
            self._has_estimates = True
            for kind in filter(None, record.get("warning", "").split("; ")):
                self._warnings[kind] += 1
                self._examples.setdefault(kind, record["image"])

    def end_source(self, source: Source, is_complete: bool) -> None:
        """Report the failures of the current source, and add its counts to the totals."""
        shots, failed = self._shots, self._failed_shots
        if source.is_video:
            if self._reasons:
                reasons = ", ".join(f"{reason} in {count}" for reason, count in self._reasons.most_common())
                self._reporter.say(f"{source.name}: {shots} frames, {reasons}; those frames have no estimates")
            if failed == shots:
                self._faults += (Fault(reason, source.name) for reason, _ in self._reasons.most_common(1))
            shots, failed = 1, int(failed == shots or not is_complete)
        if remark := source.remark():
            self._reporter.say(remark)
        self._requested += shots
        self._failed += failed
        self._shots = self._failed_shots = 0
        self._reasons = Counter()

    def end_video(self, curve: VideoCurve) -> None:
        """Report the summary of a video, and keep it in `videos`."""
        summary = summarise_video(curve)
        if summary.valid:
            self._reporter.say(f"{summary.video}: {summary.sentence}")
        self.videos.append(summary)

    def finish(self) -> None:
        """Report the warnings; if anything failed, the totals (with reasons if everything did), and raise Reported."""
        for kind, count in self._warnings.items():
            others = f" and {count - 1} more" if count > 1 else ""
            self._reporter.say(f"{kind}, whose estimate is less reliable: {self._examples[kind]}{others}")
        requested, failed = self._requested, self._failed
        if requested > 1 and failed:
            reasons = "; ".join(["", *summarise(self._faults, shown=1)]) if failed == requested else ""
            self._reporter.say(f"{requested - failed} done, {failed} failed of {requested}{reasons}")
        if self.exit_code:
            raise Reported(self.exit_code)

    @property
    def exit_code(self) -> int:
        """0 if nothing failed."""
        return (SOME_FAILED if self._has_estimates else FAILED) if self._failed else 0
