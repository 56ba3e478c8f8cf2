"""The predict command: all kinds of inputs and outputs, and its errors."""

import csv
import hashlib
import io
import json
import os
import re
import shlex
import signal
import struct
import time

import cv2
import numpy as np
import pytest
from made_videos import av1_in_mp4, put

from painctl.images.encode import decode
from painctl.pain.action_units import ACTION_UNITS
from painctl.records import FAILED, SOME_FAILED, USAGE
from painctl.shard.reader import Shard
from painctl.vitpain.checkpoints import save
from painctl.vitpain.model import build
from painctl.vitpain.pwct import build_pwct
from painctl.vitpain.settings import TrainingSettings, defaults

QUALITY = ["face_pixels", "sharpness", "yaw", "pitch", "roll", "hidden", "landmark_error"]
PLACE = ["face_left", "face_top", "face_right", "face_bottom", "face_score"]
SOURCE = ["model", "model_sha256", "painctl_version"]
KEYS = [
    "image",
    "pspi",
    "probability",
    *ACTION_UNITS,
    "reference",
    "reference_image",
    *PLACE,
    *QUALITY,
    "likeness",
    *SOURCE,
]
NOTICE = b"not a medical device"


@pytest.fixture(scope="module")
def files(tmp_path_factory, portraits):
    """Models that compare faces, that do not, and that need aligned faces; pictures and a video."""
    folder = tmp_path_factory.mktemp("files")
    save(folder / "model", build("compact"), defaults(), "none")
    save(folder / "robust", build("compact"), TrainingSettings(reference_dropout=0.3), "none")
    save(folder / "alone", build("compact", reference=False), defaults(), "none")
    save(folder / "aligned", build_pwct(0), defaults("pwct"), "none")
    overflowing = build("compact")
    overflowing.action_units.heads[0][-1].weight.data.fill_(3e38)
    save(folder / "overflowing", overflowing, defaults(), "none")
    (folder / "dir.png").mkdir()
    with Shard(portraits) as shard:
        images = [decode(data)[..., ::-1] for data in shard.read("frames", "image")]
    neutral, pain, other_person = images[0], images[3], images[9]
    faces = {"neutral": neutral, "pain": pain, "two": np.hstack([pain, other_person]), "wall": np.full_like(pain, 128)}
    faces["tiny"] = cv2.resize(pain, (12, 12), interpolation=cv2.INTER_AREA)
    for name, image in faces.items():
        cv2.imwrite(str(folder / f"{name}.png"), image)
    out = cv2.VideoWriter(str(folder / "film.avi"), cv2.VideoWriter_fourcc(*"MJPG"), 25, (192, 192))
    for image in (neutral, pain, faces["wall"], pain):
        out.write(image)
    out.release()
    (folder / "frames.h5").write_bytes(portraits.read_bytes())
    (folder / "note.txt").write_text("hello")
    return folder


@pytest.fixture
def predict(sh, command_server, tmp_path, files):
    """Run `painctl predict` with these arguments in a folder with these files."""
    for path in files.iterdir():
        (tmp_path / path.name).symlink_to(path)

    def predict(words, before=""):
        if before:
            return sh(f"{before} painctl predict {words}")
        return command_server.run(["predict", *shlex.split(words)], tmp_path)

    return predict


def test_a_model_no_better_than_the_median_is_reported_once(predict, tmp_path):
    validation = {"epoch": 1, "scores": {"MAE": 2.0}, "median": {"pspi": 3.0, "scores": {"MAE": 1.5}}}
    save(tmp_path / "weak", build("compact"), defaults(), "none", about={"validation": validation})
    warning = b"weak: on its own validation people no better than always answering the median"
    words = "pain.png neutral.png --neutral neutral.png -m"
    done, fair = predict(f"{words} weak"), predict(f"{words} model")
    assert (done.returncode, done.stderr.count(warning)) == (0, 1)
    assert b"median" not in fair.stderr


def test_records_are_as_the_schema_says(predict, tmp_path):
    jsonschema = pytest.importorskip("jsonschema")
    printed = predict("--schema").stdout
    validator = jsonschema.Draft202012Validator(json.loads(printed))
    validator.check_schema(validator.schema)
    (tmp_path / "stay").mkdir()
    for name in ("pain", "wall", "tiny"):
        (tmp_path / f"stay/{name}.png").symlink_to(tmp_path / f"{name}.png")
    (tmp_path / "pairs.csv").write_text(
        "image,neutral,person\npain.png,neutral.png,a\npain.png,wall.png,b\npain.png,,c\nnone.png,neutral.png,d\n"
    )
    failed = 0
    for words in (
        "pain.png -n neutral.png -m robust",
        "pain.png -n neutral.png -m alone",
        "stay -n neutral.png -n pain.png -m model",
        "film.avi -n auto -m robust",
        "film.avi pain.png -n neutral.png -m model",
        "--pairs pairs.csv -m robust",
        "frames.h5 -m model",
    ):
        done = predict(f"{words} --json")
        assert done.returncode in (0, SOME_FAILED), done.stderr
        records = json.loads(done.stdout)
        for record in records if isinstance(records, list) else [records]:
            validator.validate(record)
            failed += "error" in record
    assert failed >= 5  # so that rows with an error are covered
    for wrong in ({"pspi": 17}, {"colour": 1}, {"warning": "odd"}, {"error": "no face"}, {"frame": 3}):
        assert not validator.is_valid({**record, **wrong})


