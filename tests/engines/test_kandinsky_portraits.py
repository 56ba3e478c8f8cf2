"""Portraits by the real pipelines with tiny random weights, which draw noise, and how they are accepted."""

import json
from types import SimpleNamespace

import made_steps
import numpy as np
import pytest
from made_steps import pack_options

from painctl.dataset.gather import plan_dataset
from painctl.engines import kandinsky_portraits
from painctl.images.encode import decode
from painctl.shard.reader import Shard
from painctl.stages.pack import write
from painctl.stages.step import failure_count, is_made_by, transform
from painctl.stages.synth_neutral import SynthNeutral


@pytest.fixture(scope="module")
def depths(head, tmp_path_factory):
    """Depth maps of two people in one shard, and of the second alone in another."""
    folder = tmp_path_factory.mktemp("depths")
    paths = {}
    for name, people in (("both", range(2)), ("second", range(1, 2))):
        made_steps.write_ids(2, 7, folder / f"{name}-ids.h5", people)
        paths[name] = folder / f"{name}.h5"
        transform(made_steps.depth(128), folder / f"{name}-ids.h5", paths[name])
    return SimpleNamespace(**paths)


@pytest.fixture(scope="module")
def drawing(kandinsky):
    """Make the step; by default it accepts every portrait, since random weights draw no faces."""

    def make(agreement=0.0, retries=0, batch_size=2, **options):
        weights = {"prior": str(kandinsky.prior), "decoder": str(kandinsky.controlnet)}
        quick = {"steps": 2, "prior_steps": 2, "device": "cpu", "negative_prompt": "hat", "batch_size": batch_size}
        acceptance = {"agreement": agreement, "retries": retries}
        return SynthNeutral("kandinsky", {**weights, **quick, **acceptance, **options})

    return make


@pytest.fixture(scope="module")
def drawn(depths, drawing, tmp_path_factory):
    path = tmp_path_factory.mktemp("drawn") / "portraits.h5"
    transform(drawing(), depths.both, path)
    return path


def portraits(path):
    with Shard(path) as shard:
        return dict(zip(shard.read("identities", "name"), shard.read("portraits", "image"), strict=True))


def test_every_portrait_has_the_camera_of_its_depth_map(drawn):
    with Shard(drawn) as shard:
        assert shard.rows("portraits") == 2
        for row in range(2):
            image, mask = (decode(shard.read("portraits", name, row)) for name in ("image", "mask"))
            depth = shard.read("depth", "depth", row)
            assert image.shape == (128, 128, 3)
            assert set(np.unique(mask)) == {0, 128, 255}
            np.testing.assert_array_equal(mask > 0, depth > 0)
            for name in ("intrinsics", "extrinsics"):
                np.testing.assert_array_equal(shard.read("portraits", name, row), shard.read("depth", name, row))
        assert len(set(shard.read("portraits", "image"))) == 2


def test_the_history_records_weights_and_settings(drawn, drawing):
    with Shard(drawn) as shard:
        step = shard.history[-1]
    assert (step["stage"], step["engine"], step["prior"]) == ("synth-neutral", "kandinsky", "tiny-prior")
    assert step["decoder"] == "tiny-controlnet"
    assert step["revision"] == drawing().options["revision"]
    assert (step["steps"], step["guidance"], step["dtype"]) == (2, 4.0, "fp32")
    assert (step["negative_prompt"], step["agreement"]) == ("hat", 0.0)
    assert "batch" not in json.dumps(step)


def test_portraits_do_not_depend_on_shards_or_the_size_of_batches(depths, drawn, drawing, tmp_path):
    transform(drawing(), depths.second, tmp_path / "second.h5")
    assert portraits(tmp_path / "second.h5") == {"s7-00001": portraits(drawn)["s7-00001"]}
    transform(drawing(batch_size=3), depths.both, tmp_path / "three.h5")
    pictures = [[*map(decode, portraits(path).values())] for path in (tmp_path / "three.h5", drawn)]
    # the same bytes on most processors; on others, MKL multiplies matrices of another size by another kernel
    np.testing.assert_allclose(*np.array(pictures, int), atol=1)


