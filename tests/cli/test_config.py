"""--config and PAINCTL_ variables: what they set, which of them wins, and what they are refused for."""

import os
import shlex
from pathlib import Path

import pytest

from painctl.cli.errors import run_guarded
from painctl.cli.main import COMMANDS, app
from painctl.cli.reference import read_command
from painctl.cli.sources import effective_words


@pytest.fixture
def typed(tmp_path, monkeypatch, capsys):
    """Run a command line, with a file run.yaml of this text; returns the exit code and the lines on stderr."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("PAINCTL_") and name != "PAINCTL_CACHE"]:
        monkeypatch.delenv(name)

    def run(words, text="", variables=()):
        Path("run.yaml").write_text(text)
        for name, value in dict(variables).items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr("sys.argv", ["painctl", *words.split()])
        code = run_guarded(lambda: app(words.split(), standalone_mode=False))
        return code, capsys.readouterr().err

    return run


@pytest.mark.parametrize(
    ("words", "text", "message"),
    [
        ("rig", "expresions: 3", "run.yaml:1: expresions: not an option of painctl rig; did you mean expressions?"),
        ("rig", "seed: 1\nyaw: 3", "run.yaml:1: seed: not an option of painctl rig"),
        ("rig", "yaw: 3", "run.yaml:1: yaw: not an option of painctl rig, but of painctl render-views"),
        ("rig", "zzz: 3", "run.yaml:1: zzz: not an option of painctl rig; painctl rig --help lists them"),
        ("rig", "command: cv\nfolds: 3", "run.yaml: is for painctl cv, not for painctl rig"),
        ("rig", "version: 9.9\nzzz: 3", "--help lists them; it was written for painctl 9.9"),
        ("rig", "pspi: 3\npspi: 4", "run.yaml:2: pspi: is given twice"),
        ("rig", "pspi: {a: 4}", "run.yaml:1: pspi: expected text, a number, or a list of them"),
        ("rig", "pspi: !!python/object/apply:os.system ['touch made']", "run.yaml:1: not valid YAML|expected text"),
        ("rig", "- pspi", "run.yaml: expected lines such as `seed: 7`"),
        ("rig", "pspi: [4", "run.yaml:1: not valid YAML|run.yaml:2: not valid YAML"),
        ("rig", "pspi: 4\n---\npspi: 5", "run.yaml:2: not valid YAML"),
        ("rig", "[" * 5000, "run.yaml: not valid YAML: nested too deeply"),
        ("rig", "config: other.yaml", "run.yaml:1: config: not an option"),
        (
            "rig",
            "\nexpressions: 0",
            "run.yaml, line 2: Invalid value for '--expressions' / '-k': '0' is not an integer",
        ),
        ("rig --expressions 99999", "", "'99999' is not an integer from 1 to 10000."),
        ("rig --expressions x", "", "'x' is not an integer from 1 to 10000."),
        ("render-views --jitter nan", "", "'nan' is not a number from 0 to 15."),
        ("sample-ids --seed -1", "", "'-1' is not an integer from 0 to 9223372036854775807."),
        ("rig", "quiet: yes\nverbose: on", "--quiet and --verbose cannot be combined"),
        ("rig", "engine: q", "run.yaml, line 1: Invalid value for '--engine': 'q' is not one of"),
    ],
)
def test_what_is_wrong_with_a_file_is_named(typed, words, text, message):
    code, stderr = typed(f"{words} a.h5 -o b.h5 --config run.yaml", text)
    assert code == 2
    assert any(part in stderr for part in message.split("|")), stderr
    assert stderr.count("\n") == 1
    assert not Path("made").exists()


def test_a_file_of_another_version_is_used_and_reported(typed):
    code, stderr = typed("rig a.h5 -o b.h5 --config run.yaml", "version: 9.9\npspi: 99")
    assert code == 2
    assert stderr.startswith("painctl rig: run.yaml: was written for painctl 9.9, and this is ")
    assert "--pspi 99: " in stderr
    assert "9.9" not in typed("rig a.h5 -o b.h5 --quiet --config run.yaml", "version: 9.9\npspi: 99")[1]


def test_a_missing_file_is_named(typed):
    assert typed("rig --config no.yaml") == (1, "painctl rig: no.yaml: no such file or directory\n")


@pytest.mark.parametrize(
    ("words", "text", "variables", "value"),
    [
        ("", "pspi: 99", {}, "99"),
        ("", "pspi: 4:99", {}, "4:99"),  # 339 to YAML
        ("", "pspi: [4, 99]", {}, "4,99"),
        ("", "pspi: 99", {"PAINCTL_RIG_PSPI": "98"}, "98"),
        ("--pspi 97", "pspi: 99", {"PAINCTL_RIG_PSPI": "98"}, "97"),
        ("", "pspi:\n# nothing", {"PAINCTL_RIG_PSPI": "98"}, "98"),
    ],
)
def test_the_command_line_wins_over_a_variable_and_a_variable_over_a_file(typed, words, text, variables, value):
    """Each value is impossible, so that the error shows which one was used."""
    code, stderr = typed(f"rig a.h5 -o b.h5 --config run.yaml {words}", text, variables)
    assert code == 2
    assert f"--pspi {value}: " in stderr


def test_a_recorded_command_has_what_a_file_and_variables_set(typed):
    text, variables = "people: 3\noverwrite: yes\nsteps: 9", {"PAINCTL_RIG_TRAIN_SEED": "4"}
    typed("rig-train --steps 5 --config run.yaml -o no/rig.safetensors", text, variables)
    assert shlex.join(effective_words()) == ("--steps 5 -o no/rig.safetensors --people 3 --seed 4 --overwrite")


def test_an_invalid_variable_is_named(typed):
    code, stderr = typed("render-depth a.h5 -o b.h5", variables={"PAINCTL_RENDER_DEPTH_SIZE": "5"})
    assert code == 2
    assert "environment variable PAINCTL_RENDER_DEPTH_SIZE: Invalid value for '--size': '5' is not an int" in stderr


def test_every_variable_sets_one_option_and_none_sets_what_a_run_reads_or_writes():
    owners = {}
    for name, function in COMMANDS.items():
        for parameter in read_command(name, function).parameters:
            for variable in parameter.variables:
                owners.setdefault(variable, set()).add(parameter.names[0].strip("-"))
    assert all(len(options) == 1 for options in owners.values())
    assert {"PAINCTL_RIG_ENGINE", "PAINCTL_QUIET", "PAINCTL_CV_SEED"} <= owners.keys()
    forbidden = ("_OUTPUT", "_OVERWRITE", "_ALLOW_DOWNLOAD", "_ACCEPT_LICENCE")
    assert not [name for name in owners if name.endswith(forbidden)]


def test_a_file_gives_the_shard_of_the_same_words(painctl, tmp_path):
    (tmp_path / "run.yaml").write_text("command: sample-ids\nnumber: 1\nseed: 5\ndemographics: 3dpain\n")
    assert (
        painctl(*["sample-ids", "-n", "1", "--seed", "5", "--demographics", "3dpain", "-o", "words.h5"]).returncode == 0
    )
    done = painctl(*["sample-ids", "--config", "run.yaml", "-o", "file.h5", "-v"])
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "words.h5").read_bytes() == (tmp_path / "file.h5").read_bytes()
    assert "painctl sample-ids: --seed 5 (run.yaml, line 3)\n" in done.stderr
    assert "painctl sample-ids: --output file.h5 (command line)\n" in done.stderr
    assert "file.h5: made in " in done.stderr


def test_quiet_leaves_errors_and_data(painctl, tmp_path):
    assert painctl("sample-ids", "-n", "1", "-o", "ids/").returncode == 0
    (name,) = (path.name for path in (tmp_path / "ids").iterdir())
    again = painctl("sample-ids", "-n", "1", "-o", "ids/")
    quiet = painctl("sample-ids", "-n", "1", "-o", "ids/", "--quiet")
    assert again.stderr.endswith("0 done, 1 skipped, 0 failed of 1\n")
    assert (quiet.stdout, quiet.stderr) == (f"ids/{name}\n", "")
    assert painctl("render-depth", "no.h5", "-o", "b.h5", "-q").stderr == (
        "painctl render-depth: no.h5: no such file or directory\n"
    )


def test_of_options_that_exclude_each_other_the_command_line_wins(painctl, tmp_path, monkeypatch):
    (tmp_path / "loud.yaml").write_text("verbose: true\n")
    monkeypatch.setenv("PAINCTL_VERBOSE", "1")
    for words in ("-q", "-q --config loud.yaml"):
        assert painctl("sample-ids", "-n", "1", "-o", "ids.h5", *words.split()).stderr == ""
    monkeypatch.setenv("PAINCTL_QUIET", "1")
    assert "--quiet and --verbose cannot be combined" in painctl("sample-ids", "-n", "1", "-o", "ids.h5").stderr


@pytest.mark.parametrize(
    ("words", "variables", "threads"),
    [
        ("", {"OMP_NUM_THREADS": ""}, "1"),  # the compact network
        ("", {"OMP_NUM_THREADS": "2"}, "2"),
        ("--threads 3", {"OMP_NUM_THREADS": "2"}, "3"),
        ("", {"OMP_NUM_THREADS": "2", "PAINCTL_THREADS": "3"}, "3"),
        ("", {"OMP_NUM_THREADS": "2", "PAINCTL_THREADS": "3", "PAINCTL_PRETRAIN_THREADS": "4"}, "4"),
        ("--backbone S", {"OMP_NUM_THREADS": ""}, ""),  # all cores
    ],
)
def test_threads_are_those_of_the_option_or_of_openmp(typed, monkeypatch, words, variables, threads):
    torch = pytest.importorskip("torch")
    before = torch.get_num_threads()
    try:
        typed(f"pretrain nowhere.h5 -o model {words}", variables={"MKL_NUM_THREADS": "", **variables})
        assert os.environ["OMP_NUM_THREADS"] == threads
        assert torch.get_num_threads() == (int(threads) if os.environ["MKL_NUM_THREADS"] else before)
    finally:
        torch.set_num_threads(before)