def test_rows_of_a_table_have_the_estimate_of_their_own_neutral_picture(predict, tmp_path):
    (tmp_path / "pairs.csv").write_text(
        "image,neutral\npain.png,neutral.png\npain.png,pain.png|neutral.png\npain.png,\n"
    )
    records = json.loads(predict("--pairs pairs.csv -m robust --json").stdout)
    calm, pain = (json.loads(predict(f"{name}.png -m robust --json").stdout)["pspi"] for name in ("neutral", "pain"))
    assert [record["rest"] for record in records[:2]] == pytest.approx([calm, max(calm, pain)], abs=2e-3)
    assert "rest" not in records[2]
    single = json.loads(predict("pain.png -n neutral.png -m robust --json").stdout)
    assert single == {**records[0], "image": "pain.png", "reference_image": "neutral.png"}


def test_a_picture_as_a_line_as_json_and_as_csv(predict):
    words = "pain.png --neutral neutral.png -m model"
    line, text, table = (predict(f"{words} {form}") for form in ("", "--json", "--csv"))
    assert [done.returncode for done in (line, text, table)] == [0, 0, 0]
    record = json.loads(text.stdout)
    assert list(record) == KEYS
    assert line.stdout.decode().startswith(f"pain.png: PSPI {record['pspi']:.1f}  P(pain) ")
    (row,) = csv.DictReader(io.StringIO(table.stdout.decode()))
    assert row == {**{name: str(value) for name, value in record.items()}, "warning": "", "error": ""}
    assert line.stderr.count(NOTICE) == 1


def test_records_name_the_model_and_the_checksum_of_its_weights(predict, files):
    digest = hashlib.sha256((files / "model/model.safetensors").read_bytes()).hexdigest()
    for model in ("model", "./model/"):
        records = json.loads(predict(f"pain.png wall.png --neutral neutral.png -m {model} --json").stdout)
        assert [(record["model"], record["model_sha256"]) for record in records] == [("model", digest[:16])] * 2


def test_pictures_without_a_unique_face_do_not_end_a_run(predict, tmp_path):
    (tmp_path / "all").mkdir()
    for name in ("neutral.png", "pain.png", "two.png", "wall.png", "note.txt"):
        (tmp_path / "all" / name).symlink_to(tmp_path / name)
    done = predict("all -n neutral.png -m model --json")
    assert done.returncode == SOME_FAILED
    records = json.loads(done.stdout)
    assert [record["image"] for record in records] == [f"all/{n}.png" for n in ("neutral", "pain", "two", "wall")]
    assert [record.get("error") for record in records] == [None, None, "2 faces found", "no face found"]
    messages = done.stderr.decode()
    for words in ("all: 4 pictures; 1 other file ignored", "all/two.png: 2 faces found; add --face", "--crop none"):
        assert words in messages
    assert "2 done, 2 failed of 4" in messages


def test_one_of_two_faces_is_chosen(predict):
    left, right, largest = (
        json.loads(predict(f"two.png -n neutral.png -m model --json --face {which}").stdout)["pspi"]
        for which in ("1", "2", "largest")
    )
    assert left != right
    assert largest in (left, right)


def test_pictures_may_be_cropped_already(predict):
    assert predict("wall.png -n wall.png -m model").returncode == FAILED
    assert predict("wall.png -n wall.png -m model --crop none").returncode == 0


def test_a_shard_has_its_own_neutrals_as_a_file_or_through_a_pipe(predict):
    named = predict("frames.h5 -m model --csv")
    piped = predict("-m model --csv", before="cat frames.h5 |")
    rows = list(csv.DictReader(io.StringIO(named.stdout.decode())))
    assert len(rows) == 6
    assert all(row["image"].startswith("frames.h5/s1-0000") for row in rows)
    assert piped.stdout.decode() == named.stdout.decode().replace("frames.h5/", "stdin/")
    assert len(json.loads(predict("frames.h5 -n neutral.png -m model --json").stdout)) == 12


def test_paths_come_through_a_pipe(predict):
    done = predict("-n neutral.png -m model", before="printf '%s\\n' pain.png neutral.png |")
    assert [line.split(b":")[0] for line in done.stdout.splitlines()] == [b"pain.png", b"neutral.png"]
    assert predict("-n neutral.png -m model", before="true |").returncode == FAILED


