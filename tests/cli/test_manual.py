import re
import shutil
import subprocess
import unicodedata
from pathlib import Path

import pytest

from painctl.cli.completion import completions
from painctl.cli.main import COMMANDS
from painctl.cli.manual import _filled, _verbatim, pages
from painctl.cli.reference import read_command
from painctl.shard.schema import TABLES

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(("folder", "made"), [("man", pages()), ("completions", completions())])
def test_files_are_current(folder, made):
    files = (path for path in (ROOT / folder).rglob("*") if path.is_file())
    committed = {str(path.relative_to(ROOT / folder)): path.read_text() for path in files}
    assert committed == made, f"run `python -m painctl.cli.manual` in the project's folder and commit {folder}/"


def plain(page):
    for roff, character in (("\\-", "-"), ("\\(aq", "'"), ("\\(ti", "~"), ("\\(ga", "`"), ("\\(ha", "^")):
        page = page.replace(roff, character)
    return page


RENDERERS = {
    "groff": ["groff", "-man", "-Tutf8", "-Kutf8", "-ww", "-P-c", "-P-b", "-P-u", "-rLL=2000n"],
    "mandoc": ["mandoc", "-Tutf8", "-Owidth=1000"],
}


def rendered(renderer, text):
    """A page as plain text on one line; the warnings are an error."""
    if shutil.which(renderer) is None:
        pytest.skip(f"{renderer} is not installed")
    done = subprocess.run(RENDERERS[renderer], input=text, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    plain = re.sub(r".\x08|\x1b\[[\d;]*m", "", done.stdout)
    return " ".join(unicodedata.normalize("NFKC", plain).split())


def as_shown(text):
    return " ".join(unicodedata.normalize("NFKC", text).split())


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("renderer", RENDERERS)
def test_a_page_shows_every_word_of_the_help(renderer, name):
    command = read_command(name, COMMANDS[name])
    page = rendered(renderer, pages()[f"man1/painctl-{name}.1"])
    for text in (command.summary, *command.paragraphs, command.example):
        assert as_shown(text) in page
    for parameter in command.parameters:
        assert as_shown(parameter.help) in page
        assert as_shown(", ".join(parameter.names)) in page


@pytest.mark.parametrize("renderer", RENDERERS)
def test_text_that_looks_like_roff_is_shown_as_it_is(renderer):
    lines = [".frames of it", "'quoted' \\fBnot bold\\fR and \\(aq", "--two-words --", '`run ^x ~y` "z"', "...", "a\\"]
    page = rendered(
        renderer, "\n".join(['.TH "T" "1"', ".SH A", _filled(" ".join(lines)), ".SH B", _verbatim("\n".join(lines))])
    )
    assert page.count(as_shown(" ".join(lines))) == 2
    starts = [f"{'x' * 98} {line}" for line in lines]  # each comes to stand at the start of a line
    for text in starts:
        assert as_shown(text) in rendered(renderer, "\n".join(['.TH "T" "1"', ".SH A", _filled(text)]))


@pytest.mark.parametrize("page", pages())
def test_linters_have_no_warning(page):
    if shutil.which("mandoc") is None:
        pytest.skip("mandoc is not installed")
    done = subprocess.run(["mandoc", "-Tlint", "-Wwarning", ROOT / "man" / page], capture_output=True, text=True)
    # a date would change with every release and say nothing that the version does not
    assert [line for line in done.stdout.splitlines() if "missing date" not in line] == []


def test_the_overview_has_every_variable_and_every_exit_code():
    source = "\n".join(path.read_text() for path in (ROOT / "painctl").rglob("*.py"))
    variables = {
        *re.findall(r'"(PAINCTL_[A-Z_]+)"', source),
        *re.findall(r'environ\b[^"\n]*"([A-Z][A-Z_]+[A-Z])"', source),
    }
    codes = {"0", "1", "2", "3", "129", "130", "138", "141", "143"}
    page = pages()["man1/painctl.1"]
    environment, status = (page.split(f".SH {name}\n")[1].split(".SH ")[0] for name in ("ENVIRONMENT", "EXIT STATUS"))
    named = {name.replace("SLURM_ARRAY_TASK", "") for name in variables}
    assert len(variables) > 8
    of_libraries = ("ANNY_", "OPENBLAS_", "TORCH", "TRANSFORMERS_")  # set by painctl, not for users
    assert [name for name in named if name not in environment and not name.startswith(of_libraries)] == []
    assert codes <= set(re.findall(r"\d+", " ".join(re.findall(r"\\fB(.*?)\\fR", status))))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_has_help_and_is_in_its_man_page(name):
    command = read_command(name, COMMANDS[name])
    page = plain(pages()[f"man1/painctl-{name}.1"])
    assert command.summary.endswith(".")
    assert command.example.startswith(f"painctl {name}") or f"painctl {name}" in command.example
    assert command.example in page
    for parameter in command.parameters:
        assert parameter.help, f"{name}: {parameter.names or parameter.value} has no help"
        for option in parameter.names:
            assert option in page


def test_every_column_is_in_the_shard_page():
    page = plain(pages()["man5/painctl-shard.5"])
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


def test_a_default_of_zero_is_shown():
    seed = next(p for p in read_command("rig-train", COMMANDS["rig-train"]).parameters if "--seed" in p.names)
    assert seed.default == "0"
