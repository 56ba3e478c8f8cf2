"""The import rule: rooms import rooms below them only, and no two modules import each other, however indirectly."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# from the top down; rooms of one layer may import the ones named after them in it
LAYERS = (
    ("__main__",),
    ("cli",),
    ("stages",),
    ("prediction",),
    ("dataset",),
    ("engines",),
    ("corpora",),
    ("vitpain",),
    ("evidence",),
    ("diffusion",),
    ("rig",),
    ("render",),
    ("appearance",),
    ("detect",),
    ("face",),
    ("pain",),
    ("shard",),
    ("runs",),
    ("images",),
    ("mesh",),
    ("files",),
    ("records",),
)
RANK = {room: rank for rank, layer in enumerate(reversed(LAYERS)) for room in layer}
SHARD_READERS = {"shard", "dataset", "prediction", "stages"}
CLI_IMPORTS = {"cli", "stages", "records", "engines.registry"}


def imports() -> dict[str, set[str]]:
    """Every module of painctl, without the package's name, and the modules that it imports, at its top or later."""
    paths = {_name(path): path for path in (ROOT / "painctl").rglob("*.py") if path.parent.name}
    return {name: set(_imported(path, set(paths))) for name, path in paths.items()}


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
    """Imports of a room by one below it."""
    return [
        f"{module} imports {other}"
        for module, others in graph.items()
        for other in others
        if room(module) and room(other) and RANK[room(other)] > RANK[room(module)]
    ]


def circles(graph):
    """Modules that import themselves through others: strongly connected components (Tarjan 1972)."""
    index, low, stack, found = {}, {}, [], []

    def visit(module):
        index[module] = low[module] = len(index)
        stack.append(module)
        for other in graph.get(module, ()):
            if other not in index:
                visit(other)
                low[module] = min(low[module], low[other])
            elif other in stack:
                low[module] = min(low[module], index[other])
        if low[module] == index[module]:
            component = stack[stack.index(module) :]
            del stack[stack.index(module) :]
            if len(component) > 1:
                found.append(sorted(component))

    for module in graph:
        if module not in index:
            visit(module)
    return found


@pytest.fixture(scope="module")
def graph():
    return imports()


def test_arrows_point_downwards(graph):
    assert upward(graph) == []


def test_there_are_no_circles(graph):
    assert circles(graph) == []


def test_an_arrow_that_is_turned_round_is_noticed(graph):
    """Every arrow between two rooms, one at a time."""
    for module, others in graph.items():
        for other in others:
            if room(module) != room(other) and room(other) and room(module):
                turned = {**graph, other: graph[other] | {module}}
                assert upward(turned), (module, other)
                assert circles(turned), (module, other)


def test_only_what_stands_above_the_domain_knows_shards(graph):
    """Domain rooms take and give arrays and records, never HDF5 handles."""
    readers = {room(module) for module, others in graph.items() for other in others if room(other) == "shard"}
    assert readers <= SHARD_READERS
    assert {room(other) for module, others in graph.items() if room(module) == "shard" for other in others} <= {
        "shard",
        "files",
        "records",
        "",
    }


def test_the_command_line_imports_stages_and_records_alone(graph):
    others = {other for module, others in graph.items() if room(module) == "cli" for other in others}
    assert {other for other in others if other and not {other, room(other)} & CLI_IMPORTS} == set()


def test_stages_has_a_module_for_each_subcommand_and_step():
    from painctl.cli.main import COMMANDS

    modules = {path.stem for path in (ROOT / "painctl/stages").glob("*.py")} - {"__init__"}
    assert modules == {name.replace("-", "_") for name in COMMANDS} | {"step"}


def test_every_room_says_what_lives_there():
    for path in (ROOT / "painctl").rglob("__init__.py"):
        assert ast.get_docstring(ast.parse(path.read_text())), path
