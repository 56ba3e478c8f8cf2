import pytest
from made_steps import Reports

from painctl.runs.progress import EpochLines, Pace, epoch_text


def test_the_remaining_time_is_at_the_speed_of_this_process():
    now = [50.0]
    pace = Pace(10, lambda: now[0])
    pace.skip(4)
    now[0] += 40
    assert pace.step() == "0:00:40 elapsed, 0:03:20 remaining"
    now[0] += 3600
    assert pace.step() == "1:00:40 elapsed, 2:01:20 remaining"
    for _ in range(4):
        last = pace.step()
    assert last == "1:00:40 elapsed, 0:00:00 remaining"


@pytest.mark.parametrize("pcc", [None, 0.25])
def test_an_epoch_is_described_by_its_loss_and_its_score(pcc):
    row = {"epoch": 2, "loss": 1.5, "validation_pcc": pcc}
    assert epoch_text(row, 3) == "epoch 2 of 3, loss 1.500" + (", validation PCC 0.250" if pcc else "")


def test_a_resumed_training_appends_and_repeats_no_line(tmp_path):
    """Killed after epoch 3, with a state saved after epoch 2."""
    file, reports = tmp_path / "fold-1.log", Reports()
    lines = EpochLines(reports, 4)
    lines.begin(0, file)
    for epoch in (1, 2, 3):
        lines.epoch(f"epoch {epoch} of 4")
    first = file.read_text().splitlines()
    resumed = Reports()
    again = EpochLines(resumed, 4)
    again.begin(2, file)
    for epoch in (1, 2, 3, 4):
        again.epoch(f"epoch {epoch} of 4")
    again.note("tested")
    assert [line.split(",")[0] for line in resumed.lines] == ["epoch 3 of 4", "epoch 4 of 4", "tested"]
    assert resumed.ticks == 4
    text = file.read_text().splitlines()
    assert [line[20:].split(",")[0] for line in text] == [*(f"epoch {n} of 4" for n in (1, 2, 3, 4)), "tested"]
    assert text[:2] == first[:2]  # with their times


def test_a_training_that_starts_again_starts_its_log_again(tmp_path):
    file = tmp_path / "fold-1.log"
    file.write_text("an earlier training\n")
    lines = EpochLines(Reports(), 1)
    lines.begin(0, file)
    lines.epoch("epoch 1 of 1")
    assert file.read_text().count("\n") == 1
    assert "earlier" not in file.read_text()