def test_a_video_gives_a_row_per_frame_and_a_curve(predict, tmp_path):
    done = predict("film.avi -n neutral.png -m model --csv --picture film.png --summary film.json")
    assert done.returncode == 0
    rows = list(csv.DictReader(io.StringIO(done.stdout.decode())))
    assert [(row["frame"], row["time"]) for row in rows] == [("0", "0.0"), ("1", "0.04"), ("2", "0.08"), ("3", "0.12")]
    assert [row["error"] for row in rows] == ["", "", "no face found", ""]
    assert rows[2]["pspi"] == ""
    assert b"film.avi: 4 frames, no face found in 1; those frames have no estimates" in done.stderr
    assert cv2.imread(str(tmp_path / "film.png")).shape[1] == 2 * (900 + 32)
    (summary,) = json.loads((tmp_path / "film.json").read_text())["videos"]
    scores = [float(row["pspi"]) for row in rows if row["pspi"]]
    about = [summary[name] for name in ("video", "frames", "valid", "every", "smoothing")]
    assert about == ["film.avi", 4, 3, 1, "none"]
    assert summary["mean_pspi"] == pytest.approx(np.mean(scores), abs=1e-3)
    assert summary["peak_pspi"] == pytest.approx(max(scores), abs=1e-3)
    assert summary["share_at_1_or_more"] == 1  # the model is untrained: every face is in the middle of the scale
    assert summary["longest_bout"] == {"first_frame": 0, "frames": 2, "start": 0, "seconds": 0.08}
    assert (tmp_path / "film.json").stat().st_mode & 0o777 == 0o600
    assert f"film.avi: mean PSPI {np.mean(scores):.1f}, peak " in done.stderr.decode()
    some = predict("film.avi pain.png -n neutral.png -m model --json --every 3")
    assert [record.get("frame") for record in json.loads(some.stdout)] == [0, 3, None]


def test_a_video_without_a_face_has_failed(predict, tmp_path):
    out = cv2.VideoWriter(str(tmp_path / "wall.avi"), cv2.VideoWriter_fourcc(*"MJPG"), 25, (64, 64))
    out.write(np.full((64, 64, 3), 128, np.uint8))
    out.release()
    assert predict("wall.avi -n neutral.png -m model").returncode == FAILED
    assert predict("wall.avi pain.png -n neutral.png -m model").returncode == SOME_FAILED


def test_a_bad_video_is_one_item_among_others(predict, tmp_path):
    film = (tmp_path / "film.avi").read_bytes()
    (tmp_path / "cut.avi").write_bytes(film[: film.index(b"idx1") - 100])
    (tmp_path / "av1.mp4").write_bytes(av1_in_mp4())
    done = predict("cut.avi av1.mp4 pain.png -n neutral.png -m model --json --picture all.png")
    assert done.returncode == SOME_FAILED
    records = json.loads(done.stdout)
    assert [record["frame"] for record in records[:-2]] == list(range(len(records) - 2))
    assert [records[-2][name] for name in ("image", "model", "error")] == ["av1.mp4", "model", "not readable"]
    assert records[-1]["image"] == "pain.png"
    assert b"cut.avi: it was cut off" in done.stderr
    assert b"av1.mp4: its codec is AV1" in done.stderr
    assert b"1 done, 2 failed of 3" in done.stderr
    cut = predict("cut.avi -n neutral.png -m model --json")
    assert (cut.returncode, len(json.loads(cut.stdout))) == (SOME_FAILED, len(records) - 2)


def test_times_that_are_unknown_are_empty(predict, tmp_path):
    film = (tmp_path / "film.avi").read_bytes()
    (tmp_path / "fast.avi").write_bytes(put(film, b"strh", 28, "<II", 1, 4_000_000_000))
    done = predict("fast.avi -n neutral.png -m model --csv --picture fast.png")
    assert done.returncode == 0
    rows = list(csv.DictReader(io.StringIO(done.stdout.decode())))
    assert [(row["frame"], row["time"]) for row in rows] == [("0", "0.0"), ("1", ""), ("2", ""), ("3", "")]
    assert b"fast.avi: 3 of its frames have no time" in done.stderr
    assert b"fast.avi frame 1: PSPI" in predict("fast.avi -n neutral.png -m model").stdout


def test_the_picture_has_a_panel_per_face_in_a_theme_of_the_option_or_the_environment(predict, tmp_path):
    words = "pain.png neutral.png -n neutral.png -n pain.png -m model"
    assert predict(f"{words} --picture both.png").returncode == 0
    picture = cv2.imread(str(tmp_path / "both.png"))
    assert picture[0, 0].tolist() == [255] * 3
    assert picture.shape[1] == 2 * (948 - 24 + 32)
    assert predict(f"{words} --picture dark.PDF --theme dark").returncode == 0
    assert (tmp_path / "dark.PDF").read_bytes().startswith(b"%PDF-")
    assert predict(f"{words} --picture dark.png", before="PAINCTL_THEME=dark").returncode == 0
    assert cv2.imread(str(tmp_path / "dark.png"))[0, 0].max() < 50


