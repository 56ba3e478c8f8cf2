"""Training: AdamW with cosine decay, keeping the epoch with the lowest validation error."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import torch
from torch import Tensor, nn

from painctl.pain.action_units import MAX_PSPI
from painctl.runs.processes import autocast, make_accelerator
from painctl.runs.resume import Checkpointer, TrainingProgress, load_trainable_state, trainable_state
from painctl.runs.seeding import deterministic, reseed, seeded
from painctl.runs.stopping import stop_together
from painctl.vitpain.batches import draw_batches, load_batches
from painctl.vitpain.interface import Outputs, PainModel
from painctl.vitpain.losses import losses
from painctl.vitpain.optimization import learning_rate_factor, parameter_groups
from painctl.vitpain.pairs import NO_AUGMENTATION, Pairs, Variation
from painctl.vitpain.settings import NONE, TrainingSettings
from painctl.vitpain.sources import PairSource
from painctl.vitpain.validation import logged, validation_scores

if TYPE_CHECKING:
    from accelerate import Accelerator

Row = dict[str, Any]
Log = Callable[[Row], None]


@dataclass(frozen=True, eq=False)
class Execution:
    """Where a training runs, where it logs, and how it resumes."""

    device: str = "cpu"  # cpu, cuda or auto
    log: Log = lambda row: None  # called once per epoch, also with those before an interruption
    checkpointer: Checkpointer | None = None
    started: Callable[[int], None] = lambda epochs: None  # called first, with the number of those epochs


_IN_MEMORY: Final = Execution()


class Diverged(ValueError):
    """A loss or a weight became NaN or infinite: there is nothing to resume."""


def train(
    model: PainModel,
    source: PairSource,
    validation: PairSource | None,
    settings: TrainingSettings,
    execution: Execution = _IN_MEMORY,
) -> PainModel:
    """Train a model in place and return it in evaluation mode.

    A row of the log has epoch, learning_rate and the mean losses; with `validation`, also the losses and scores there.
    The weights kept are then those of the epoch with the lowest PSPI error on `validation` (the total loss would stop
    too early, because its cross-entropy grows with confidence while PSPI still improves), else the last epoch's.

    The same seed gives the same weights, bit for bit, on the same machine, also if a killed run is resumed by the
    checkpointer. A signal stops it after the current step, and its state is saved. Under torchrun the processes share
    every batch and stop together. Raises ValueError for an empty source, and for `reference_dropout` or `any_reference`
    with a model that compares no faces with neutral ones, and as `make_accelerator` and `Checkpointer.load` do;
    Diverged for a loss or weight that is NaN or infinite.
    """
    if len(source) == 0 or (validation is not None and len(validation) == 0):
        raise ValueError("no frames to train on, or none to validate on")
    for name in ("reference_dropout", "any_reference"):
        if getattr(settings, name) and (model.any_reference or not model.uses_reference):
            raise ValueError(f"{name}: this model compares no face with a neutral one; leave it at 0")
    accelerator = make_accelerator(execution.device, settings.precision, settings.batch_size, settings.accumulate)
    run = _Run.start(model, source, settings, accelerator)
    validation_pairs = None if validation is None else Pairs.for_model(model, validation, settings.seed, settings.shots)
    checkpointer = execution.checkpointer
    progress, best = checkpointer.load(model, run.optimizer) if checkpointer else (TrainingProgress(), None)
    execution.started(len(progress.rows))
    for row in progress.rows:
        execution.log(row)
    with deterministic(), seeded(settings.seed, "training"), stop_together(accelerator) as stop_if_signalled:

        def save() -> None:
            progress.sums = {name: term.item() for name, term in run.sums.items()}
            if checkpointer and accelerator.is_main_process:
                checkpointer.save(progress, model, run.optimizer, best)

        def pause() -> None:
            """Called wherever the training may stop: between two steps, or two batches of the validation."""
            try:
                stop_if_signalled()
            except BaseException:
                save()
                raise

        def after_step() -> None:
            pause()
            if checkpointer and checkpointer.is_due():
                save()

        while progress.epoch < settings.epochs:
            row = {"epoch": progress.epoch + 1, **run.train_epoch(progress, after_step)}
            if validation_pairs is not None:
                scores = evaluate(run.net, validation_pairs, settings, accelerator, pause)
                row |= {f"validation_{name}": value for name, value in scores.items()}
                if progress.least is None or scores["pspi"] < progress.least:
                    progress.least = scores["pspi"]
                    best = {name: tensor.detach().clone() for name, tensor in trainable_state(model).items()}
            if not run.is_finite(row):
                if checkpointer and accelerator.is_main_process:
                    checkpointer.delete()
                raise Diverged(
                    f"loss or weights became NaN or infinite in epoch {progress.epoch + 1}; "
                    f"lower --learning-rate (now {settings.learning_rate:g})"
                )
            execution.log(row)
            progress.epoch, progress.step, progress.sums = progress.epoch + 1, 0, {}
            progress.rows.append(row)
            run.sums.clear()
        save()
    if best is not None:
        load_trainable_state(model, best)
    return model.eval()


def evaluate(
    net: nn.Module,
    pairs: Pairs,
    settings: TrainingSettings,
    accelerator: Accelerator,
    pause: Callable[[], None] = lambda: None,
) -> Row:
    """The losses and the scores of a model on all pairs, without augmentation; `pause` is called after each batch."""
    net.eval()
    rank, world = accelerator.process_index, accelerator.num_processes
    padded = math.ceil(len(pairs.source) / world) * world
    process_rows = (np.arange(padded) % len(pairs.source))[rank::world]
    size = settings.batch_size // world
    parts: list[list[Tensor]] = []
    with torch.inference_mode(), autocast(accelerator.device, settings.precision):
        batches = [process_rows[start : start + size] for start in range(0, len(process_rows), size)]
        loaded = load_batches(pairs, batches, NO_AUGMENTATION, settings.workers, accelerator.device)
        with contextlib.closing(loaded):
            for pain, neutral, pspi, aus in loaded:
                outputs = net(pain, neutral)
                parts.append([part.float() for part in (*outputs[:3], outputs.spread, pspi, aus) if part is not None])
                pause()
        columns = [accelerator.gather(torch.cat(column)) for column in zip(*parts, strict=True)]
        # process r holds rows r, r + world, ...: restore their order and drop the padding
        columns = [column.reshape(world, -1, *column.shape[1:]).transpose(0, 1).flatten(0, 1) for column in columns]
        columns = [column[: len(pairs.source)] for column in columns]
        model = accelerator.unwrap_model(net)
        gathered, (pspi, aus) = _as_outputs(model, columns[:-2]), columns[-2:]
        terms = {name: term.item() for name, term in losses(gathered, pspi, aus, model.levels, settings).items()}
    estimate = MAX_PSPI * gathered.pspi.double().clamp(0, 1)
    return {**terms, **logged(validation_scores(pspi.cpu().numpy(), estimate.cpu().numpy()))}


def _as_outputs(model: PainModel, columns: list[Tensor]) -> Outputs:
    """Outputs from the columns of the heads that a model has, in order."""
    heads = iter(columns)
    has = (bool(model.levels), model.has_action_units, model.has_spread)
    pspi, (logit, aus, spread) = next(heads), (next(heads) if present else None for present in has)
    return Outputs(pspi, logit, aus, spread=spread)


@dataclass(frozen=True, eq=False)
class _Run:
    """The objects of one training run."""

    model: PainModel
    net: nn.Module  # the model to call: compiled, or wrapped for several processes
    pairs: Pairs
    settings: TrainingSettings
    accelerator: Accelerator
    optimizer: torch.optim.Optimizer
    peak_rates: list[float] = field(default_factory=list)  # learning rate of each parameter group
    sums: dict[str, Tensor] = field(default_factory=dict)  # of this epoch's losses so far

    @classmethod
    def start(cls, model: PainModel, source: PairSource, settings: TrainingSettings, accelerator: Accelerator) -> _Run:
        """Move a model to its device and create its optimizer and training pairs."""
        model.to(accelerator.device)
        groups = parameter_groups(model, settings)
        optimizer = torch.optim.AdamW(groups, lr=settings.learning_rate)
        net = accelerator.prepare_model(torch.compile(model) if settings.compile else model)
        pairs = Pairs.for_model(model, source, settings.seed, settings.shots, Variation.of(settings))
        return cls(model, net, pairs, settings, accelerator, optimizer, [group["lr"] for group in groups])

    def train_epoch(self, progress: TrainingProgress, after_step: Callable[[], None]) -> Row:
        """Finish an epoch from `progress`; returns the learning rate at its start and the mean losses."""
        self.net.train()
        settings = self.settings
        batches = draw_batches(self.pairs.source.pspi, progress.epoch, settings)
        first, total = progress.epoch * len(batches), settings.epochs * len(batches)
        epoch = progress.epoch if settings.augment != NONE else NO_AUGMENTATION
        sums = self.sums
        sums.update({name: torch.tensor(value, dtype=torch.float64) for name, value in progress.sums.items()})
        with contextlib.closing(self._load_parts(batches[progress.step :], epoch)) as parts:
            for step in range(progress.step, len(batches)):
                for name, term in self._step(first + step, total, parts).items():
                    sums[name] = sums.get(name, torch.zeros((), dtype=torch.float64)).to(term.device) + term
                progress.step = step + 1
                after_step()
        means = {name: term.item() / len(batches) for name, term in sums.items()}
        return {"learning_rate": learning_rate_factor(first, total, settings) * settings.learning_rate, **means}

    def is_finite(self, row: Row) -> bool:
        """Whether the losses of a finished epoch and the weights after it are numbers."""
        values = [value for name, value in row.items() if name in ("loss", "validation_loss")]
        tensors = trainable_state(self.model).values()
        return bool(np.isfinite(values).all()) and all(bool(tensor.isfinite().all()) for tensor in tensors)

    def _step(self, step: int, total: int, parts: Iterator[list[Tensor]]) -> dict[str, Tensor]:
        """One optimizer step of `total`; returns the losses, over all parts and processes."""
        settings, accelerator = self.settings, self.accelerator
        reseed(settings.seed, f"dropout/{step}/{accelerator.process_index}")
        for group, peak_rate in zip(self.optimizer.param_groups, self.peak_rates, strict=True):
            group["lr"] = peak_rate * learning_rate_factor(step, total, settings)
        self.optimizer.zero_grad()
        sums: dict[str, Tensor] = {}
        for part in range(settings.accumulate):
            last = part == settings.accumulate - 1
            with contextlib.nullcontext() if last else accelerator.no_sync(self.net):
                pain, neutral, pspi, aus = next(parts)
                with autocast(accelerator.device, settings.precision):
                    outputs = self.net(pain, neutral)
                terms = losses(outputs, pspi, aus, self.model.levels, settings)
                accelerator.backward(terms["loss"] / settings.accumulate)
            for name, term in terms.items():
                sums[name] = sums.get(name, 0) + term.detach().double() / settings.accumulate
        accelerator.clip_grad_norm_(self.net.parameters(), settings.clip)
        self.optimizer.step()
        return {name: accelerator.reduce(term, "mean") for name, term in sums.items()}

    def _load_parts(self, batches: np.ndarray, epoch: int) -> Generator[list[Tensor], None, None]:
        """This process's share of each batch, in `accumulate` parts."""
        rank, world = self.accelerator.process_index, self.accelerator.num_processes
        size = self.settings.batch_size // world // self.settings.accumulate
        process_share = batches[:, rank::world].reshape(-1, size)
        return load_batches(self.pairs, process_share, epoch, self.settings.workers, self.accelerator.device)
