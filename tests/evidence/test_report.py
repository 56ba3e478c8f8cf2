import csv
import io
import json
from dataclasses import replace

import cv2
import numpy as np
import pytest
from sklearn.metrics import average_precision_score, brier_score_loss, confusion_matrix, f1_score

from painctl.evidence.baselines import MEDIAN, PAIN
from painctl.evidence.calibration import calibration
from painctl.evidence.metrics import LEVELS, SCORES, pearson
from painctl.evidence.pictures import figure_files
from painctl.evidence.report import report
from painctl.evidence.run import Frames, decide
from painctl.evidence.tables import (
    as_csv,
    as_latex,
    confusion_csv,
    for_comparison,
    for_terminal,
    groups_csv,
    predictions_csv,
    units_csv,
)
from painctl.evidence.units import UNIT_SCORES
from painctl.files.names import parse_csv_text
from painctl.plots.themes import LIGHT


def test_a_report_is_computed_from_the_frames(run):
    folds = run()
    result = report(folds, resamples=200)
    assert list(result.pooled) == [*result.summary] == [*SCORES]
    for row, fold in zip(result.folds, folds, strict=True):
        assert row["F1@2"] == pytest.approx(f1_score(fold.frames.pspi >= 2, fold.frames.decisions[1]))
        assert row["AUPRC@3"] == pytest.approx(average_precision_score(fold.frames.pspi >= 3, fold.frames.estimate))
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
    assert any(line.startswith("F1@1") and "(4)" in line for line in for_terminal(result))


def test_a_score_defined_in_one_fold_has_no_deviation(run):
    folds = run(of=2)
    folds[1] = replace(folds[1], frames=replace(folds[1].frames, pspi=np.zeros_like(folds[1].frames.pspi)))
    result = report(folds, resamples=50)
    text = "\n".join([*for_terminal(result), as_latex(result, "one")])
    assert f"{result.folds[0]['F1@1']:.3f} (1)" in text
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
    assert set(rows[0]) == {"row", *SCORES}
    assert float(rows[5]["AUROC@1"]) == pytest.approx(result.summary["AUROC@1"][0], abs=1e-6)
    frames = list(csv.DictReader(io.StringIO(predictions_csv(folds))))
    assert len(frames) == 300
    assert float(frames[0]["probability>=1"]) == pytest.approx(folds[0].frames.probability["1"][0], abs=1e-6)
    latex = as_latex(result, "a_b & c")
    assert r"a\_b \& c" in latex
    assert latex.count("pm") == 6
    assert f"{result.pooled['PCC'][0]:.3f}" in latex
    text = "\n".join(for_terminal(result))
    assert all(name in text for name in (*SCORES, "calibration", "age_group young", "AU4", MEDIAN, PAIN))


