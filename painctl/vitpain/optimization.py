"""The optimizer's parameter groups and its learning rate over time."""

from __future__ import annotations

import math
from typing import Any

from torch import nn

from painctl.vitpain.settings import TrainingSettings


def learning_rate_factor(step: int, steps: int, settings: TrainingSettings) -> float:
    """The learning rate at a step over its peak: a linear warmup, then half a cosine down to `final_rate`."""
    warmup = round(settings.warmup * steps)
    if step < warmup:
        return (step + 1) / warmup
    progress = min(1.0, (step - warmup) / max(1, steps - warmup))
    return settings.final_rate + (1 - settings.final_rate) * 0.5 * (1 + math.cos(math.pi * progress))


def parameter_groups(model: nn.Module, settings: TrainingSettings) -> list[dict[str, Any]]:
    """Each trainable parameter once: weight decay for matrices only, and `adapter_rate` for LoRA adapters."""
    groups: dict[tuple[float, float], list[nn.Parameter]] = {}
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            factor = settings.adapter_rate if "lora_" in name else 1.0
            key = factor * settings.learning_rate, settings.weight_decay if parameter.ndim > 1 else 0.0
            groups.setdefault(key, []).append(parameter)
    return [{"params": group, "lr": lr, "weight_decay": decay} for (lr, decay), group in groups.items()]