def test_a_model_that_does_not_compare_says_so(predict):
    bare, given = predict("pain.png -m alone --json"), predict("pain.png -n neutral.png -m alone --json")
    assert b"weaker" in bare.stderr
    assert b"--neutral is ignored" in given.stderr
    assert json.loads(bare.stdout) == json.loads(given.stdout)


def test_a_model_trained_without_some_neutrals_works_without_one_and_says_so(predict):
    alone, compared = (predict(f"pain.png frames.h5 {words} -m robust --json") for words in ("", "-n neutral.png"))
    assert (alone.returncode, compared.returncode) == (0, 0)
    assert [record["reference"] for record in json.loads(alone.stdout)] == ["none"] + ["given"] * 6
    assert [record["reference"] for record in json.loads(compared.stdout)] == ["given"] * 13
    assert json.loads(alone.stdout)[0]["pspi"] != json.loads(compared.stdout)[0]["pspi"]
    assert alone.stderr.count(b"pain.png: no neutral face to compare with") == 1
    assert b"no neutral face" not in compared.stderr
    assert predict("pain.png -m robust --picture one.png").returncode == 0


def test_the_calmest_faces_of_a_video_or_a_folder_are_chosen_and_listed(predict, tmp_path):
    (tmp_path / "all").mkdir()
    for name in ("neutral.png", "pain.png"):
        (tmp_path / "all" / name).symlink_to(tmp_path / name)
    done = predict("all -n auto -m robust --json")
    assert done.returncode == 0
    records = json.loads(done.stdout)
    assert [record["reference"] for record in records] == ["chosen"] * 2
    (chosen,) = [record["image"] for record in records if record["neutral"]]
    assert f"compared with the calmest clear faces: {chosen}\n" in done.stderr.decode()
    given = json.loads(predict(f"all -n {chosen} -m robust --json").stdout)
    assert [record["pspi"] for record in records] == [record["pspi"] for record in given]
    table = predict("film.avi -n auto -m robust --csv")
    rows = list(csv.DictReader(io.StringIO(table.stdout.decode())))
    assert sorted(row["neutral"] for row in rows) == ["", "False", "False", "True"]  # one frame has no face
    (frame,) = [row["frame"] for row in rows if row["neutral"] == "True"]
    assert f"faces: film.avi frame {frame}\n" in table.stderr.decode()


def test_a_face_of_low_quality_gets_a_warning_and_with_strict_an_error(predict, tmp_path, files):
    pain = cv2.imread(str(files / "pain.png"))
    small = cv2.resize(pain, (24, 24), interpolation=cv2.INTER_AREA)
    (tmp_path / "all").mkdir()
    cv2.imwrite(str(tmp_path / "all/blurred.png"), cv2.GaussianBlur(pain, (0, 0), 6))
    cv2.imwrite(str(tmp_path / "all/pain.png"), pain)
    cv2.imwrite(str(tmp_path / "all/small.png"), small)
    words = "all -n neutral.png -m model --crop none --json"
    done = predict(words)
    assert done.returncode == 0
    records = json.loads(done.stdout)
    assert [record.get("warning") for record in records] == ["blurred face", None, "small face; blurred face"]
    assert [record["face_pixels"] for record in records] == [86, 86, 11]
    messages = done.stderr.decode()
    assert "small face, whose estimate is less reliable: all/small.png (11 pixels from brows to chin, below" in messages
    assert "blurred face, whose estimate is less reliable: all/blurred.png (sharpness 0." in messages
    assert ") and 1 more\n" in messages
    strict = predict(f"{words} --strict")
    assert strict.returncode == SOME_FAILED
    assert [record.get("error") for record in json.loads(strict.stdout)] == ["blurred face", None, "small face"]
    assert b"all/small.png: small face; 11 pixels from brows to chin" in strict.stderr
    poor_neutral = predict("pain.png -n all/small.png -m model --crop none")
    assert b"all/small.png: small face, 11 pixels from brows to chin" in poor_neutral.stderr


def test_the_neutral_pictures_own_estimate_is_recorded_and_a_high_one_reported(predict):
    """The model is untrained: to it, every face is in the middle of the scale."""
    done = predict("pain.png -n neutral.png -m robust --json")
    assert re.search(
        rb"neutral\.png: does not look neutral, PSPI \d\.\d by itself; if the person is in pain in it, est", done.stderr
    )
    keys = [*json.loads(done.stdout)]
    assert keys[keys.index("reference") : keys.index("face_left")] == ["reference", "reference_image", "rest"]
    assert b",reference,reference_image,rest,face_left," in predict("pain.png -n neutral.png -m robust --csv").stdout
    assert b",rest," not in predict("pain.png -n neutral.png -m model --csv").stdout


