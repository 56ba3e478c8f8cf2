import csv
import io
import json
from dataclasses import replace

import cv2
import numpy as np
import pytest
from sklearn.metrics import brier_score_loss

from painctl.evidence.calibration import calibration
from painctl.evidence.metrics import NAMES, pearson, scores
from painctl.evidence.pictures import roc_picture, scatter_picture
from painctl.evidence.report import report
from painctl.evidence.run import Frames, decide
from painctl.evidence.subjects import POOLED
from painctl.evidence.tables import as_csv, as_latex, for_terminal, predictions_csv
from painctl.files.names import parse_csv_text


def test_a_report_is_computed_from_the_frames(run):
    folds = run()
    result = report(folds, resamples=200)
    assert list(result.folds) == [scores(fold.frames.pspi, fold.frames.estimate, fold.cuts) for fold in folds]
    f1 = [row["F1@2"] for row in result.folds]
    assert result.summary["F1@2"] == pytest.approx((np.mean(f1), np.std(f1, ddof=1), 5))
    pspi, estimate, subject = (
        np.concatenate([getattr(fold.frames, name) for fold in folds]) for name in ("pspi", "estimate", "subject")
    )
    value, low, high = result.pooled["PCC"]
    assert value == pytest.approx(pearson(pspi, estimate))
    assert low < value < high
    assert result.by_subject["004"] == pytest.approx(pearson(pspi[subject == "004"], estimate[subject == "004"]))
    groups = result.by_group["age_group"]
    assert groups["young"]["frames"] + groups["elderly"]["frames"] == len(pspi)
    young = np.concatenate([fold.frames.groups["age_group"] == "young" for fold in folds])
    assert groups["young"]["MAE"] == pytest.approx(abs(pspi - estimate)[young].mean())
    json.loads(json.dumps(result.as_record(), allow_nan=False))


def test_a_fold_without_pain_is_reported_and_not_averaged_as_zero(run):
    folds = run()
    calm = np.zeros_like(folds[1].frames.pspi)
    folds[1] = replace(folds[1], frames=replace(folds[1].frames, pspi=calm))
    result = report(folds, resamples=50)
    assert result.summary["F1@1"][2] == result.summary["AUROC@3"][2] == 4
    assert result.summary["F1@1"][0] == pytest.approx(np.mean([result.folds[i]["F1@1"] for i in (0, 2, 3, 4)]))
    assert any("(4 of 5 folds)" in line for line in for_terminal(result))


def test_a_score_defined_in_one_fold_has_no_deviation(run):
    folds = run(of=2)
    folds[1] = replace(folds[1], frames=replace(folds[1].frames, pspi=np.zeros_like(folds[1].frames.pspi)))
    result = report(folds, resamples=50)
    text = "\n".join([*for_terminal(result), as_latex(result, "one")])
    assert f"{result.folds[0]['F1@1']:.3f} (1 of 2 folds)" in text
    assert f"${result.folds[0]['F1@1']:.3f}$" in text
    assert "nan" not in text


def test_calibration():
    rng = np.random.default_rng(0)
    probability = rng.random(4000)
    probability **= 3  # far more frames in the lowest bin than in the highest
    positive = rng.random(4000) < probability
    estimate = rng.random(4000) * 10
    result = calibration(2 * estimate + 1, estimate, positive, probability)
    assert result["Brier"] == pytest.approx(brier_score_loss(positive, probability))
    bins = np.minimum((10 * probability).astype(int), 9)
    gaps = [abs(probability[bins == b].mean() - positive[bins == b].mean()) * (bins == b).mean() for b in range(10)]
    assert result["ECE"] == pytest.approx(sum(gaps))
    assert (result["slope"], result["intercept"]) == pytest.approx((2, 1))
    assert calibration(estimate, estimate, positive, np.ones(4000))["ECE"] == pytest.approx(1 - positive.mean())


def test_tables(run):
    folds = run()
    result = report(folds, resamples=50)
    rows = list(csv.DictReader(io.StringIO(as_csv(result))))
    assert [row["row"] for row in rows][:6] == ["fold 1", "fold 2", "fold 3", "fold 4", "fold 5", "mean"]
    assert set(rows[0]) == {"row", *POOLED}
    assert float(rows[5]["AUROC@1"]) == pytest.approx(result.summary["AUROC@1"][0], abs=1e-6)
    frames = list(csv.DictReader(io.StringIO(predictions_csv(folds))))
    assert len(frames) == 300
    assert float(frames[0]["probability>=1"]) == pytest.approx(folds[0].frames.probability["1"][0], abs=1e-4)
    latex = as_latex(result, "a_b & c")
    assert r"a\_b \& c" in latex
    assert latex.count("pm") == 6
    assert f"{result.pooled['PCC'][0]:.3f}" in latex
    text = "\n".join(for_terminal(result))
    assert all(name in text for name in (*NAMES, "ICC(3,1)", "calibration", "age_group young"))


def test_figures_are_drawn_and_reproducible(run):
    frames = Frames.joined([fold.frames for fold in run()])
    for draw in (roc_picture, scatter_picture):
        data = draw(frames)
        assert data == draw(frames)
        assert cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR).shape[0] > 600
    calm = replace(frames, pspi=np.zeros(300), decisions=decide(frames.estimate, {1: 1, 2: 1, 3: 1}), probability={})
    assert roc_picture(calm)
    assert scatter_picture(calm)


def test_no_name_in_the_table_of_predictions_is_a_formula(run):
    folds = run()
    frames = folds[0].frames
    subject, frame = np.full(len(frames.subject), "=1+1"), np.char.add("@", frames.frame)
    odd = replace(folds[0], frames=replace(frames, subject=subject, frame=frame))
    rows = list(csv.DictReader(io.StringIO(predictions_csv([odd]))))
    assert {row["subject"] for row in rows} == {"'=1+1"}
    assert [parse_csv_text(row["frame"]) for row in rows] == [f"@{name}" for name in frames.frame]
