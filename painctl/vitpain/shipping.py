"""A trained model in the form that comes with painctl: in half precision, with a version, a licence and a card.

    python -m painctl.vitpain.shipping MODEL --version 1.0 [--licence MIT] [--notes NOTES.md] [-o DIR]

MODEL is a folder written by `painctl pretrain`; NOTES.md, on how it was tested, becomes the end of the card. The same
input gives the same bytes.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any, Final

from safetensors.torch import save_file

from painctl.files.aliases import utf8_path
from painctl.files.leftovers import is_made_by_system
from painctl.files.scratch import finish_file, replace_folder, scratch_folder
from painctl.files.seals import SUMS, sha256, write_sums
from painctl.files.text import json_text, parse_json, read_text
from painctl.runs.weights import read_safetensors
from painctl.vitpain.checkpoints import load
from painctl.vitpain.model_card import CARD, write_card
from painctl.vitpain.model_folder import CONFIG, LOG, WEIGHTS, read_config
from painctl.vitpain.shipped import FOLDER, NAME

LARGEST: Final = 15_000_000  # bytes of the folder


def ship(source: Path, target: Path, version: str, licence: str, notes: str = "") -> None:
    """Write the shipped form of the model in `source` to `target`, complete or absent.

    An earlier shipped model there is replaced. Raises ValueError if a weight is too large for half precision, the whole
    larger than `LARGEST`, or `source` not a valid model; FileExistsError if `target` has other files; else as `load`.
    """
    _check_target(target)
    load(source)
    config = read_config(source)
    if config["kind"] != "vitpain":
        raise ValueError(f"{source}: a {config['kind']} model; painctl comes with a vitpain one")
    original = sha256(source / WEIGHTS)
    tensors = {name: _halved(name, tensor) for name, tensor in read_safetensors(source / WEIGHTS).items()}
    shipped = {**config, "name": NAME, "version": version, "licence": licence, "weights_as_trained": original}
    with scratch_folder(target) as scratch:
        new = scratch / "new"  # has the default permissions, unlike a temporary folder
        new.mkdir()
        with utf8_path(new) as plain:
            save_file(tensors, plain / WEIGHTS, {"format": "pt"})
        (new / CONFIG).write_text(json_text(shipped, indent=2, sort_keys=True) + "\n")
        count = sum(tensor.numel() for tensor in tensors.values())
        card = write_card(shipped, _rows(source / LOG), count, sha256(new / WEIGHTS), notes)
        (new / CARD).write_text(card)
        write_sums(new)
        size = sum(path.stat().st_size for path in new.iterdir())
        if size > LARGEST:
            raise ValueError(
                f"{source}: {size / 1e6:.1f} MB in half precision; at most {LARGEST / 1e6:.0f} MB is shipped"
            )
        for path in new.iterdir():
            finish_file(path)
        replace_folder(target, new)
    load(target)


def main() -> None:
    """The command line in the module's docstring."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("model", type=Path, metavar="MODEL", help="folder written by `painctl pretrain`")
    parser.add_argument("--version", required=True, help="version of the model, such as 1.0")
    parser.add_argument("--licence", default="MIT", help="licence of the weights")
    parser.add_argument("--notes", type=Path, metavar="FILE.md", help="how it was tested, for the card")
    parser.add_argument("-o", "--output", type=Path, default=FOLDER, metavar="DIR", help="default: in the package")
    arguments = parser.parse_args()
    try:
        notes = read_text(arguments.notes) if arguments.notes else ""
        ship(arguments.model, arguments.output, arguments.version, arguments.licence, notes)
    except (OSError, ValueError) as error:
        sys.exit(f"shipping: {' '.join(str(error).split())}")


def _check_target(target: Path) -> None:
    present = {path.name for path in target.iterdir() if not is_made_by_system(path)} if target.exists() else set()
    if others := sorted(present - {WEIGHTS, CONFIG, CARD, SUMS}):
        raise FileExistsError(f"{target}: not replaced, because it contains {others[0]}; use another folder")
    target.parent.mkdir(parents=True, exist_ok=True)


def _halved(name: str, tensor: Any) -> Any:
    if not tensor.is_floating_point():
        return tensor
    half = tensor.half()
    if not half.isfinite().all():
        raise ValueError(f"{name}: has weights beyond half precision ({tensor.abs().max():g})")
    return half


def _rows(path: Path) -> list[dict[str, Any]]:
    """The rows of a training log."""
    lines = read_text(path).splitlines()
    return [parse_json(line, f"{path}: line {number}") for number, line in enumerate(lines, 1)]


if __name__ == "__main__":
    main()