def test_a_model_of_aligned_faces_estimates_pictures_and_frames(predict):
    for words in ("pain.png -n neutral.png -m aligned --json", "frames.h5 -m aligned --json"):
        done = predict(words)
        assert done.returncode == 0, done.stderr
        records = json.loads(done.stdout)
        for record in records if isinstance(records, list) else [records]:
            assert 0 <= record["pspi"] <= 16
            assert "AU4" not in record


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        ("pain.png -n neutral.png -m robust --strict", FAILED, "neutral.png: does not look neutral"),
        ("pain.png -n auto -m robust", USAGE, "--neutral auto: chooses among several pictures of a person"),
        ("pain.png -n auto -n neutral.png -m robust", USAGE, "--neutral auto cannot be combined with a picture"),
        ("film.avi -n auto -m model", USAGE, "--neutral auto: this model cannot estimate a face alone"),
        ("film.avi -n auto -m alone", USAGE, "--neutral auto: this model does not compare faces"),
        ("film.avi frames.h5 -n auto -m robust", USAGE, "--neutral auto: frames.h5 has neutral frames of its own"),
        ("pain.png -m robust --strict", USAGE, "pain.png: --strict needs a neutral face to compare with"),
        ("pain.png -n tiny.png -m model --crop none --strict", FAILED, "tiny.png: small face, 5 pixels"),
        ("pain.png -m model", USAGE, "pain.png: this model needs a neutral face to compare with"),
        ("pain.png frames.h5 -m model", USAGE, "pain.png: this model needs a neutral face to compare with"),
        ("wall.png -n neutral.png -m model", FAILED, "wall.png: no face found; use a larger"),
        ("pain.png -n wall.png -m model", FAILED, "wall.png: no face found; use a larger"),
        ("two.png -n neutral.png -m model", FAILED, "two.png: 2 faces found; add --face largest, or --face 1 to 2"),
        ("pain.png -n neutral.png -m model --picture dir.png", USAGE, "--picture dir.png: a folder"),
        ("pain.png -n . -m model", USAGE, "--neutral .: a folder"),
        ("note.txt -n neutral.png -m model", FAILED, "note.txt: not a picture, a painctl shard or a video"),
        ("pain.png -n note.txt -m model", FAILED, "note.txt: not a readable picture"),
        ("pain.png -n neutral.png -m model --every 2", USAGE, "--every: there is no video"),
        ("pain.png -n neutral.png -m model --json --csv", USAGE, "--json and --csv"),
        ("pain.png -n neutral.png -m model --face left", USAGE, "--face left: expected largest, or a number"),
        ("pain.png -n neutral.png -m model --face 0", USAGE, "--face 0: expected largest, or a number"),
        ("pain.png -n neutral.png -m model --crop none --face 1", USAGE, "--crop none detects no face"),
        (
            "pain.png -n neutral.png -m model --picture no/a.png",
            USAGE,
            "--picture no/a.png: no folder no; `mkdir -p no` makes it",
        ),
        (
            "pain.png -n neutral.png -m model --picture a.gif",
            USAGE,
            "--picture a.gif: expected a name ending in .png, .jpg, .jpeg, .pdf, .svg",
        ),
        ("pain.png -n neutral.png -m model --summary a.json", USAGE, "--summary: there is no video among the inputs"),
        ("film.avi -n neutral.png -m model --summary film.avi", USAGE, "--summary film.avi: is an input too"),
        ("pain.png -n neutral.png -m model --detector note.txt", FAILED, "note.txt: not a face detector"),
        ("pain.png -n neutral.png -m model --detector no.onnx", FAILED, "no.onnx: no such file"),
        ("pain.png -n neutral.png -m note.txt", FAILED, "note.txt: not a folder"),
    ],
)
def test_errors_are_one_line_and_leave_no_file(predict, tmp_path, words, code, message):
    before = sorted(tmp_path.iterdir())
    done = predict(words)
    assert done.returncode == code, done.stderr
    (line,) = done.stderr.decode().splitlines()
    assert line.startswith(f"painctl predict: {message}")
    assert done.stdout == b""
    assert sorted(tmp_path.iterdir()) == before


def test_an_output_that_is_not_finite_is_a_row_with_an_error(predict):
    reason = "an output of the model is NaN or infinite"
    done = predict("-m overflowing --crop none --neutral neutral.png --json pain.png wall.png")
    assert [row.get("error") for row in json.loads(done.stdout)] == [reason] * 2
    assert done.returncode == FAILED
    assert f"pain.png: {reason}; train the model again, or use another" in done.stderr.decode()


ODD = os.fsdecode(b"caf\xe9\x1b[31m.png")
SHOWN = r"caf\xe9\x1b[31m.png"


