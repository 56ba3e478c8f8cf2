"""What is wrong with a model, an input or an output is reported before torch or transformers is imported."""

import subprocess
import sys

import pytest

_PROGRAM = """
import sys
from painctl.cli.main import main
sys.argv = ["painctl", *sys.argv[1:]]
try:
    main()
except SystemExit as end:
    heavy = {"torch", "transformers", "diffusers", "peft", "accelerate", "pytorch3d"}
    print(end.code, *sorted(heavy & set(sys.modules)))
"""
NO_FILE, UNWRITABLE = "no such file or directory", "/proc/output"
OWNER = "--age 40 --gender man --ethnicity White"


@pytest.fixture(scope="module")
def folder(packed, tmp_path_factory):
    """A folder with a dataset, a file that is no shard and a folder that is no model."""
    folder = tmp_path_factory.mktemp("inputs")
    (folder / "dataset.h5").symlink_to(packed)
    (folder / "no-shard.h5").write_text("no shard")
    (folder / "no-model").mkdir()
    return folder


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("predict dataset.h5 --model nowhere", "nowhere: no such model"),
        ("predict dataset.h5 --model no-model", "no-model: no model.safetensors in it"),
        ("predict nowhere.png", "nowhere.png: no such file"),
        ("predict dataset.h5 --neutral nowhere.png", "nowhere.png: no such file"),
        ("predict --pairs nowhere.csv", f"nowhere.csv: {NO_FILE}"),
        (f"predict dataset.h5 --picture {UNWRITABLE}.png", f"{UNWRITABLE}.png: {NO_FILE}"),
        ("pretrain nowhere.h5 -o model", f"nowhere.h5: {NO_FILE}"),
        ("pretrain no-shard.h5 -o model", "no-shard.h5: not a shard"),
        (f"pretrain dataset.h5 -o {UNWRITABLE}", f"{UNWRITABLE}: {NO_FILE}"),
        ("pretrain dataset.h5 --init-from nowhere -o model", "nowhere: no such model"),
        ("pretrain dataset.h5 --init-from no-model -o model", "no-model: no model.safetensors in it"),
        ("pretrain dataset.h5 --backbone some/where -o model", "some/where: not downloaded yet"),
        ("cv nowhere.h5", f"nowhere.h5: {NO_FILE}"),
        ("cv dataset.h5 -k 99", "99 folds of 8 people"),
        (f"cv dataset.h5 -k 2 -o {UNWRITABLE}", f"{UNWRITABLE}/fold-1.json: {NO_FILE}"),
        ("cv dataset.h5 --init-from no-model", "no-model: no model.safetensors in it"),
        ("align-train nowhere.h5", f"nowhere.h5: {NO_FILE}"),
        (f"align-train dataset.h5 -o {UNWRITABLE}.safetensors", f"{UNWRITABLE}.safetensors: {NO_FILE}"),
        ("likeness-train nowhere.h5", f"nowhere.h5: {NO_FILE}"),
        (f"rig-train -o {UNWRITABLE}.safetensors", f"{UNWRITABLE}.safetensors: {NO_FILE}"),
        ("rig --engine neural nowhere.h5 -o faces.h5", f"nowhere.h5: {NO_FILE}"),
        ("rig --engine neural nowhere.h5 neither.h5 -o faces", "nowhere.h5: no such file; of 2 inputs, none exists"),
        (f"rig --engine neural dataset.h5 -o {UNWRITABLE}.h5", f"{UNWRITABLE}.h5: {NO_FILE}"),
        ("rig --engine neural dataset.h5 --weights nowhere -o faces.h5", "nowhere: no such file; train one"),
        ("synth-neutral --engine kandinsky nowhere.h5 -o portraits.h5", f"nowhere.h5: {NO_FILE}"),
        ("render-views --inpaint kandinsky dataset.h5 -o no/frames.h5", "no/frames.h5: no folder no"),
        (f"sample-ids --model mesh --mesh nowhere.obj {OWNER} -o ids.h5", f"nowhere.obj: {NO_FILE}"),
        (f"demo -o {UNWRITABLE}", f"{UNWRITABLE}: {NO_FILE}"),
    ],
)
def test_errors_come_before_torch(folder, line, message):
    environment = {"PATH": "", "HOME": str(folder), "PYTHONPATH": ":".join(sys.path), "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, *line.split()], cwd=folder, env=environment, capture_output=True, text=True
    )
    assert done.stdout.split() == ["1"]
    (reported,) = done.stderr.splitlines()
    assert message in reported