def test_other_settings_give_other_portraits(depths, drawn, drawing, tmp_path):
    transform(drawing(guidance=2.0), depths.both, tmp_path / "other.h5")
    assert not set(portraits(tmp_path / "other.h5").values()) & set(portraits(drawn).values())


def test_portraits_that_do_not_match_the_depth_map_fail(depths, drawing, tmp_path):
    strict = drawing(agreement=0.95, retries=1)
    with pytest.raises(ValueError, match=r"in any of 2 portraits \(best agreement 0\.000, 0\.95 required\); add"):
        transform(strict, depths.both, tmp_path / "none.h5")
    assert not (tmp_path / "none.h5").exists()


@pytest.fixture
def set_agreements(monkeypatch):
    """Set the agreements of the portraits of each person, instead of those that noise would get."""
    calls = []

    def judge(agreements):
        left = {name: list(values) for name, values in agreements.items()}

        def agreement(portrait, view):
            name = "first" if len(calls) == 0 or view.landmarks[30, 0] == calls[0][1] else "second"
            calls.append((name, view.landmarks[30, 0]))
            return left[name].pop(0)

        monkeypatch.setattr(kandinsky_portraits, "agreement", agreement)
        return calls

    return judge


def test_a_portrait_that_does_not_match_is_redrawn_with_the_next_seed(depths, drawn, drawing, set_agreements, tmp_path):
    set_agreements({"first": [0.5, 0.75, 1.0], "second": [1.0]})
    step = drawing(agreement=0.9, retries=2)
    assert not transform(step, depths.both, tmp_path / "out.h5")
    with Shard(tmp_path / "out.h5") as shard:
        assert shard.read("portraits", "attempt").tolist() == [2, 0]
        assert shard.read("portraits", "agreement").tolist() == [1.0, 1.0]
    redrawn, before = portraits(tmp_path / "out.h5"), portraits(drawn)
    assert redrawn["s7-00000"] != before["s7-00000"]
    assert redrawn["s7-00001"] == before["s7-00001"]


def test_a_person_without_a_matching_portrait_is_listed(depths, drawn, drawing, set_agreements, tmp_path):
    set_agreements({"first": [0.5, 0.75], "second": [1.0]})
    target = tmp_path / "out.h5"
    step = drawing(agreement=0.9, retries=1)
    assert list(transform(step, depths.both, target)) == ["s7-00000"]
    assert failure_count(target) == 1
    with Shard(target) as shard:
        (reason,) = shard.read("failures", "reason")
    assert "any of 2 portraits (best agreement 0.750, 0.9 required); add --retries N --retry-failed" in reason
    assert list(portraits(target)) == ["s7-00001"]

    set_agreements({"first": [0.5, 0.75, 0.8, 0.95]})
    patient = drawing(agreement=0.9, retries=3)
    assert is_made_by(patient, depths.both, target)  # the others need not be drawn again
    assert not transform(patient, depths.both, target, retry=True)
    with Shard(target) as shard:
        assert shard.read("portraits", "attempt").tolist() == [3, 0]


def test_the_whole_pipeline(drawn, kandinsky, tmp_path):
    """Drawn portraits, baked, rigged, rendered, inpainted and packed."""
    options = {"prior": str(kandinsky.prior), "decoder": str(kandinsky.inpaint), "steps": 2, "prior_steps": 2}
    views = made_steps.views(size=64, inpaint="kandinsky", inpaint_options={**options, "device": "cpu"})
    (tmp_path / "portraits.h5").write_bytes(drawn.read_bytes())
    steps = made_steps.textures(engine="bake"), made_steps.rig(scores=(8,)), views
    source = made_steps.chain(tmp_path / "portraits.h5", *steps)
    write(plan_dataset([source], pack_options(ratios=(50, 50, 0))), tmp_path / "dataset.h5", "h5")
    with Shard(tmp_path / "dataset.h5") as shard:
        assert (shard.rows("identities"), shard.rows("expressions"), shard.rows("frames")) == (2, 4, 8)
        used = [(step["stage"], step.get("engine", step.get("inpaint"))) for step in shard.history]
        assert {("synth-neutral", "kandinsky"), ("texture", "bake"), ("render-views", "kandinsky")} < set(used)
        assert "other than the open ones (kandinsky)" in shard.attributes["card"]
        assert len(set(shard.read("frames", "image"))) == 8
