"""Training a model: AdamW, cosine decay, and the epoch that does best on the validation people."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader

from painctl.evidence.metrics import pearson
from painctl.runs.draws import draws
from painctl.runs.processes import accelerator, autocast
from painctl.runs.resume import Keeper, Position, fill, moving
from painctl.runs.seeding import deterministic, reseed, seeded
from painctl.vitpain.data import Pairs, PairSource
from painctl.vitpain.interface import Outputs, PainModel
from painctl.vitpain.losses import losses
from painctl.vitpain.settings import TrainingSettings

if TYPE_CHECKING:
    from accelerate import Accelerator

Row = dict[str, Any]


def train(
    model: PainModel,
    source: PairSource,
    validation: PairSource | None,
    settings: TrainingSettings,
    log: Callable[[Row], None] = lambda row: None,
    device: str = "cpu",
    keeper: Keeper | None = None,
) -> PainModel:
    """Train a model in place and return it, in evaluation mode.

    `log` gets one row an epoch: epoch, learning_rate, the mean losses, and with `validation` the same losses and the
    PCC there; the weights kept are then those of the epoch with the least PSPI error there (the whole loss would stop
    too early: its cross-entropy grows with certainty while PSPI still improves), else the last. The same seed gives
    the same weights, bit for bit, on the same machine, also when `keeper` lets a killed run go on. Under torchrun the
    processes share every batch. Raises ValueError for an empty source, if the loss is no longer a number, and as
    `processes.accelerator` and `Keeper.load` do.
    """
    if len(source) == 0 or (validation is not None and len(validation) == 0):
        raise ValueError("no frames to train or to validate on")
    run = _Run.begin(
        model, source, settings, accelerator(device, settings.precision, settings.batch_size, settings.accumulate)
    )
    held_out = None if validation is None else pairs_of(model, validation, settings)
    position, best = keeper.load(model, run.optimizer) if keeper else (Position(), None)
    for row in position.rows:
        log(row)
    with deterministic(), seeded(settings.seed, "training"):
        while position.epoch < settings.epochs:
            row = {"epoch": position.epoch + 1, **run.epoch(position, best, keeper)}
            if held_out is not None:
                found = evaluate(run.net, held_out, settings, run.processes)
                row |= {f"validation_{name}": value for name, value in found.items()}
                if position.least is None or found["pspi"] < position.least:
                    position.least = found["pspi"]
                    best = {name: tensor.detach().clone() for name, tensor in moving(model).items()}
            log(row)
            position.epoch, position.step, position.sums = position.epoch + 1, 0, {}
            position.rows.append(row)
    if best is not None:
        fill(model, best)
    return model.eval()


def pairs_of(model: PainModel, source: PairSource, settings: TrainingSettings) -> Pairs:
    """A source's pairs as a model sees them; without neutral pictures for a model that takes none."""
    preprocess = model.architecture.preprocess
    shots = settings.shots if model.compares else 0
    return Pairs(model.prepared(source), preprocess.size, preprocess.crop, settings.seed, shots, model.any_reference)


@dataclass(frozen=True, eq=False)
class _Run:
    """What one training run works with."""

    model: PainModel
    net: nn.Module  # the model as it is called: compiled, wrapped for several processes
    pairs: Pairs
    settings: TrainingSettings
    processes: Accelerator
    optimizer: torch.optim.Optimizer
    rates: list[float] = field(default_factory=list)  # highest learning rate of each group

    @classmethod
    def begin(cls, model: PainModel, source: PairSource, settings: TrainingSettings, processes: Accelerator) -> _Run:
        model.to(processes.device)
        groups = parameter_groups(model, settings)
        optimizer = torch.optim.AdamW(groups, lr=settings.learning_rate)
        net = processes.prepare_model(torch.compile(model) if settings.compile else model)
        rates = [group["lr"] for group in groups]
        return cls(model, net, pairs_of(model, source, settings), settings, processes, optimizer, rates)

    def epoch(self, position: Position, best: Mapping[str, Tensor] | None, keeper: Keeper | None) -> Row:
        """The rest of an epoch from where it stands; the row has the learning rate and the mean losses."""
        self.net.train()
        batches = draw_batches(self.pairs.source.pspi, position.epoch, self.settings)
        first = position.epoch * len(batches)
        start = rate(first, self.settings.epochs * len(batches), self.settings) * self.settings.learning_rate
        parts = self._parts(batches[position.step :], position.epoch if self.settings.augment else -1)
        sums = {name: torch.tensor(value, dtype=torch.float64) for name, value in position.sums.items()}
        for step in range(position.step, len(batches)):
            for name, term in self._step(first + step, self.settings.epochs * len(batches), parts).items():
                sums[name] = sums.get(name, torch.zeros((), dtype=torch.float64)).to(term.device) + term
            position.step = step + 1
            if keeper and keeper.due():
                position.sums = {name: term.item() for name, term in sums.items()}
                if self.processes.is_main_process:
                    keeper.save(position, self.model, self.optimizer, best)
        means = {name: term.item() / len(batches) for name, term in sums.items()}
        if not np.isfinite(means["loss"]):
            highest = self.settings.learning_rate
            raise ValueError(f"the loss is no number in epoch {position.epoch + 1}; lower the rate of {highest:g}")
        return {"learning_rate": start, **means}

    def _step(self, step: int, steps: int, parts: Iterator[list[Tensor]]) -> dict[str, Tensor]:
        """One step of the optimizer; returns the losses, over all parts and processes."""
        settings, processes = self.settings, self.processes
        reseed(settings.seed, f"dropout/{step}/{processes.process_index}")
        for group, highest in zip(self.optimizer.param_groups, self.rates, strict=True):
            group["lr"] = highest * rate(step, steps, settings)
        self.optimizer.zero_grad()
        total: dict[str, Tensor] = {}
        for part in range(settings.accumulate):
            last = part == settings.accumulate - 1
            with contextlib.nullcontext() if last else processes.no_sync(self.net):
                pain, neutral, pspi, aus = next(parts)
                with autocast(processes.device, settings.precision):
                    said = self.net(pain, neutral)
                terms = losses(said, pspi, aus, self.model.levels, settings)
                processes.backward(terms["loss"] / settings.accumulate)
            for name, term in terms.items():
                total[name] = total.get(name, 0) + term.detach().double() / settings.accumulate
        processes.clip_grad_norm_(self.net.parameters(), settings.clip)
        self.optimizer.step()
        return {name: processes.reduce(term, "mean") for name, term in total.items()}

    def _parts(self, batches: np.ndarray, epoch: int) -> Iterator[list[Tensor]]:
        """This process's share of each batch, in `accumulate` parts."""
        rank, world = self.processes.process_index, self.processes.num_processes
        size = self.settings.batch_size // world // self.settings.accumulate
        shares = batches[:, rank::world].reshape(-1, size)
        return _loaded(self.pairs, shares, epoch, self.settings, self.processes.device)


