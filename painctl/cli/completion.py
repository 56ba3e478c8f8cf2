"""Completion scripts for bash, zsh and fish: static text, so that a Tab starts no Python."""

from __future__ import annotations

from painctl.cli.main import COMMANDS
from painctl.cli.reference import Command, Parameter, read_command

_HEAD = "# Completion of painctl for {shell}; made by python -m painctl.cli.manual, do not edit.\n"


def completions() -> dict[str, str]:
    """The three scripts: file name and text."""
    commands = [read_command(name, function) for name, function in COMMANDS.items()]
    return {"painctl.bash": _bash(commands), "painctl.zsh": _zsh(commands), "painctl.fish": _fish(commands)}


def _flags(command: Command) -> list[str]:
    return [name for p in command.parameters for name in p.names] + ["--help"]


def _bash(commands: list[Command]) -> str:
    names = " ".join(c.name for c in commands)
    options = "\n".join(f'    {c.name}) flags="{" ".join(_flags(c))}" ;;' for c in commands)
    values = "\n".join(_bash_value(c, p) for c in commands for p in c.parameters if p.names and p.value)
    return (
        _HEAD.format(shell="bash")
        + f"""_painctl() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}} command=${{COMP_WORDS[1]}} flags=
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "{names} --help --version" -- "$word"))
    return
  fi
  case $command in
{options}
  esac
  case "$command $before" in
{values}
  esac
  case $word in
    -*) COMPREPLY=($(compgen -W "$flags" -- "$word")) ;;
    *) compopt -o filenames; COMPREPLY=($(compgen -f -- "$word")) ;;
  esac
}}
complete -F _painctl painctl
"""
    )


def _bash_value(command: Command, parameter: Parameter) -> str:
    pattern = "|".join(f'"{command.name} {name}"' for name in parameter.names)
    if parameter.choices:
        reply = f'COMPREPLY=($(compgen -W "{" ".join(parameter.choices)}" -- "$word"))'
    elif parameter.is_path:
        reply = 'compopt -o filenames; COMPREPLY=($(compgen -f -- "$word"))'
    else:
        reply = ":"
    return f"    {pattern}) {reply}; return ;;"


def _zsh(commands: list[Command]) -> str:
    listed = "\n".join(f"    '{c.name}:{_quoted(c.summary)}'" for c in commands)
    cases = "\n".join(
        f"    {c.name}) _arguments -s \\\n" + " \\\n".join(f"      {_zsh_spec(p)}" for p in c.parameters) + " ;;"
        for c in commands
    )
    return (
        "#compdef painctl\n"
        + _HEAD.format(shell="zsh")
        + f"""_painctl() {{
  local -a commands=(
{listed}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  shift words
  (( CURRENT-- ))
  case $words[1] in
{cases}
  esac
}}
compdef _painctl painctl
"""
    )


def _zsh_spec(parameter: Parameter) -> str:
    action = f"({' '.join(parameter.choices)})" if parameter.choices else "_files" if parameter.is_path else " "
    if not parameter.names:
        return "'*:file:_files'"
    value = f":{_quoted(parameter.value).replace(':', ' ')}:{action}" if parameter.value else ""
    text = f"[{_quoted(parameter.help).replace('[', '(').replace(']', ')')}]{value}'"
    if len(parameter.names) == 1:
        return f"'{parameter.names[0]}{text}"
    both = " ".join(parameter.names)
    return f"'({both})'{{{','.join(parameter.names)}}}'{text}"


def _fish(commands: list[Command]) -> str:
    names = " ".join(c.name for c in commands)
    lines = [f"complete -c painctl -n 'not __fish_seen_subcommand_from {names}' -f"]
    for c in commands:
        lines.append(
            f"complete -c painctl -n 'not __fish_seen_subcommand_from {names}' -a {c.name} -d '{_quoted(c.summary)}'"
        )
        lines += [_fish_option(c, p) for p in c.parameters if p.names]
    return _HEAD.format(shell="fish") + "\n".join(lines) + "\n"


def _fish_option(command: Command, parameter: Parameter) -> str:
    names = " ".join(f"-l {n[2:]}" if n.startswith("--") else f"-s {n[1:]}" for n in parameter.names)
    value = f" -x -a '{' '.join(parameter.choices)}'" if parameter.choices else " -r" if parameter.value else ""
    seen = f"-n '__fish_seen_subcommand_from {command.name}'"
    return f"complete -c painctl {seen} {names}{value} -d '{_quoted(parameter.help)}'"


def _quoted(text: str) -> str:
    """Text that may stand inside single quotes in all three shells."""
    return text.replace("'", "’")
