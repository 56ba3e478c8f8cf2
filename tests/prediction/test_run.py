import numpy as np
import pytest

from painctl.prediction.faces import Reference
from painctl.prediction.run import NOTICE, Predictor, check_neutrals, predict_sources
from painctl.prediction.shots import Shot
from painctl.records import FAILED, SOME_FAILED, Reported, UsageError
from painctl.vitpain.checkpoints import Checkpoint
from painctl.vitpain.model import build
from painctl.vitpain.model_folder import ModelIdentity

IDENTITY = ModelIdentity("model", "0123456789abcdef")
BLANK = np.full((100, 100, 3), 128, np.uint8)


def checkpoint(model, **training):
    return Checkpoint(model, IDENTITY, "0", training, "none")


@pytest.fixture(scope="module")
def model():
    return build("compact")


class Recorder:
    """A Reporter and a RecordWriter that keep what they are given."""

    def __init__(self):
        self.lines, self.errors, self.records = [], [], []
        self.expected = self.ticks = self.closed = 0

    def say(self, text):
        self.lines.append(text)

    def error(self, error, where=""):
        self.errors.append(str(error))

    def expect(self, count):
        self.expected += count

    def tick(self):
        self.ticks += 1

    def write(self, record):
        self.records.append(record)

    def close(self):
        self.closed += 1


class Faces:
    """A source of faces; None stands for one that cannot be read."""

    def __init__(self, name, faces, is_video=False, has_references=False, remark="", is_complete=True):
        self.is_complete = is_complete
        self.name, self.is_video, self.has_references = name, is_video, has_references
        self.count, self._faces, self._remark = len(faces), faces, remark

    def __iter__(self):
        for frame, face in enumerate(self._faces):
            time = (frame, frame / 25) if self.is_video else (None, None)
            yield Shot(f"{self.name}", lambda face=face: self._read(face), *time)

    def _read(self, face):
        if face is None:
            raise ValueError(f"{self.name}: broken")
        return face

    def remark(self):
        return self._remark


def run(model, *sources):
    """What is written and reported, and the exit code."""
    out = Recorder()
    tally = predict_sources(Predictor(checkpoint(model), neutrals=[Reference(BLANK)]), sources, out, out)
    try:
        tally.finish()
    except Reported as error:
        return out, error.exit_code
    return out, 0


def test_every_shot_is_a_record_and_the_notice_is_given_once(model, portrait):
    out, code = run(model, Faces("a.png", [portrait]), Faces("b.png", [portrait]))
    assert code == 0
    assert [record["image"] for record in out.records] == ["a.png", "b.png"]
    assert (out.lines, out.errors) == ([NOTICE], [])
    assert (out.expected, out.ticks, out.closed) == (2, 2, 1)


def test_failures_are_reported_and_counted(model, portrait):
    out, code = run(model, Faces("a.png", [None]), Faces("b.png", [portrait]), Faces("c.png", [None]))
    assert code == SOME_FAILED
    assert out.errors == ["a.png: broken", "c.png: broken"]
    assert [record.get("error") for record in out.records] == ["not readable", None, "not readable"]
    assert out.lines == [NOTICE, "1 done, 2 failed of 3"]


def test_warnings_about_faces_are_counted_with_an_example(model):
    flat = np.full((400, 400, 3), 128, np.uint8)
    out, code = run(model, Faces("a.png", [flat]), Faces("b.png", [flat]), Faces("c.png", [None]))
    assert code == SOME_FAILED
    notice, blurred, unclear, counts = out.lines
    assert (notice, counts) == (NOTICE, "2 done, 1 failed of 3")
    assert blurred == "blurred face, whose estimate is less reliable: a.png (sharpness 0.00, below 0.35) and 1 more"
    assert unclear.startswith("unclear face, whose estimate is less reliable: a.png (landmarks uncertain by ")


def test_if_everything_failed_there_is_no_notice(model):
    out, code = run(model, Faces("a.png", [None]))
    assert code == FAILED
    assert (out.lines, out.errors) == ([], ["a.png: broken"])


