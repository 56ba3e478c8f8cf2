"""The cards of models, in Markdown, from config.json and the training log.

README.md is that of a model written by `painctl pretrain`, with the metadata that the Hugging Face hub reads; CARD.md
that of the model that comes with painctl.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from painctl.vitpain.provenance import beats_median
from painctl.vitpain.validation import SCORES, kept_epoch

CARD: Final = "CARD.md"
README: Final = "README.md"
_NOTICE = "Research software. Not a medical device, not for the care of any person."
_HUB_METRICS = {"PCC": "pearsonr", "MAE": "mae"} | {name: "roc_auc" for name in SCORES if name.startswith("AUROC")}
_USE = """\
```sh
pip install painctl
painctl predict pain.jpg --neutral ref.jpg --model FOLDER
```

FOLDER is the one that this card is in. `painctl inspect FOLDER` prints what is below, and checks the files."""
_LIMITS = """\
Validation people are not the people that the model was fitted to, but they chose its epoch: scores on people of neither
kind are lower. `painctl cv` measures those. Nothing above says how the model does on other cameras, ages or illnesses
than those of its data."""
_FREE = """\
No licence of the data or of an initial model was recorded that binds these weights. Whoever publishes them chooses a
licence, and writes it into the first lines of this file."""


def write_card(config: Mapping[str, Any], log: Sequence[Mapping[str, Any]], count: int, digest: str, notes: str) -> str:
    """The card of a shipped model of `count` weights, whose file has the SHA-256 `digest`; `notes` is its end.

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
        *_scores(config),
        "## How it was trained",
        _list(*_training(config, log)),
        _settings(config["training"]),
    ]
    return "\n\n".join([*sections, *filter(None, [notes.strip()])]) + "\n"


def write_readme(config: Mapping[str, Any], log: Sequence[Mapping[str, Any]], count: int, digest: str) -> str:
    """The card of a model that was just trained. Parameters are those of `write_card`."""
    sections = [
        _front_matter(config),
        "# A pain model for painctl",
        f"**{_NOTICE}**",
        _USE,
        "## What it is",
        _list(
            f"{count:,} weights: {config['kind']}",
            f"Input: {_inputs(config)}",
            f"Output: {_outputs(config)}",
            f"SHA-256 of model.safetensors: `{digest}`",
        ),
        *_scores(config),
        "## How it was trained",
        _list(*_training(config, log), *_origin(config)),
        _settings(config["training"]),
        "## Licence",
        "\n".join(f"- {terms}" for terms in _terms(config)) or _FREE,
    ]
    return "\n\n".join(sections) + "\n"


def _front_matter(config: Mapping[str, Any]) -> str:
    """The metadata of the Hugging Face hub."""
    from huggingface_hub import EvalResult, ModelCardData

    data, validation = config.get("data") or {}, config.get("validation") or {}
    scores = [(name, value) for name, value in validation.get("scores", {}).items() if value is not None]
    results = [
        EvalResult(
            task_type="image-regression",
            task_name="PSPI of a face",
            dataset_type="painctl",
            dataset_name="validation people of its own dataset",
            dataset_split="validation",
            dataset_revision=data.get("sha256"),
            metric_type=_HUB_METRICS[name],
            metric_name=name,
            metric_value=value,
        )
        for name, value in scores
    ]
    card = ModelCardData(
        license="other" if _terms(config) else "unknown",
        library_name="painctl",
        tags=["pain", "PSPI", "facial-action-units", "face"],
        metrics=sorted({_HUB_METRICS[name] for name, _ in scores}) or None,
        model_name="painctl-pain-model" if results else None,
        eval_results=results or None,
    )
    return f"---\n{card.to_yaml(line_break=chr(10))}\n---"


def _scores(config: Mapping[str, Any]) -> Iterable[str]:
    """The section on the validation people, if their scores are recorded."""
    validation, data = config.get("validation"), config.get("data") or {}
    if not validation:
        return
    median, part = validation["median"], data.get("validation") or {}
    people = f", {part['people']:,} in {part['frames']:,} frames" if part else ""
    yield "## How good it is"
    yield (
        f"On the validation people of its dataset{people}, against an answer that is always {median['pspi']:g}, the "
        "median PSPI of the training frames. AUROC@1 is that of a PSPI of at least 1; undefined scores are dashes."
    )
    rows = [
        f"| {name} | {_score(validation['scores'].get(name))} | {_score(median['scores'].get(name))} |"
        for name in SCORES
    ]
    yield "\n".join(["| score | this model | always the median |", "|---|---|---|", *rows])
    if not beats_median(validation):
        yield "**It is no better than the median: its estimates say little.**"
    yield _LIMITS


def _score(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _inputs(config: Mapping[str, Any]) -> str:
    size = config["architecture"]["preprocess"]["size"]
    face = f"a face, {size} x {size} pixels"
    return f"{face}, and a neutral face of the same person" if config["architecture"].get("reference", True) else face


def _outputs(config: Mapping[str, Any]) -> str:
    architecture = config["architecture"]
    levels = ", ".join(map(str, architecture.get("binary", ())))
    probability = f"the probability of a PSPI of at least {levels}" if levels else ""
    units = "AU4, AU6, AU7, AU9, AU10 (0 to 5) and AU43 (0 to 1)" if architecture.get("action_units") else ""
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


def _origin(config: Mapping[str, Any]) -> list[str]:
    """What the model was trained from, and when, if that is recorded."""
    initial, facts = config.get("initial"), []
    if initial:
        digest = f", SHA-256 `{initial['sha256']}`" if initial.get("sha256") else ""
        facts.append(f"Trained further from: {initial['name']}{digest}")
    if date := config.get("date"):
        facts.append(f"Date: {date}")
    return facts


def _terms(config: Mapping[str, Any]) -> list[str]:
    """Licences that bind the weights: of the data, and of the initial model."""
    initial = config.get("initial") or {}
    licence = initial.get("licence")
    of_initial = [f"{initial['name']}, from which it was trained: {licence}"] if licence else []
    return [*(f"Data: {text}" for text in (config.get("data") or {}).get("licences", ())), *of_initial]


def _list(*items: str) -> str:
    return "\n".join(f"- {item}" for item in items)


def _settings(settings: Mapping[str, Any]) -> str:
    rows = [f"| `{name}` | {settings[name]} |" for name in sorted(settings)]
    return "\n".join(["| setting | value |", "|---|---|", *rows])
