"""The extras of an installation: the packages that each adds, and the error where one is missing.

The core of painctl makes datasets without torch. Packages are looked up, not imported: an absent one is reported before
anything else is loaded.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from typing import Final

_PREDICT = ("peft", "torch", "transformers")
# by the name of the extra in pyproject.toml: the modules that it installs
EXTRAS: Final[Mapping[str, tuple[str, ...]]] = {
    "predict": _PREDICT,
    "train": (*_PREDICT, "accelerate", "fast_simplification", "robust_laplacian", "sklearn"),
    "kandinsky": (*_PREDICT, "accelerate", "diffusers"),
    "pytorch3d": ("torch", "pytorch3d"),
    "parquet": ("pyarrow",),
    "pandas": (*_PREDICT, "pandas"),
    "track": ("tensorboard", "trackio"),
}
# the names of packages that differ from those of their modules
_PACKAGES = {
    "fast_simplification": "fast-simplification",
    "pytorch3d": "easypytorch3d",
    "robust_laplacian": "robust-laplacian",
    "sklearn": "scikit-learn",
}


class MissingExtra(ImportError):
    """Packages of an extra are not installed; the message says how to install them."""


def require(extra: str, what: str, *modules: str) -> None:
    """Raise MissingExtra, which names `what` needs it, if a package of an extra is not installed.

    If `modules` are given, only they are needed.
    """
    if absent := [package_of(module) for module in modules or EXTRAS[extra] if find_spec(module) is None]:
        raise MissingExtra(f"{what} needs {', '.join(absent)}, not installed: pip install 'painctl[{extra}]'")


def package_of(module: str) -> str:
    """The name under which the package of a module is installed."""
    return _PACKAGES.get(module, module)
