"""cv across datasets, in process: interrupted, resumed and refused."""

import pytest
from conftest import toy_person, write_toy_shard
from made_steps import Reports, pack_options

from painctl.cli.training import TrainingOptions
from painctl.dataset.gather import plan_dataset
from painctl.dataset.opening import open_data, require_other_people
from painctl.stages.cv import run_across
from painctl.stages.pack import write


class Interrupted(BaseException):
    pass


class Interrupting(Reports):
    """Raises `Interrupted` at the end of the second epoch, as a signal does."""

    def tick(self):
        super().tick()
        if self.ticks == 2:
            raise Interrupted


@pytest.fixture
def others(tmp_path):
    """A packed dataset of four people of another seed."""
    people = write_toy_shard(tmp_path / "others-people.h5", [toy_person(index, seed=8) for index in range(4)])
    write(plan_dataset([people], pack_options(ratios=(50, 25, 25))), tmp_path / "others.h5", "h5")
    return tmp_path / "others.h5"


def test_an_interrupted_training_is_resumed_to_the_same_bytes_with_each_epoch_once(dataset_file, others, tmp_path):
    training = TrainingOptions(epochs=3, device="cpu", save_every=0)

    def run(folder, reports):
        run_across(dataset_file, others, tmp_path / folder, training.request(), training.data(), reports)
        return reports.lines

    whole = run("whole", Reports())
    with pytest.raises(Interrupted):
        run("parts", Interrupting())
    assert not (tmp_path / "parts/fold-1.json").exists()
    resumed = run("parts", Reports())
    assert (tmp_path / "parts/fold-1.json").read_bytes() == (tmp_path / "whole/fold-1.json").read_bytes()

    def epochs(lines):
        return [line.partition("epoch ")[2][:6] for line in lines if "epoch" in line]

    assert epochs(whole) == ["1 of 3", "2 of 3", "3 of 3"]
    assert epochs(resumed) in (["2 of 3", "3 of 3"], ["3 of 3"])  # the second was interrupted while it was reported
    logs = [(tmp_path / folder / "fold-1.log").read_text().splitlines() for folder in ("whole", "parts")]
    assert epochs(logs[0]) == epochs(logs[1]) == epochs(whole)
    assert run("parts", Reports()) == []


def test_datasets_that_share_people_are_refused(dataset_file, others, packed):
    with open_data(dataset_file) as data, open_data(others) as other, open_data(packed) as same:
        require_other_people(data, other)
        with pytest.raises(ValueError, match=r"dataset\.h5: the same frames and labels as .*dataset\.h5"):
            require_other_people(data, same)


def test_people_of_one_seed_are_the_same_people_whatever_was_rendered(dataset_file, tmp_path):
    people = write_toy_shard(tmp_path / "again-people.h5", [toy_person(index, pain=2) for index in (5, 20)])
    write(plan_dataset([people], pack_options(ratios=(50, 25, 25))), tmp_path / "again.h5", "h5")
    words = r"again\.h5: has people of .*dataset\.h5 \(s7-00005; 1 in all\)"
    with (
        open_data(dataset_file) as data,
        open_data(tmp_path / "again.h5") as again,
        pytest.raises(ValueError, match=words),
    ):
        require_other_people(data, again)
