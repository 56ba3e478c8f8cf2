"""A mutation or two of every kind of input; tests/reliability/run.py fuzz makes two thousand."""

import pytest
from fuzz_inputs import KINDS, cases, prepare, targets


@pytest.fixture(scope="module")
def prepared(head, tmp_path_factory):
    folder = tmp_path_factory.mktemp("prepared")
    prepare(folder)
    return folder


@pytest.mark.parametrize("kind", KINDS)
def test_hostile_files_end_with_an_error_or_a_result(prepared, kind):
    chosen = [target for target in targets(prepared) if target.kind == kind]
    done = [case for target in chosen for case in cases(prepared, target, [0], seed=2)]
    assert len(done) == len(chosen) > 0
    assert {f"{case.target.file} {case.number}": case.fault for case in done if case.fault} == {}