def test_names_may_be_any_bytes_anywhere(predict, tmp_path):
    (tmp_path / "all").mkdir()
    for name in ("a.png", ODD, "z.png"):
        (tmp_path / "all" / name).symlink_to(tmp_path / "pain.png")
    (tmp_path / ODD).symlink_to(tmp_path / "neutral.png")
    (tmp_path / f"{ODD}.h5").symlink_to(tmp_path / "frames.h5")
    done = predict(f"all '{ODD}' -n '{ODD}' -m model --json --picture 'out{ODD}'")
    assert done.returncode == 0
    assert [record["image"] for record in json.loads(done.stdout)] == ["all/a.png", f"all/{SHOWN}", "all/z.png", SHOWN]
    assert (tmp_path / f"out{ODD}").stat().st_size > 1000
    for form in ("", "--csv"):
        done = predict(f"all -n '{ODD}' -m model {form}")
        assert f"all/{SHOWN}" in done.stdout.decode()
        assert b"\x1b" not in done.stdout + done.stderr
    first = predict(f"'{ODD}.h5' -m model --csv").stdout.decode().splitlines()[1]
    assert first.startswith(f"{SHOWN}.h5/")


def test_messages_name_files_of_any_bytes_in_one_line_without_control_characters(predict, tmp_path):
    bad = os.fsdecode(b"bad\xe9\n\x1b[31m.png")
    (tmp_path / bad).write_text("hello")
    for words in (
        f"'{bad}' -n neutral.png -m model",
        f"pain.png -n '{bad}' -m model",
        f"pain.png -n neutral.png -m '{bad}'",
    ):
        done = predict(words)
        assert done.returncode == FAILED
        (line,) = done.stderr.decode().splitlines()
        assert r"bad\xe9\x0a\x1b[31m.png" in line.replace(r"\xe9 \x1b", r"\xe9\x0a\x1b")


def test_a_bad_picture_in_a_folder_is_a_row_whatever_it_claims(predict, tmp_path):
    (tmp_path / "all").mkdir()
    header = struct.pack(">I4sIIBBBBBI", 13, b"IHDR", 1, 1, 8, 2, 0, 0, 0, 0)
    frames = struct.pack(">I4sIII", 8, b"acTL", 2_000_000_000, 0, 0)
    (tmp_path / "all/b.png").write_bytes(b"\x89PNG\r\n\x1a\n" + header + frames + struct.pack(">I4sI", 0, b"IEND", 0))
    (tmp_path / "all/c.png").symlink_to("/dev/zero")
    os.mkfifo(tmp_path / "all/d.png")
    for name in ("a.png", "e.jfif"):
        (tmp_path / "all" / name).symlink_to(tmp_path / "pain.png")
    done = predict("all -n neutral.png -m model --json")
    assert done.returncode == SOME_FAILED
    errors = [record.get("error") for record in json.loads(done.stdout)]
    assert errors == [None, "not readable", "not readable", "not readable", None]
    for words in (b"b.png: holds 2,000,000,000 pictures", b"c.png: a device", b"d.png: a named pipe"):
        assert words in done.stderr


def test_a_table_of_many_people_in_one_call_and_in_parts(predict, tmp_path):
    rows = ["person,image,neutral", "ann,pain.png,neutral.png", "bob,wall.png,neutral.png", "cid,pain.png,wall.png"]
    (tmp_path / "visits.csv").write_text("\n".join([*rows, "dee,pain.png,"]))
    done = predict("--pairs visits.csv -m robust --csv")
    assert done.returncode == SOME_FAILED
    table = list(csv.DictReader(io.StringIO(done.stdout.decode())))
    assert [row["person"] for row in table] == ["ann", "bob", "cid", "dee"]
    assert [row["error"] for row in table] == ["", "no face found", "neutral picture: no face found", ""]
    assert [row["reference"] for row in table] == ["given", "", "", "none"]
    assert b"2 done, 2 failed of 4" in done.stderr
    (single,) = csv.DictReader(io.StringIO(predict("pain.png -n neutral.png -m robust --csv").stdout.decode()))
    assert table[0]["pspi"] == single["pspi"]
    assert b"visits.csv: 1 of 4 pictures have no neutral picture" in done.stderr
    assert done.stderr.count(b"neutral.png: does not look neutral") == 1
    strict = json.loads(predict("--pairs visits.csv -m robust --json --strict").stdout)
    assert [record["error"].partition(",")[0] for record in strict] == [
        "neutral picture: does not look neutral",
        "no face found",
        "neutral picture: no face found",
        "no neutral picture",
    ]
    needing = json.loads(predict("--pairs visits.csv -m model --json").stdout)
    assert [record.get("error") for record in needing][::3] == [None, "no neutral picture"]
    parts = [json.loads(predict(f"--pairs visits.csv -m robust --json --task {part}/3").stdout) for part in range(3)]
    assert [[record["person"] for record in part] for part in parts] == [["ann", "dee"], ["bob"], ["cid"]]


