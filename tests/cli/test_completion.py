"""Completion as typed: a real shell in a pseudo-terminal, a Tab, and the arguments that painctl is then called with."""

import os
import pty
import re
import select
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHARED_DATA = re.compile(r'^"(.+)" = "(.+)"$', re.MULTILINE)
SCRIPT = ROOT / "completions/painctl"
SAVE = """printf '%s\\0' "$@" > "$SAVED.part"; mv "$SAVED.part" "$SAVED"; """
BASH = f"painctl() {{ {SAVE} }}\nbind 'set bell-style none'\n"
ZSH = f"painctl() {{ {SAVE} }}\nunsetopt beep\n"
INSTALLED = "../prefix/share"  # as the wheel installs it
LOADER = "/usr/share/bash-completion/bash_completion"  # loads a script at the first Tab of its command
FISH = "function painctl; printf '%s\\0' $argv > $SAVED.part; mv $SAVED.part $SAVED; end\n"
# how each shell is started, and the lines it is given before the one with the Tab
SHELLS = {
    "bash": (["bash", "--norc", "--noprofile", "-i"], f"{BASH}source {SCRIPT}.bash\n"),
    "zsh": (["zsh", "-f", "-i"], f"{ZSH}autoload -Uz compinit; compinit -D -u\nsource {SCRIPT}.zsh\n"),
    "zsh, before compinit": (["zsh", "-f", "-i"], f"{ZSH}source {SCRIPT}.zsh; autoload -Uz compinit; compinit -D -u\n"),
    "zsh, from fpath": (["zsh", "-f", "-i"], f"{ZSH}fpath=(../site $fpath); autoload -Uz compinit; compinit -D -u\n"),
    "fish": (
        ["fish", "--no-config", "-i"],
        f"{FISH}source {SCRIPT}.fish\n",
    ),
    "bash, installed": (["bash", "--norc", "--noprofile", "-i"], f"{BASH}source {LOADER}\n"),
    "zsh, installed": (
        ["zsh", "-f", "-i"],
        f"{ZSH}fpath=({INSTALLED}/zsh/site-functions $fpath); autoload -Uz compinit; compinit -D -u\n",
    ),
    "fish, installed": (["fish", "-i"], FISH),  # which reads no user's configuration: HOME is empty
}
NAMES = [
    "two words.h5", "it's.h5", 'quo"te.h5', "dollar $HOME.h5", "10:30:05.mp4", "a=b.h5", "back\\slash.h5",
    "x (1) & y;.h5", "new\nline.h5", "[set]*?.h5", "{1,2}.h5", "émile.h5", "jo`date`.h5", "k!1#.h5", "  blanks.h5",
]  # fmt: skip
LINES = [
    ("painctl render-v\t", ["render-views"]),
    ("painctl rig --engine neu\t", ["rig", "--engine", "neural"]),
    ("painctl predict --det\t", ["predict", "--detector"]),
    ("painctl texture --engine=ba\t", ["texture", "--engine=bake"]),
    ("painctl rig -o my\tr\t", ["rig", "-o", "my data/rig it.h5"]),
    ("painctl inspect rig --ca\t", ["inspect", "rig", "--card"]),  # a file with the name of a command
    ("painctl rig --expressions 9\t", ["rig", "--expressions", "9"]),  # a number is not the start of 9x.h5
    # each name is in a folder of its own, whose name is completed with it
    *((f"painctl inspect n{number:02}/\t", ["inspect", f"n{number:02}/{name}"]) for number, name in enumerate(NAMES)),
]


@pytest.mark.parametrize("shell", SHELLS)
def test_a_tab_completes_commands_options_and_names_of_files(shell, tmp_path):
    folder = tmp_path / "work"
    for name in ("rig", "9x.h5", "my data/rig it.h5", *(f"n{number:02}/{name}" for number, name in enumerate(NAMES))):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    chosen = LINES if shell in ("bash", "zsh", "fish") else LINES[:8]  # elsewhere the same function is loaded otherwise
    assert complete(shell, [line for line, _ in chosen], folder) == [words for _, words in chosen]


def complete(shell: str, lines: list[str], folder: Path) -> list[list[str]]:
    """The arguments that painctl gets from each line, in which \t is a Tab, typed with Enter in one session."""
    words, setup = SHELLS[shell]
    if shutil.which(words[0]) is None:
        pytest.skip(f"{words[0]} is not installed")
    if shell == "bash, installed" and not Path(LOADER).exists():
        pytest.skip("bash-completion is not installed")
    site, saved, prefix = (folder.parent / name for name in ("site", "saved", "prefix"))
    site.mkdir()
    shutil.copy(f"{SCRIPT}.zsh", site / "_painctl")
    install(prefix)
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(folder)
        own = {"SAVED": str(saved), "TERM": "dumb", "HOME": str(site), "LC_ALL": "C.UTF-8"}
        if "installed" in shell:
            own["XDG_DATA_DIRS"] = f"{prefix}/share:/usr/local/share:/usr/share"
        os.execvpe(words[0], words, {**os.environ, **own})
    output, arguments = b"", []
    try:
        read(terminal, 0.3)
        os.write(terminal, setup.encode())
        output += read(terminal, 1.0)
        for line in lines:
            for typed in re.findall(r"[^\t]+\t?", line + "\n"):
                os.write(terminal, typed.encode())
                output += read(terminal, 0.1)
            end = time.monotonic() + 20
            while not saved.exists() and time.monotonic() < end:
                output += read(terminal, 0.05)
            assert saved.exists(), f"{line!r}: {output.decode(errors='replace')}"
            arguments.append(saved.read_text().split("\0")[:-1])
            saved.unlink()
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(terminal)
    return arguments


def install(prefix: Path) -> None:
    """Copy what the wheel installs outside of its package to where pip puts it."""
    data = SHARED_DATA.findall((ROOT / "pyproject.toml").read_text().partition(".shared-data]")[2].partition("[")[0])
    for source, target in data:
        (prefix / target).parent.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if (ROOT / source).is_dir() else shutil.copy
        copy(ROOT / source, prefix / target)


def test_the_wheel_installs_the_manual(tmp_path):
    install(tmp_path)
    if shutil.which("man") is None:
        pytest.skip("man is not installed")
    environment = {**os.environ, "MANPATH": f"{tmp_path}/share/man"}
    for page in ("painctl", "painctl-rig", "painctl-shard"):
        done = subprocess.run(["man", "-w", page], env=environment, capture_output=True, text=True)
        assert done.stdout.startswith(str(tmp_path)), done.stderr


def read(terminal: int, seconds: float) -> bytes:
    """What the shell writes until it has been silent for so long."""
    output = b""
    while select.select([terminal], [], [], seconds)[0]:
        try:
            output += os.read(terminal, 65536)
        except OSError:
            break
    return output
