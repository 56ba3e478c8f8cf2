"""The true pipelines on tiny random weights, whose pictures are noise, and the choice among what they draw."""

import json
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from painctl.dataset.gather import PackOptions, plan_dataset
from painctl.diffusion.hub import CONTROLNET, INPAINT, PRIOR, located
from painctl.diffusion.pipelines import Machine, Recipe, SamplingSettings
from painctl.diffusion.surroundings import Surroundings
from painctl.face.demographics import load_demographics
from painctl.images.encode import decode
from painctl.shard.reader import Shard
from painctl.stages import kandinsky_portraits, render_depth, render_views, rig, texture
from painctl.stages.kandinsky_portraits import Choice
from painctl.stages.pack import pack
from painctl.stages.sample_ids import SampleIds
from painctl.stages.step import failures, made_by, transform

NOISE = Choice(enough=0.0, retries=0)  # takes every portrait: random weights draw no faces


@pytest.fixture(scope="module")
def depths(head, tmp_path_factory):
    """Depth maps of two people in one shard, and of the second alone in another."""
    folder = tmp_path_factory.mktemp("depths")
    paths = {}
    for name, people in (("both", range(2)), ("second", range(1, 2))):
        SampleIds(2, 7, load_demographics("balanced")).write(people, folder / f"{name}-ids.h5")
        paths[name] = folder / f"{name}.h5"
        transform(render_depth.step(size=128), folder / f"{name}-ids.h5", paths[name])
    return SimpleNamespace(**paths)


@pytest.fixture(scope="module")
def recipe(kandinsky):
    def make(batch=2, **settings):
        weights = (located(PRIOR, str(kandinsky.prior)), located(CONTROLNET, str(kandinsky.controlnet)))
        return Recipe(
            *weights, Machine("cpu", "fp32", batch=batch), SamplingSettings("hat", 2, prior_steps=2, **settings)
        )

    return make


@pytest.fixture(scope="module")
def drawn(depths, recipe, tmp_path_factory):
    path = tmp_path_factory.mktemp("drawn") / "portraits.h5"
    transform(kandinsky_portraits.step(recipe(), NOISE), depths.both, path)
    return path


def portraits(path):
    with Shard(path) as shard:
        return dict(zip(shard.read("identities", "name"), shard.read("portraits", "image"), strict=True))


def test_every_person_has_a_portrait_seen_by_the_camera_of_their_depth_map(drawn):
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


def test_the_shard_remembers_how(drawn, recipe):
    with Shard(drawn) as shard:
        step = shard.history[-1]
    assert (step["stage"], step["engine"], step["prior"]) == ("synth-neutral", "kandinsky", "tiny-prior")
    assert step["decoder"] == "tiny-controlnet"
    assert step["revision"] == recipe().decoder.revision
    assert (step["steps"], step["guidance"], step["dtype"]) == (2, 4.0, "fp32")
    assert (step["negative_prompt"], step["agreement"]) == ("hat", 0.0)
    assert "batch" not in json.dumps(step)


def test_portraits_do_not_depend_on_the_cut(depths, drawn, recipe, tmp_path):
    transform(kandinsky_portraits.step(recipe(), NOISE), depths.second, tmp_path / "second.h5")
    assert portraits(tmp_path / "second.h5") == {"s7-00001": portraits(drawn)["s7-00001"]}
    transform(kandinsky_portraits.step(recipe(batch=3), NOISE), depths.both, tmp_path / "three.h5")
    assert portraits(tmp_path / "three.h5") == portraits(drawn)


def test_another_depth_or_seed_is_another_portrait(depths, drawn, recipe, tmp_path):
    transform(kandinsky_portraits.step(recipe(guidance=2.0), NOISE), depths.both, tmp_path / "other.h5")
    assert not set(portraits(tmp_path / "other.h5").values()) & set(portraits(drawn).values())