@pytest.fixture
def visits(tmp_path):
    """A table of 24 rows, of which every fourth fails."""
    rows = [f"p{row},{'wall' if row % 4 == 3 else 'pain'}.png,neutral.png" for row in range(24)]
    (tmp_path / "visits.csv").write_text("\n".join(["person,image,neutral", *rows]) + "\n")


@pytest.mark.usefixtures("visits")
def test_files_of_every_format_hold_the_same_records(predict, tmp_path):
    pq = pytest.importorskip("pyarrow.parquet")
    words = "--pairs visits.csv -m robust"
    expected = json.loads(predict(f"{words} --json").stdout)
    for name in ("a.csv", "a.json", "a.jsonl", "a.parquet"):
        done = predict(f"{words} -o {name}")
        assert (done.returncode, done.stdout) == (SOME_FAILED, f"{name}\n".encode())
        assert b"18 done, 6 failed of 24" in done.stderr
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "a.csv").read_bytes() == predict(f"{words} --csv").stdout
    assert json.loads((tmp_path / "a.json").read_text()) == expected
    assert [json.loads(line) for line in (tmp_path / "a.jsonl").read_text().splitlines()] == expected
    table = pq.read_table(tmp_path / "a.parquet")
    rows = [{name: value for name, value in row.items() if value is not None} for row in table.to_pylist()]
    assert rows == expected
    assert str(table.schema.field("face_left").type) == "int64"
    assert not [path.name for path in tmp_path.iterdir() if path.suffix in (".partial", ".lock")]
    before = (tmp_path / "a.csv").stat()
    again = predict(f"{words} -o a.csv")
    assert (again.returncode, again.stdout) == (SOME_FAILED, b"a.csv\n")
    assert b"a.csv: already made, nothing to do" in again.stderr
    assert (tmp_path / "a.csv").stat() == before
    other = predict(f"{words} --crop none -o a.csv")
    assert other.returncode == USAGE
    assert b"a.csv: was made from other pictures, by another model or with other options" in other.stderr
    assert predict(f"{words} --crop none -o a.csv --overwrite").returncode == 0


@pytest.mark.usefixtures("visits")
def test_a_killed_run_is_resumed_to_the_same_file(predict, command_server, tmp_path):
    words, partial = "--pairs visits.csv -m robust", tmp_path / "a.csv.partial"
    pid = command_server.start(["predict", *words.split(), "-o", "a.csv"], tmp_path)
    while not partial.exists() or partial.read_bytes().count(b"\n") <= 8:
        time.sleep(0.01)
    os.kill(pid, signal.SIGKILL)
    assert command_server.finish().returncode == -signal.SIGKILL
    assert not (tmp_path / "a.csv").exists()
    resumed = predict(f"{words} -o a.csv")
    assert resumed.returncode == SOME_FAILED
    assert re.search(rb"a\.csv: resumed after [0-9]+ records", resumed.stderr)
    assert b"18 done, 6 failed of 24" in resumed.stderr
    predict(f"{words} -o b.csv")
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()
    again = predict(f"{words} -o a.csv")
    assert again.returncode == SOME_FAILED
    assert b"already made, nothing to do; what failed then is in its column error" in again.stderr
    table = (tmp_path / "visits.csv").read_bytes()
    assert predict(f"{words} -o visits.csv --overwrite").returncode == USAGE
    assert (tmp_path / "visits.csv").read_bytes() == table


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("-o a.txt", "--output a.txt: expected a name ending in .csv, .json, .jsonl, .parquet"),
        ("-o a.csv --csv", "--output: the name of the file says its format"),
        ("-o a.csv --picture a.png", "--output and --picture"),
        ("-o film.avi.csv --summary film.avi.csv", "--summary film.avi.csv: --output writes that file too"),
        ("--overwrite", "--overwrite replaces a file: add --output FILE"),
    ],
)
def test_what_an_output_file_excludes(predict, words, message):
    done = predict(f"pain.png -n neutral.png -m model {words}")
    assert (done.returncode, done.stdout) == (USAGE, b"")
    assert message in done.stderr.decode()


def test_a_table_says_which_of_several_faces(predict, tmp_path):
    rows = ["image,neutral,face", "two.png,neutral.png,", "two.png,neutral.png,1", "two.png,neutral.png,2"]
    (tmp_path / "visits.csv").write_text("\n".join(rows))
    both, first, second = json.loads(predict("--pairs visits.csv -m model --json").stdout)
    assert both["error"] == "2 faces found"
    assert first["face_right"] < second["face_left"]
    (tmp_path / "visits.csv").write_text("image,face\ntwo.png,left\n")
    wrong = predict("--pairs visits.csv -m robust")
    assert (wrong.returncode, wrong.stdout) == (FAILED, b"")
    assert b"visits.csv: line 2: face 'left': expected largest, or a number" in wrong.stderr