def test_if_everything_failed_each_reason_is_counted_with_an_example(model):
    out, code = run(model, Faces("a.png", [None]), Faces("b.png", [None]), Faces("c.avi", [None, None], is_video=True))
    assert code == FAILED
    assert out.errors == ["a.png: broken", "b.png: broken"]
    assert out.lines[-1] == "0 done, 3 failed of 3; 3 not readable: a.png (broken), ..."


def test_a_video_is_one_item_whose_failures_are_summarised(model, portrait):
    film = Faces("film.avi", [portrait, None, None], is_video=True, remark="film.avi: short")
    out, code = run(model, film)
    assert code == 0
    assert out.errors == []
    assert out.lines == [
        NOTICE,
        "film.avi: 3 frames, not readable in 2; those frames have no estimates",
        "film.avi: short",
        out.lines[-1],
    ]
    assert out.lines[-1].startswith("film.avi: mean PSPI ")
    cut = Faces("cut.avi", [portrait], is_video=True, remark="cut.avi: it was cut off", is_complete=False)
    out, code = run(model, cut)
    assert (code, len(out.records), out.lines[1]) == (SOME_FAILED, 1, "cut.avi: it was cut off")
    broken = Faces("wall.avi", [None, None], is_video=True)
    assert run(model, broken)[1] == FAILED
    out, code = run(model, film, broken)
    assert code == SOME_FAILED
    assert out.lines[-1] == "1 done, 1 failed of 2"


def test_a_model_that_compares_needs_neutrals(model):
    shard, picture = Faces("a.h5", [], has_references=True), Faces("b.png", [])
    out = Recorder()
    check_neutrals(Predictor(checkpoint(model)), [shard], out)
    assert out.lines == []
    check_neutrals(Predictor(checkpoint(model), neutrals=[Reference(BLANK)]), [shard, picture], out)
    assert out.lines == ["a.h5: compared with --neutral instead of its own neutral frames"]
    with pytest.raises(UsageError, match=r"b\.png: .*add --neutral"):
        check_neutrals(Predictor(checkpoint(model)), [shard, picture], out)


def test_a_model_trained_without_some_neutrals_warns_that_one_is_missing(model):
    shard, picture = Faces("a.h5", [], has_references=True), Faces("b.png", [])
    trained, out = checkpoint(model, reference_dropout=0.3), Recorder()
    check_neutrals(Predictor(trained), [shard], out)
    check_neutrals(Predictor(trained, neutrals=[Reference(BLANK)]), [picture], out)
    assert out.lines == []
    check_neutrals(Predictor(trained), [shard, picture], out)
    (line,) = out.lines
    assert line.startswith("b.png: no neutral face to compare with, which weakens estimates; add --neutral")


def test_a_model_that_does_not_compare_says_so():
    alone, out = build("compact", reference=False), Recorder()
    check_neutrals(Predictor(checkpoint(alone)), [Faces("a.png", [])], out)
    check_neutrals(Predictor(checkpoint(alone), neutrals=[Reference(BLANK)]), [Faces("a.png", [])], out)
    assert "weaker" in out.lines[0]
    assert "--neutral is ignored" in out.lines[1]


@pytest.mark.parametrize("error", [KeyboardInterrupt(), ImportError("torch"), TypeError("a bug")])
def test_the_output_is_closed_whatever_is_raised(model, error, portrait):
    class Broken(Faces):
        def _read(self, face):
            raise error

    out = Recorder()
    with pytest.raises(type(error)):
        predict_sources(
            Predictor(checkpoint(model), neutrals=[Reference(BLANK)]),
            [Faces("a.png", [portrait]), Broken("b.png", [portrait])],
            out,
            out,
        )
    assert [record["image"] for record in out.records] == ["a.png"]
    assert out.closed == 1


def test_a_picture_too_large_for_memory_is_one_row(model, portrait):
    class Huge(Faces):
        def _read(self, face):
            raise MemoryError

    out, code = run(model, Huge("a.png", [portrait]), Faces("b.png", [portrait]))
    assert code == SOME_FAILED
    assert out.errors == ["a.png: not enough memory for this picture"]
