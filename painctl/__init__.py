"""painctl: from a random seed to a labelled synthetic pain-face dataset, and from that to a pain model.

From Python: `painctl.load` gives a model, `painctl.Dataset` a dataset for torch's DataLoader, and `painctl.open_shard`
any file that painctl writes. The first two need the predict extra, and import torch, which takes a second or two.
"""

from __future__ import annotations

TYPE_CHECKING = False  # that of typing, which takes milliseconds to import, in which Ctrl-C would print a traceback
if TYPE_CHECKING:
    from typing import Any

__version__ = "0.1.0"
__all__ = ["Dataset", "Estimate", "Model", "UsageError", "__version__", "load", "open_shard"]

_HOMES = {
    **dict.fromkeys(("load", "Model", "Estimate"), "api.model"),
    "Dataset": "api.dataset",
    "open_shard": "api.shards",
    "UsageError": "records",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'painctl' has no attribute {name!r}")
    from importlib import import_module

    if name not in ("open_shard", "UsageError"):
        from painctl.extras import require

        require("predict", f"painctl.{name}")
    return getattr(import_module(f"painctl.{_HOMES[name]}"), name)