def test_no_face_on_the_depth_is_a_failure(depths, recipe, tmp_path):
    strict = kandinsky_portraits.step(recipe(), Choice(enough=0.95, retries=1))
    with pytest.raises(ValueError, match=r"in any of 2 portraits \(agreement 0\.000 at best, 0\.95 is asked\); add"):
        transform(strict, depths.both, tmp_path / "none.h5")
    assert not (tmp_path / "none.h5").exists()


@pytest.fixture
def judged(monkeypatch):
    """Agreements by person, portrait by portrait, in the place of those that noise would get."""
    asked = []

    def judge(agreements):
        left = {name: list(values) for name, values in agreements.items()}

        def agreement(portrait, view):
            name = "first" if len(asked) == 0 or view.landmarks[30, 0] == asked[0][1] else "second"
            asked.append((name, view.landmarks[30, 0]))
            return left[name].pop(0)

        monkeypatch.setattr(kandinsky_portraits, "agreement", agreement)
        return asked

    return judge


def test_a_portrait_that_does_not_fit_is_drawn_with_the_next_seed(depths, drawn, recipe, judged, tmp_path):
    judged({"first": [0.5, 0.75, 1.0], "second": [1.0]})
    step = kandinsky_portraits.step(recipe(), Choice(enough=0.9, retries=2))
    assert not transform(step, depths.both, tmp_path / "out.h5")
    with Shard(tmp_path / "out.h5") as shard:
        assert shard.read("portraits", "attempt").tolist() == [2, 0]
        assert shard.read("portraits", "agreement").tolist() == [1.0, 1.0]
    again, before = portraits(tmp_path / "out.h5"), portraits(drawn)
    assert again["s7-00000"] != before["s7-00000"]
    assert again["s7-00001"] == before["s7-00001"]


def test_who_never_fits_is_listed_and_the_others_are_done(depths, drawn, recipe, judged, tmp_path):
    judged({"first": [0.5, 0.75], "second": [1.0]})
    target = tmp_path / "out.h5"
    step = kandinsky_portraits.step(recipe(), Choice(enough=0.9, retries=1))
    assert list(transform(step, depths.both, target)) == ["s7-00000"]
    assert failures(target) == 1
    with Shard(target) as shard:
        (reason,) = shard.read("failures", "reason")
    assert "any of 2 portraits (agreement 0.750 at best, 0.9 is asked); add --retries N --retry-failed" in reason
    assert list(portraits(target)) == ["s7-00001"]

    judged({"first": [0.5, 0.75, 0.8, 0.95]})
    patient = kandinsky_portraits.step(recipe(), Choice(enough=0.9, retries=3))
    assert made_by(patient, depths.both, target)  # the others need not be drawn again
    assert not transform(patient, depths.both, target, retry=True)
    with Shard(target) as shard:
        assert shard.read("portraits", "attempt").tolist() == [3, 0]


def test_the_whole_chain(drawn, recipe, kandinsky, tmp_path):
    """Drawn portraits, baked, rigged, rendered, painted about and packed."""
    painter = replace(recipe(), decoder=located(INPAINT, str(kandinsky.inpaint)))
    views = render_views.step((0.0, 30.0), (0.0, 0.0), size=64, surroundings=Surroundings(painter))
    source = drawn
    for step in (texture.step(engine="bake", size=128), rig.step(scores=(8,)), views):
        transform(step, source, tmp_path / f"{step.stage}.h5")
        source = tmp_path / f"{step.stage}.h5"
    pack(plan_dataset([source], PackOptions(ratios=(50, 50, 0))), tmp_path / "dataset.h5")
    with Shard(tmp_path / "dataset.h5") as shard:
        assert (shard.rows("identities"), shard.rows("expressions"), shard.rows("frames")) == (2, 4, 8)
        used = [(step["stage"], step.get("engine", step.get("inpaint"))) for step in shard.history]
        assert {("synth-neutral", "kandinsky"), ("texture", "bake"), ("render-views", "kandinsky")} < set(used)
        assert "other than the open ones (kandinsky)" in shard.attributes["card"]
        assert len(set(shard.read("frames", "image"))) == 8
