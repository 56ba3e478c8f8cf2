"""Options of a command from a YAML file: a mapping of their names to what would be typed after them.

The file is parsed into nodes and its scalars are taken as text, so that a value means what it means on the command
line: YAML would make 256 of the range 4:16, and false of the word no. Nothing in it is constructed or run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from painctl import __version__
from painctl.files.names import one_line
from painctl.files.text import read_text
from painctl.records import UsageError

if TYPE_CHECKING:
    from yaml.nodes import MappingNode, Node

_MOST_BYTES = 1_000_000
_COMMAND, _VERSION = "command", "version"  # keys that say what the file is for
_NULL, *_PLAIN = (f"tag:yaml.org,2002:{name}" for name in ("null", "str", "int", "float", "bool", "timestamp", "seq"))


@dataclass(frozen=True)
class Key:
    """What a key of the file sets: a parameter of the command."""

    parameter: str
    takes_several: bool  # several values instead of one, which may be a list joined by commas


@dataclass(frozen=True)
class Setting:
    """The value of a parameter, as text or texts, and the line it was read from, counted from 1."""

    value: str | list[str]
    line: int


def read_config(
    path: Path, command: str, keys: Mapping[str, Key], commands_with: Callable[[str], Iterable[str]]
) -> tuple[dict[str, Setting], str]:
    """The settings of a file by parameter of `command`, whose keys are given, and a remark if it is of another version.

    A key without a value is left out. `commands_with` gives the commands that have an option of a name. Raises
    UsageError, which names the file, line and key, for a file that is not such a mapping, for unknown and repeated
    keys, and for a file of another command; and as `read_text`.
    """
    root = _parse(path)
    if root is None:
        return {}, ""
    entries: dict[str, Node] = {}
    for key_node, value_node in root.value:
        line = key_node.start_mark.line + 1
        name = _text(key_node, f"{path}:{line}: a key")
        name = name if name in keys else name.replace("_", "-")
        if name in entries:
            raise UsageError(f"{path}:{line}: {one_line(name)}: is given twice; remove one")
        entries[name] = value_node
    version = _text_of(entries.pop(_VERSION, None), path, _VERSION)
    meant_for = _text_of(entries.pop(_COMMAND, None), path, _COMMAND)
    if meant_for not in (None, command):
        raise UsageError(f"{path}: is for painctl {one_line(meant_for or '')}, not for painctl {command}")
    other = "" if version in (None, __version__) else one_line(version or "")
    settings: dict[str, Setting] = {}
    for name, node in entries.items():
        line = node.start_mark.line + 1
        if name not in keys:
            written = f"; it was written for painctl {other}" if other else ""
            raise UsageError(f"{path}:{line}: {_unknown(name, command, keys, commands_with)}{written}")
        value = _value(node, keys[name], f"{path}:{line}: {name}")
        if value is not None:
            settings[keys[name].parameter] = Setting(value, line)
    versions = f"was written for painctl {other}, and this is {__version__}, whose defaults may differ"
    return settings, f"{path}: {versions}" if other else ""


def _parse(path: Path) -> MappingNode | None:
    """The top of the file; None if there is nothing in it."""
    import yaml

    try:
        root = yaml.compose(read_text(path, _MOST_BYTES), Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f":{mark.line + 1}" if mark else ""
        raise UsageError(f"{path}{place}: not valid YAML: {error.problem or error.context}") from None
    except yaml.YAMLError as error:
        raise UsageError(f"{path}: not valid YAML: {' '.join(str(error).split())}") from None
    except RecursionError:
        raise UsageError(f"{path}: not valid YAML: nested too deeply") from None
    if root is None:
        return None
    if not isinstance(root, yaml.MappingNode):
        raise UsageError(f"{path}: expected lines such as `seed: 7`, one per option")
    return root


def _unknown(name: str, command: str, keys: Mapping[str, Key], commands_with: Callable[[str], Iterable[str]]) -> str:
    text = f"{one_line(name)}: not an option of painctl {command}"
    if close := get_close_matches(name, keys, 1):
        return f"{text}; did you mean {close[0]}?"
    if others := list(commands_with(name)):
        return f"{text}, but of {' and '.join(others)}"
    return f"{text}; painctl {command} --help lists them"


def _value(node: Node, key: Key, where: str) -> str | list[str] | None:
    import yaml

    if isinstance(node, yaml.SequenceNode) and node.tag in _PLAIN:
        texts = [_text(item, where) for item in node.value]
        return texts if key.takes_several else ",".join(texts)
    if isinstance(node, yaml.ScalarNode) and node.tag == _NULL:
        return None
    text = _text(node, where)
    return [text] if key.takes_several else text


def _text_of(node: Node | None, path: Path, name: str) -> str | None:
    return _text(node, f"{path}:{node.start_mark.line + 1}: {name}") if node else None


def _text(node: Any, where: str) -> str:
    """The text of a scalar as it stands in the file. Raises UsageError for anything else."""
    import yaml

    if not isinstance(node, yaml.ScalarNode) or node.tag not in _PLAIN:
        raise UsageError(f"{where}: expected text, a number, or a list of them")
    return node.value
