import numpy as np
import pytest

from painctl.vitpain.validation import SCORES, kept_epoch, logged, scores_of, validation_scores


def test_scores_of_a_small_example():
    scores = validation_scores(np.array([0, 0, 1, 4]), np.array([0, 2, 1, 3.0]))
    assert scores.keys() == set(SCORES)
    assert scores["MAE"] == 0.75
    assert scores["PCC"] == pytest.approx(np.corrcoef([0, 0, 1, 4], [0, 2, 1, 3])[0, 1])
    assert (scores["AUROC@1"], scores["AUROC@2"]) == (0.75, 1.0)


def test_undefined_scores_are_none():
    constant = validation_scores(np.array([1, 2]), np.array([1.5, 1.5]))
    assert constant == {"PCC": None, "MAE": 0.5, "AUROC@1": None, "AUROC@2": 0.5, "AUROC@3": None}
    assert set(validation_scores(np.array([1, 2]), np.array([1, np.nan])).values()) == {None}


def test_scores_are_in_a_row_of_the_log():
    scores = validation_scores(np.array([0, 4]), np.array([0, 3]))
    row = {f"validation_{name}": value for name, value in logged(scores).items()}
    assert scores_of(row) == scores
    assert scores_of({"validation_pcc": 0.5}) is None  # of an earlier version


def test_the_kept_epoch_has_the_least_error_on_the_validation_people():
    rows = [{"epoch": 1, "validation_pspi": 0.3}, {"epoch": 2, "validation_pspi": 0.1}, {"epoch": 3}]
    assert kept_epoch(rows)["epoch"] == 2
    assert kept_epoch(rows[2:]) is None
