"""The card of the model that comes with painctl, in Markdown, from its configuration and its training log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from painctl.vitpain.training_run import kept_epoch

CARD: Final = "CARD.md"
_NOTICE = "Research software. Not a medical device, not for the care of any person."


def write_card(config: Mapping[str, Any], log: Sequence[Mapping[str, Any]], count: int, digest: str, notes: str) -> str:
    """The card of a model of `count` weights, whose file has the SHA-256 `digest`; `notes` is its end.

    `config` is the shipped config.json, `log` the rows of log.jsonl.
    """
    sections = [
        f"# The pain model of {config['name']}, version {config['version']}",
        f"**{_NOTICE}**",
        "## What it is",
        _list(
            f"{count:,} weights, stored in half precision and computed with in single precision",
            f"Input: {_inputs(config)}",
            f"Output: {_outputs(config)}",
            f"SHA-256 of model.safetensors: `{digest}`; as trained, in single precision: "
            f"`{config['weights_as_trained']}`",
            f"Licence: {config['licence']}",
        ),
        "## How it was trained",
        _list(*_training(config, log)),
        _table(config["training"]),
    ]
    return "\n\n".join([*sections, *filter(None, [notes.strip()])]) + "\n"


def _inputs(config: Mapping[str, Any]) -> str:
    size = config["architecture"]["preprocess"]["size"]
    face = f"a face, {size} x {size} pixels"
    return f"{face}, and a neutral face of the same person" if config["architecture"]["reference"] else face


def _outputs(config: Mapping[str, Any]) -> str:
    architecture = config["architecture"]
    levels = ", ".join(map(str, architecture["binary"]))
    probability = f"the probability of a PSPI of at least {levels}" if levels else ""
    units = "AU4, AU6, AU7, AU9, AU10 (0 to 5) and AU43 (0 to 1)" if architecture["action_units"] else ""
    spread = "the standard deviation expected of its error" if architecture.get("spread") else ""
    return "; ".join(filter(None, ["PSPI, 0 to 16", spread, probability, units]))


def _training(config: Mapping[str, Any], log: Sequence[Mapping[str, Any]]) -> list[str]:
    facts = [
        f"By painctl {config['painctl_version']}, on {len(config.get('people', ())):,} people, listed in config.json; "
        "the validation people, by whose error the epoch was chosen, are among them",
        f"Neutral pictures: {config['neutral']}",
    ]
    if dataset := config.get("run", {}).get("dataset"):
        facts.append(f"Dataset: `{dataset}`")
    if not (kept := kept_epoch(log)):
        return facts
    pcc = kept.get("validation_pcc")
    score = f", where PSPI correlates with the labels at {pcc:.3f}" if pcc is not None else ""
    return [*facts, f"Kept: epoch {kept['epoch']} of {len(log)}, with the least error on the validation people{score}"]


def _list(*items: str) -> str:
    return "\n".join(f"- {item}" for item in items)


def _table(settings: Mapping[str, Any]) -> str:
    rows = [f"| `{name}` | {settings[name]} |" for name in sorted(settings)]
    return "\n".join(["| setting | value |", "|---|---|", *rows])
