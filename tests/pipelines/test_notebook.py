"""docs/notebook.ipynb runs as it stands, and is committed with its outputs."""

import copy
import os
import sysconfig
from pathlib import Path

import pytest

NOTEBOOK = Path(__file__).parents[2] / "docs/notebook.ipynb"
MOST_BYTES = 300_000


@pytest.fixture(scope="module")
def committed():
    nbformat = pytest.importorskip("nbformat")
    return nbformat.read(NOTEBOOK, 4)


def kinds(cell):
    """The media types of the outputs of a cell."""
    return [sorted(output.get("data", {output.output_type: ""})) for output in cell.get("outputs", ())]


def test_it_runs_to_outputs_of_the_committed_kinds(committed, tmp_path, monkeypatch):
    nbclient = pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    monkeypatch.delenv("PAINCTL_MODEL", raising=False)
    monkeypatch.setenv("PATH", f"{sysconfig.get_path('scripts')}{os.pathsep}{os.environ['PATH']}")
    notebook = copy.deepcopy(committed)
    nbclient.NotebookClient(notebook, timeout=170, resources={"metadata": {"path": str(tmp_path)}}).execute()
    assert (tmp_path / "tiny.h5").is_file()
    assert [kinds(cell) for cell in notebook.cells] == [kinds(cell) for cell in committed.cells]


def test_it_is_committed_with_small_outputs_and_without_paths_of_a_machine(committed):
    text = NOTEBOOK.read_text()
    assert len(text) < MOST_BYTES
    assert sum("image/png" in kind for cell in committed.cells for kind in kinds(cell)) == 2
    assert all(cell.outputs for cell in committed.cells[3:] if cell.cell_type == "code" and "show" in cell.source)
    assert "/root/" not in text
    assert "/home/" not in text