def evaluate(net: nn.Module, pairs: Pairs, settings: TrainingSettings, processes: Accelerator) -> Row:
    """The losses and the PCC of a model on all pairs, the pictures as they are."""
    net.eval()
    rank, world = processes.process_index, processes.num_processes
    count = math.ceil(len(pairs.source) / world) * world
    mine = (np.arange(count) % len(pairs.source))[rank::world]
    size = settings.batch_size // world
    parts: list[list[Tensor]] = []
    with torch.inference_mode(), autocast(processes.device, settings.precision):
        shares = [mine[start : start + size] for start in range(0, len(mine), size)]
        for pain, neutral, pspi, aus in _loaded(pairs, shares, -1, settings, processes.device):
            said = net(pain, neutral)
            parts.append([part.float() for part in (*said[:3], pspi, aus) if part is not None])
        whole = [processes.gather(torch.cat(column)) for column in zip(*parts, strict=True)]
        # process r has rows r, r + world, ...: back into their order, without the ones that fill up
        whole = [part.reshape(world, -1, *part.shape[1:]).transpose(0, 1).flatten(0, 1) for part in whole]
        whole = [part[: len(pairs.source)] for part in whole]
        outputs, (pspi, aus) = _outputs(processes.unwrap_model(net), whole[:-2]), whole[-2:]
        levels = processes.unwrap_model(net).levels
        terms = {name: term.item() for name, term in losses(outputs, pspi, aus, levels, settings).items()}
    return {**terms, "pcc": pearson(pspi.cpu().numpy(), outputs.pspi.cpu().numpy())}


def draw_batches(pspi: np.ndarray, epoch: int, settings: TrainingSettings) -> np.ndarray:
    """The frames of one epoch's batches, int [steps, batch_size].

    Every frame once in a drawn order, and the last batch filled with further ones; where pain weighs more than its
    absence, as many frames drawn with replacement by weight.
    """
    steps = math.ceil(len(pspi) / settings.batch_size)
    size = steps * settings.batch_size
    generator = draws(settings.seed, -1, f"frames/{epoch}")
    if settings.pain_weight == 1:
        rounds = [generator.permutation(len(pspi)) for _ in range(math.ceil(size / len(pspi)))]
        frames = np.concatenate(rounds)[:size]
    else:
        weights = np.where(np.asarray(pspi) >= 1, settings.pain_weight, 1.0)
        frames = generator.choice(len(weights), size, p=weights / weights.sum())
    return frames.reshape(steps, settings.batch_size)


def rate(step: int, steps: int, settings: TrainingSettings) -> float:
    """Share of the highest learning rate at a step: a linear rise, then half a cosine down to `final_rate`."""
    rise = round(settings.warmup * steps)
    if step < rise:
        return (step + 1) / rise
    progress = min(1.0, (step - rise) / max(1, steps - rise))
    return settings.final_rate + (1 - settings.final_rate) * 0.5 * (1 + math.cos(math.pi * progress))


def parameter_groups(model: nn.Module, settings: TrainingSettings) -> list[dict[str, Any]]:
    """Every trainable parameter, once: matrices with weight decay, biases and norms without; adapters at their rate."""
    groups: dict[tuple[float, float], list[nn.Parameter]] = {}
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            share = settings.adapter_rate if "lora_" in name else 1.0
            key = share * settings.learning_rate, settings.weight_decay if parameter.ndim > 1 else 0.0
            groups.setdefault(key, []).append(parameter)
    return [{"params": group, "lr": lr, "weight_decay": decay} for (lr, decay), group in groups.items()]


def _loaded(
    pairs: Pairs, shares: Any, epoch: int, settings: TrainingSettings, device: torch.device
) -> Iterator[list[Tensor]]:
    """[pain, neutral, PSPI, action units] of each share of frames; epoch -1 for pictures as they are."""
    keys = [[(int(frame), epoch) for frame in share] for share in shares]
    dataset: Any = pairs  # torch asks for no more than its __getitem__
    fast = device.type != "cpu"
    loader = DataLoader(
        dataset,
        batch_sampler=keys,
        num_workers=settings.workers,
        pin_memory=fast,
        generator=torch.Generator(),  # its workers' seed, not used here, would come out of the dropout's numbers
    )
    for batch in loader:
        yield [part.to(device, non_blocking=fast) for part in batch]


def _outputs(model: PainModel, parts: list[Tensor]) -> Outputs:
    """Outputs from the heads that a model has, in order."""
    rest = iter(parts)
    return Outputs(next(rest), next(rest) if model.levels else None, next(rest) if model.tells_units else None)
