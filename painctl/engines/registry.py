"""The list of engines: the command line's choices, `painctl engines`, the stages and the dataset card all read it.

To add an engine, write a module in this room with `build`, which returns what interfaces.py requires of its role, and
`probe`, which raises an error that says what is missing on this machine or returns a remark; then add an entry below.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final

from painctl.extras import require


@dataclass(frozen=True)
class Role:
    """A task that an engine performs."""

    commands: tuple[str, ...]  # subcommands that use it
    option: str  # their option that selects the engine


@dataclass(frozen=True)
class Engine:
    """One way to fill a role."""

    role: str
    name: str  # the value of the option
    is_open: bool  # whether no licence but painctl's and CC0 applies to its output
    module: str  # of painctl.engines; imported only when the engine is probed or built
    needs: tuple[str, ...] = ()  # tables that it reads besides those that the stage always reads
    single: bool = False  # whether it works in one process only: it has a GPU, a network or a process of its own
    probes: tuple[tuple[str, str], ...] = ()  # labels and the arguments of `probe`, if it is probed for several things
    extra: str = ""  # of the installation, that it needs

    @property
    def single_option(self) -> str:
        """The option that chooses it, if it works in one process only; else empty."""
        return f"{ROLES[self.role].option} {self.name}" if self.single else ""

    def probe(self, argument: str = "") -> str:
        """A remark on how the engine works on this machine, or nothing.

        Raises ImportError, OSError, ValueError or RuntimeError that says what is missing and how to get it.
        """
        self.require_extra()
        return self._module.probe(*([argument] if argument else []))

    def build(self, **options: Any) -> Any:
        """The engine itself, see interfaces.py; `options` are its own. Raises MissingExtra."""
        self.require_extra()
        return self._module.build(**options)

    def require_extra(self) -> None:
        """Raise MissingExtra if a package is not installed that the engine needs."""
        if self.extra:
            require(self.extra, f"{ROLES[self.role].option} {self.name}")

    @property
    def _module(self) -> Any:
        return import_module(f"painctl.engines.{self.module}")


ROLES: Final = {
    "head": Role(("sample-ids",), "--model"),
    "renderer": Role(("render-depth", "render-views"), "--renderer"),
    "portrait": Role(("synth-neutral",), "--engine"),
    "inpaint": Role(("render-views",), "--inpaint"),
    "texture": Role(("texture",), "--engine"),
    "rig": Role(("rig",), "--engine"),
    "backbone": Role(("pretrain", "cv"), "--backbone"),
    "model": Role(("predict",), "--model"),
    "device": Role(("pretrain", "cv", "predict"), "--device"),
}

# the first engine of a role is its default
ENGINES: Final = (
    Engine("head", "anny", True, "anny"),
    Engine("head", "flame", False, "flame"),
    Engine("head", "mesh", False, "mesh", extra="train"),
    Engine("renderer", "opencv", True, "opencv"),
    Engine(
        "renderer",
        "pytorch3d",
        True,
        "pytorch3d",
        single=True,
        probes=(("pytorch3d --device cpu", "cpu"), ("pytorch3d --device cuda", "cuda")),
        extra="pytorch3d",
    ),
    Engine("portrait", "procedural", True, "procedural_portraits"),
    Engine("portrait", "kandinsky", False, "kandinsky_portraits", single=True, extra="kandinsky"),
    Engine(
        "inpaint",
        "kandinsky",
        False,
        "kandinsky_inpainting",
        probes=(("--inpaint kandinsky", ""),),
        single=True,
        extra="kandinsky",
    ),
    Engine("texture", "procedural", True, "procedural_textures"),
    Engine("texture", "bake", True, "bake", needs=("portraits",)),
    Engine("texture", "hunyuan3d", False, "hunyuan3d", needs=("portraits",), single=True),
    Engine("rig", "blendshapes", True, "blendshapes"),
    # its weights may be the user's, under any licence
    Engine("rig", "neural", False, "neural_rig", single=True, extra="train"),
    Engine("backbone", "compact", True, "untrained", extra="train"),
    Engine("backbone", "hybrid", True, "untrained", extra="train"),
    Engine("backbone", "dinov3", False, "dinov3", probes=(("S", "S"), ("B", "B"), ("L", "L")), extra="train"),
    Engine("model", "painctl", True, "shipped_model", extra="predict"),
    Engine("device", "cuda", True, "cuda", probes=(("--device cuda", ""),), extra="predict"),
)


def engines(role: str) -> Iterator[Engine]:
    """The engines of a role, its default first."""
    return (engine for engine in ENGINES if engine.role == role)


def names(role: str) -> tuple[str, ...]:
    """The names of the engines of a role, its default first."""
    return tuple(engine.name for engine in engines(role))


def default(role: str) -> str:
    """The name of the engine that a role has by default."""
    return names(role)[0]


def find(role: str, name: str) -> Engine:
    """The engine of a role and name. Raises ValueError for an unknown one."""
    for engine in engines(role):
        if engine.name == name:
            return engine
    raise ValueError(f"{ROLES[role].option} {name}: unknown; choose one of {', '.join(names(role))}")


def is_open(name: str) -> bool:
    """Whether all engines of this name are open; False for an unknown name."""
    return any(engine.name == name for engine in ENGINES) and all(e.is_open for e in ENGINES if e.name == name)
