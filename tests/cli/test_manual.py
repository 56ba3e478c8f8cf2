import subprocess
from pathlib import Path

import pytest

from painctl.cli.completion import completions
from painctl.cli.main import COMMANDS
from painctl.cli.manual import pages
from painctl.cli.reference import read_command
from painctl.shard.schema import TABLES

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(("folder", "made"), [("man", pages()), ("completions", completions())])
def test_files_are_current(folder, made):
    committed = {path.name: path.read_text() for path in (ROOT / folder).iterdir()}
    assert committed == made, f"run `python -m painctl.cli.manual` in the project's folder and commit {folder}/"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_has_help_and_is_in_its_man_page(name):
    command = read_command(name, COMMANDS[name])
    page = pages()[f"painctl-{name}.1"].replace("\\-", "-")
    assert command.summary.endswith(".")
    assert command.example.startswith(f"painctl {name}") or f"painctl {name}" in command.example
    assert command.example in page
    for parameter in command.parameters:
        assert parameter.help, f"{name}: {parameter.names or parameter.value} has no help"
        for option in parameter.names:
            assert option in page


def test_every_column_is_in_the_shard_page():
    page = pages()["painctl-shard.5"].replace("\\-", "-")
    for table in TABLES.values():
        section = page.split(f".SH {table.name.upper()}\n")[1].split(".SH ")[0]
        for column in table.columns:
            assert f"\\fB{column.name}: " in section
            assert column.unit in section


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completions_are_valid_shell(shell):
    try:
        done = subprocess.run([shell, "-n", ROOT / f"completions/painctl.{shell}"], capture_output=True, text=True)
    except FileNotFoundError:
        pytest.skip(f"{shell} is not installed")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["painctl", "render-"], {"render-depth", "render-views"}),
        (["painctl", "rig", "--ps"], {"--pspi", "--pspi-weights"}),
        (["painctl", "texture", "--engine", "b"], {"bake"}),
    ],
)
def test_bash_completes(words, expected):
    quoted = " ".join(f"'{word}'" for word in words)
    script = (
        f"source completions/painctl.bash; COMP_WORDS=({quoted}); COMP_CWORD={len(words) - 1}; "
        "_painctl; printf '%s\\n' \"${COMPREPLY[@]}\""
    )
    done = subprocess.run(["bash", "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) == expected