@pytest.fixture
def people(tmp_path):
    """A folder with a folder for each person: with a neutral picture, without, and without any clear face."""
    for person, pictures in {
        "ann": {"neutral.png": "neutral", "neutral-2.jpg": "pain", "a.png": "pain", "b.png": "wall"},
        "bob": {"1.png": "pain", "2.png": "neutral"},
        "cid": {"neutralised.png": "wall"},
        ".git": {"x.png": "pain"},
    }.items():
        (tmp_path / "people" / person).mkdir(parents=True)
        for name, source in pictures.items():
            (tmp_path / "people" / person / name).symlink_to(tmp_path / f"{source}.png")
    (tmp_path / "people/list.txt").write_text("ann bob cid")


@pytest.mark.usefixtures("people")
def test_a_folder_with_a_folder_for_each_person(predict, tmp_path):
    done = predict("people -m robust --csv")
    assert done.returncode == SOME_FAILED
    table = list(csv.DictReader(io.StringIO(done.stdout.decode())))
    assert [(row["person"], row["image"].removeprefix("people/")) for row in table] == [
        ("ann", "ann/a.png"),
        ("ann", "ann/b.png"),
        ("bob", "bob/1.png"),
        ("bob", "bob/2.png"),
        ("cid", "cid/neutralised.png"),
    ]
    assert [row["reference"] for row in table] == ["given", "", "none", "none", ""]
    assert b"people: 3 of 5 pictures have no neutral picture" in done.stderr
    assert b"not pictures in folders of people, ignored: people/list.txt" in done.stderr
    assert b"3 done, 2 failed of 5" in done.stderr
    (tmp_path / "same.csv").write_text(
        "image,neutral\npeople/ann/a.png,people/ann/neutral-2.jpg|people/ann/neutral.png\n"
    )
    (same,) = csv.DictReader(io.StringIO(predict("--pairs same.csv -m robust --csv").stdout.decode()))
    assert same == {name: value for name, value in table[0].items() if name != "person"}
    parts = [json.loads(predict(f"people -m robust --json --task {part}/2").stdout) for part in range(2)]
    assert [len(part) for part in parts] == [3, 2]
    (tmp_path / "people/loose.png").symlink_to(tmp_path / "pain.png")
    refused = predict("people -m robust --csv")
    assert (refused.returncode, refused.stdout) == (USAGE, b"")
    assert b"people: has folders of pictures, one for each person, and pictures beside them, such as loose.png" in (
        refused.stderr
    )


@pytest.mark.usefixtures("people")
def test_the_calmest_faces_of_each_person(predict):
    done = predict("people -m robust --neutral auto --json")
    assert done.returncode == SOME_FAILED
    records = json.loads(done.stdout)
    assert [record["image"].split("/")[-2] for record in records] == ["ann"] * 4 + ["bob"] * 2 + ["cid"]
    by_person = {"ann": [], "bob": []}
    for record in records:
        if "error" not in record:
            assert record["reference"] == "chosen"
            by_person[record["person"]].append(record["neutral"])
    assert {person: sum(flags) for person, flags in by_person.items()} == {"ann": 1, "bob": 1}
    assert b"cid: a single picture, with no calmer one to compare it with" in done.stderr
    parts = [predict(f"people -m robust --neutral auto --json --task {part}/2").stdout for part in range(2)]
    assert sorted(map(str, records)) == sorted(str(record) for part in parts for record in json.loads(part))


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("people -n neutral.png", "--neutral: people has a folder for each person"),
        ("people pain.png", "people has a folder for each person, and pain.png has not"),
    ],
)
def test_folders_of_people_exclude_other_inputs(predict, words, message):
    done = predict(f"{words} -m robust")
    assert (done.returncode, done.stdout) == (USAGE, b"")
    assert message in done.stderr.decode()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("--pairs visits.csv pain.png", "--pairs and PICTURE: the table names them"),
        ("--pairs visits.csv -n neutral.png", "--pairs and --neutral: the table names them"),
        ("pain.png --task 0/2", "--task: takes a part of --pairs, or of a folder with"),
        ("--pairs visits.csv --task 2/2", "--task 2/2: expected I/N"),
        ("--pairs visits.csv --every 2", "--every: there is no video"),
        ("--pairs visits.csv --picture pain.png", "--picture pain.png: is an input too"),
    ],
)
def test_a_table_excludes_other_inputs(predict, tmp_path, words, message):
    (tmp_path / "visits.csv").write_text("image\npain.png\n")
    done = predict(f"{words} -m robust")
    assert (done.returncode, done.stdout) == (USAGE, b"")
    assert message in done.stderr.decode()