def table(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_confusion_matrices_are_sklearns(run):
    folds = run()
    result, rows = report(folds, resamples=50), table(confusion_csv(report(folds, resamples=50)))
    assert len(rows) == 18
    for row in rows[:15]:
        fold, level = folds[int(row["row"][5:]) - 1], int(row["level"])
        assert float(row["threshold"]) == fold.cuts[level]
        expected = confusion_matrix(fold.frames.pspi >= level, fold.frames.decisions[level - 1]).ravel()
        assert [int(row[cell]) for cell in ("TN", "FP", "FN", "TP")] == expected.tolist()
    for row in rows[15:]:
        level, cells = row["level"], ("TP", "FP", "FN", "TN")
        assert [int(row[cell]) for cell in cells] == [
            sum(int(other[cell]) for other in rows[:15] if other["level"] == level) for cell in cells
        ]
    assert result.as_record()["confusion"]["2"]["cuts"] == [fold.cuts[2] for fold in folds]


def test_baselines_are_fitted_to_the_training_people_of_each_fold(run):
    folds = [replace(fold, median=float(fold.fold % 3)) for fold in run()]
    values = report(folds, resamples=50).baselines
    pspi = np.concatenate([fold.frames.pspi for fold in folds])
    medians = np.concatenate([np.full(len(fold.frames.pspi), fold.fold % 3) for fold in folds])
    assert values[MEDIAN]["MAE"] == pytest.approx(abs(pspi - medians).mean())
    assert values[MEDIAN]["RMSE"] == pytest.approx(np.sqrt(((pspi - medians) ** 2).mean()))
    share = {level: (pspi >= level).mean() for level in LEVELS}
    for level in LEVELS:
        assert values[MEDIAN][f"F1@{level}"] == pytest.approx(f1_score(pspi >= level, medians >= level))
        assert values[PAIN][f"F1@{level}"] == pytest.approx(2 * share[level] / (1 + share[level]))
        assert values[PAIN][f"AUPRC@{level}"] == pytest.approx(share[level])
        assert values[PAIN][f"BA@{level}"] == values[PAIN][f"AUROC@{level}"] == 0.5
    assert not {"PCC", "CCC", "ICC(3,1)"} & {*values[MEDIAN], *values[PAIN]}  # of a constant


def test_units_are_scored_on_the_frames_with_their_label(run):
    folds = run()
    result = report(folds, resamples=200)
    (row,) = table(units_csv(result))  # AU7 has no labels
    frames = Frames.joined([fold.frames for fold in folds])
    labelled = np.isfinite(frames.labels["AU4"])
    label, estimate = frames.labels["AU4"][labelled], frames.aus["AU4"][labelled]
    assert (row["unit"], int(row["frames"]), int(row["present"])) == ("AU4", labelled.sum(), (label >= 1).sum())
    assert 0 < labelled.sum() < 300
    variances = np.var(label) + np.var(estimate)
    expected = {
        "PCC": pearson(label, estimate),
        "ICC(3,1)": 2 * np.cov(label, estimate, ddof=0)[0, 1] / variances,
        "MAE": abs(label - estimate).mean(),
        "MSE": ((label - estimate) ** 2).mean(),
        "F1@1": f1_score(label >= 1, estimate >= 0.5),
    }
    assert {name: float(row[name]) for name in UNIT_SCORES} == pytest.approx(expected, abs=1e-6)
    assert all(float(row[f"{name} 2.5 %"]) < float(row[name]) < float(row[f"{name} 97.5 %"]) for name in UNIT_SCORES)
    unlabelled = [replace(fold, frames=replace(fold.frames, labels={})) for fold in folds]
    assert report(unlabelled, resamples=50).action_units == {}
    assert not any("label" in name for name in table(predictions_csv(unlabelled))[0])


def test_the_scores_can_be_computed_from_the_table_of_predictions(run):
    folds = run()
    rows, cuts = table(predictions_csv(folds)), table(confusion_csv(report(folds, resamples=50)))
    threshold = {(row["row"], int(row["level"])): float(row["threshold"] or "nan") for row in cuts}
    pspi, estimate = (np.array([float(row[name]) for row in rows]) for name in ("pspi", "estimate"))
    result = report(folds, resamples=50)
    for level in LEVELS:
        at = np.array([threshold[f"fold {row['fold']}", level] for row in rows])
        assert f1_score(pspi >= level, estimate >= at) == pytest.approx(result.pooled[f"F1@{level}"][0])
        assert average_precision_score(pspi >= level, estimate) == pytest.approx(result.pooled[f"AUPRC@{level}"][0])
    labelled = [row for row in rows if row["AU4_label"]]
    error = np.array([float(row["AU4"]) - float(row["AU4_label"]) for row in labelled])
    assert (error**2).mean() == pytest.approx(result.action_units["AU4"].scores["MSE"][0])
    groups = {(row["group"], row["value"]): row for row in table(groups_csv(result))}
    assert set(groups) == {("age_group", "young"), ("age_group", "elderly")}
    assert float(groups["age_group", "young"]["RMSE"]) == pytest.approx(result.by_group["age_group"]["young"]["RMSE"])


@pytest.mark.parametrize("width", [None, 80, 40])
def test_the_report_fits_the_terminal(run, width):
    result = report(run(of=3), resamples=50)
    lines = for_terminal(result, width)
    assert sum(line.startswith("PCC ") for line in lines) == (3 if width == 40 else 2)
    assert max(map(len, lines)) <= (width or 250)
    comparison = for_comparison({"PCC": {"first": 0.5, "second": -0.1, "p": 0.03, "test": "DeLong"}}, "a", "b", width)
    assert max(map(len, comparison)) <= (width or 100)
    assert "-0.600" in "\n".join(comparison)


def test_figures_are_drawn_and_reproducible(run):
    frames = Frames.joined([fold.frames for fold in run()])
    files = figure_files(frames, LIGHT)
    assert files == figure_files(frames, LIGHT)
    for name in ("roc.png", "scatter.png"):
        assert cv2.imdecode(np.frombuffer(files[name], np.uint8), cv2.IMREAD_COLOR).shape[0] > 600
    calm = replace(frames, pspi=np.zeros(300), decisions=decide(frames.estimate, {1: 1, 2: 1, 3: 1}), probability={})
    assert figure_files(calm, LIGHT).keys() == files.keys()


def test_no_name_in_the_table_of_predictions_is_a_formula(run):
    folds = run()
    frames = folds[0].frames
    subject, frame = np.full(len(frames.subject), "=1+1"), np.char.add("@", frames.frame)
    odd = replace(folds[0], frames=replace(frames, subject=subject, frame=frame))
    rows = list(csv.DictReader(io.StringIO(predictions_csv([odd]))))
    assert {row["subject"] for row in rows} == {"'=1+1"}
    assert [parse_csv_text(row["frame"]) for row in rows] == [f"@{name}" for name in frames.frame]
