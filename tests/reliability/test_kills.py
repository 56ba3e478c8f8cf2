"""A few stops of the quick stages; tests/reliability/run.py makes hundreds, of all stages."""

import signal

import pytest
from kills import STAGES, Chain, trials

QUICK = [stage for stage in STAGES if stage.name in ("sample-ids", "render-depth", "a pipe")]


@pytest.fixture(scope="module")
def chain(head, tmp_path_factory):
    return Chain(tmp_path_factory.mktemp("unbroken")).make(*(stage.name for stage in QUICK))


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1])
@pytest.mark.parametrize("stage", QUICK, ids=lambda stage: stage.name)
def test_a_rerun_after_a_stop_gives_the_same_output(chain, tmp_path, stage, number):
    assert [trial.fault for trial in trials(chain, stage, number, 2, tmp_path, seed=1)] == ["", ""]
