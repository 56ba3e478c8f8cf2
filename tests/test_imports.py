"""The import rule: rooms import rooms below them only, and no two modules import each other, however indirectly."""

import ast
import re
from pathlib import Path

import pytest

from painctl.dataset.export import FOLDERS
from painctl.engines.registry import ENGINES

ROOT = Path(__file__).parents[1]
# from the top down; a room may import the rooms of the layers below it
LAYERS = (
    ("__main__",),
    ("api",),
    ("cli",),
    ("stages",),
    ("prediction",),
    ("dataset",),
    ("engines",),
    ("corpora",),
    ("vitpain",),
    ("likeness",),
    ("aligner",),
    ("evidence",),
    ("diffusion",),
    ("scans",),
    ("rig",),
    ("render",),
    ("appearance",),
    ("detect",),
    ("face",),
    ("pain",),
    ("shard",),
    ("runs",),
    ("plots",),
    ("video",),
    ("images",),
    ("mesh",),
    ("files",),
    ("records",),
    ("extras",),
)
RANK = {room: rank for rank, layer in enumerate(reversed(LAYERS)) for room in layer}
SHARD_READERS = {"shard", "dataset", "prediction", "stages", "api"}
# modules that import others by names that they put together
DYNAMIC = {
    "engines.registry": {f"engines.{engine.module}" for engine in ENGINES},
    "dataset.export": {f"dataset.{form}" for form in FOLDERS},
    "": set(),  # the names in `api` are for users: rooms import the version alone
}
CLI_IMPORTS = {"cli", "stages", "records", "extras", "engines.registry", "files.names", "files.targets", "files.text"}


def imports() -> dict[str, set[str]]:
    """Every module of painctl, without the package name, and the modules it imports, also inside functions."""
    paths = {_name(path): path for path in (ROOT / "painctl").rglob("*.py") if path.parent.name}
    return {name: {*_imported(path, set(paths)), *DYNAMIC.get(name, ())} for name, path in paths.items()}


def _name(path):
    parts = path.relative_to(ROOT / "painctl").with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imported(path, modules):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            if node.module == "painctl" or (node.module or "").startswith("painctl."):
                package = node.module.removeprefix("painctl").lstrip(".")
                for alias in node.names:
                    module = f"{package}.{alias.name}".lstrip(".")
                    yield module if module in modules else package
        elif isinstance(node, ast.Import):
            assert not any(alias.name.startswith("painctl") for alias in node.names), f"{path}: import painctl"


def room(module):
    return module.partition(".")[0]


def upward(graph):
    """Imports that point from a room to one above it."""
    return [
        f"{module} imports {target}"
        for module, targets in graph.items()
        for target in targets
        if room(module) and room(target) and RANK[room(target)] > RANK[room(module)]
    ]


def cycles(graph):
    """Modules that import themselves through others: strongly connected components (Tarjan 1972)."""
    index, low, stack, components = {}, {}, [], []

    def visit(module):
        index[module] = low[module] = len(index)
        stack.append(module)
        for target in graph.get(module, ()):
            if target not in index:
                visit(target)
                low[module] = min(low[module], low[target])
            elif target in stack:
                low[module] = min(low[module], index[target])
        if low[module] == index[module]:
            component = stack[stack.index(module) :]
            del stack[stack.index(module) :]
            if len(component) > 1:
                components.append(sorted(component))

    for module in graph:
        if module not in index:
            visit(module)
    return components


@pytest.fixture(scope="module")
def graph():
    return imports()


def test_imports_point_downwards(graph):
    assert upward(graph) == []


def test_there_are_no_import_cycles(graph):
    assert cycles(graph) == []


def test_a_reversed_import_is_detected(graph):
    """Reverses every import between two rooms, one at a time."""
    for module, targets in graph.items():
        for target in targets:
            if room(module) != room(target) and room(target) and room(module):
                reversed_graph = {**graph, target: graph[target] | {module}}
                assert upward(reversed_graph), (module, target)
                assert cycles(reversed_graph), (module, target)


def test_only_rooms_above_the_domain_import_shard(graph):
    """Domain rooms take and give arrays and records, never HDF5 handles."""
    readers = {room(module) for module, targets in graph.items() for target in targets if room(target) == "shard"}
    assert readers <= SHARD_READERS
    assert {room(target) for module, targets in graph.items() if room(module) == "shard" for target in targets} <= {
        "shard",
        "files",
        "records",
        "",
    }


def test_the_command_line_imports_only_stages_and_records(graph):
    targets = {target for module, targets in graph.items() if room(module) == "cli" for target in targets}
    assert {target for target in targets if target and not {target, room(target)} & CLI_IMPORTS} == set()


def test_stages_has_one_module_per_subcommand_and_step():
    from painctl.cli.main import COMMANDS

    modules = {path.stem for path in (ROOT / "painctl/stages").rglob("*.py")} - {"__init__"}
    assert modules == {name.replace("-", "_") for name in COMMANDS} | {"step"}


def test_no_module_is_imported_by_a_string_unless_the_graph_has_it():
    pattern = re.compile(r"import_module\(\s*f?[\"']painctl\b")
    for path in (ROOT / "painctl").rglob("*.py"):
        assert not pattern.search(path.read_text()) or _name(path) in DYNAMIC, path


def test_every_room_has_a_docstring():
    for path in (ROOT / "painctl").rglob("__init__.py"):
        assert ast.get_docstring(ast.parse(path.read_text())), path
