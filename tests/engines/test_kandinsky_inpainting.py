"""Frames whose background and hair are painted by the real inpainting pipeline, with tiny random weights."""

from types import SimpleNamespace

import made_steps
import numpy as np
import pytest
from made_steps import pack_options

from painctl.dataset.gather import plan_dataset
from painctl.engines.interfaces import InpaintRequest
from painctl.engines.kandinsky_inpainting import repainted_region
from painctl.images.encode import decode
from painctl.shard.reader import Shard
from painctl.stages.pack import write
from painctl.stages.step import transform

VIEWS = {"yaws": (0.0, 30.0), "jitter": 0.0, "size": 128, "picture": "png"}
LABELS = ("heatmap", "landmarks", "landmarks_visible", "yaw", "pitch", "intrinsics", "extrinsics", "light", "lens")


@pytest.fixture(scope="module")
def inpainting(kandinsky):
    """Make the step that renders frames and inpaints their surroundings."""

    def make(batch_size=3):
        weights = {"prior": str(kandinsky.prior), "decoder": str(kandinsky.inpaint)}
        quick = {"steps": 2, "prior_steps": 2, "device": "cpu", "negative_prompt": "hat", "batch_size": batch_size}
        return made_steps.views(**VIEWS, inpaint="kandinsky", inpaint_options={**weights, **quick})

    return make


@pytest.fixture(scope="module")
def frames(head, inpainting, tmp_path_factory):
    """Inpainted frames of two people, and of the second alone; and the frames of both without inpainting."""
    paths = {}
    for name, people in (("both", range(2)), ("second", range(1, 2))):
        folder = tmp_path_factory.mktemp(name)
        made_steps.write_ids(2, 5, folder / "ids.h5", people)
        faces = made_steps.chain(folder / "ids.h5", made_steps.textures(), made_steps.rig(scores=(12,)))
        paths[name] = made_steps.chain(faces, inpainting())
        if name == "both":
            paths["plain"], paths["faces"] = folder / "plain.h5", faces
            transform(made_steps.views(**VIEWS), faces, paths["plain"])
    return SimpleNamespace(**paths)


def pictures(path, name, rows=slice(None)):
    with Shard(path) as shard:
        return np.stack([decode(data) for data in shard.read("frames", name, rows)])


def test_only_the_repainted_area_changes(frames, inpainting, monkeypatch):
    """Compared with the same frames without painting, which differ exactly where `repainted` is set."""
    monkeypatch.setattr(
        "painctl.diffusion.inpainting.Inpainter.paint", lambda self, samples, pictures, repaint: pictures
    )
    unpainted = frames.both.with_name("unpainted.h5")
    transform(inpainting(), frames.faces, unpainted)
    repainted = pictures(frames.both, "repainted") == 255
    before, after = (pictures(path, "image") for path in (unpainted, frames.both))
    np.testing.assert_array_equal(before[~repainted], after[~repainted])
    assert (before[repainted] != after[repainted]).mean() > 0.9
    assert 0.3 < repainted.mean() < 0.9


def test_labels_are_those_of_plain_frames(frames):
    with Shard(frames.both) as painted, Shard(frames.plain) as plain:
        assert painted.rows("frames") == plain.rows("frames") == 8
        for name in LABELS:
            np.testing.assert_array_equal(painted.read("frames", name), plain.read("frames", name), err_msg=name)


def test_the_face_is_never_repainted(frames):
    repainted, mask = (pictures(frames.both, name) for name in ("repainted", "mask"))
    assert set(np.unique(repainted)) == {0, 255}
    assert not (repainted[mask == 255] == 255).any()
    assert (repainted[mask == 0] == 255).all()
    with Shard(frames.both) as shard:
        landmarks, visible = (shard.read("frames", name) for name in ("landmarks", "landmarks_visible"))
    for frame in range(len(repainted)):
        columns, rows = np.floor(landmarks[frame, 17:][visible[frame, 17:]]).astype(int).T
        inside = mask[frame, rows, columns] > 0  # a brow may end on the outline
        assert inside.sum() > 25
        assert not repainted[frame, rows, columns][inside].any()


def test_painted_hair_is_on_the_scalp_and_labelled_as_hair(frames):
    repainted, mask = (pictures(frames.both, name) for name in ("repainted", "mask"))
    hair = (repainted == 255) & (mask == 128)
    with Shard(frames.both) as shard:
        haircuts, owner = shard.read("identities", "haircut"), shard.read("frames", "identity_row")
        brows = shard.read("frames", "landmarks")[:, 17:27, 1].min(axis=1)
    assert "bald" not in haircuts
    for frame in range(len(owner)):
        rows = np.nonzero(hair[frame])[0]
        assert len(rows) > 200
        assert np.median(rows) < brows[frame]


def test_the_shard_records_what_was_painted(frames):
    with Shard(frames.both) as shard:
        prompts, step = shard.read("frames", "prompt"), shard.history[-1]
        groups = [(shard.read("identities", "age_group", r), shard.read("identities", "gender", r)) for r in range(2)]
        owner = shard.read("frames", "identity_row")
    assert (step["inpaint"], step["prior"], step["decoder"]) == ("kandinsky", "tiny-prior", "tiny-inpaint")
    for prompt, row in zip(prompts, owner, strict=True):
        assert f" {' '.join(groups[row])} with " in prompt
        assert prompt.startswith("Portrait of a")
    assert len(set(prompts)) > 3  # places differ by view and face
    with Shard(frames.plain) as shard:
        assert "inpaint" not in shard.history[-1]
        assert not {"prompt", "repainted"} & {column.name for column in shard.columns("frames")}


def test_frames_do_not_depend_on_shards_or_batches(frames, inpainting, tmp_path):
    second = pictures(frames.second, "image")
    np.testing.assert_array_equal(second, pictures(frames.both, "image", slice(4, 8)))
    transform(inpainting(batch_size=2), frames.faces, tmp_path / "two.h5")
    np.testing.assert_array_equal(pictures(tmp_path / "two.h5", "image"), pictures(frames.both, "image"))


def test_a_bald_head_keeps_its_scalp():
    head = np.ones((4, 4), bool)
    view = SimpleNamespace(head=head, regions={"scalp": np.ones((4, 4))})
    request = InpaintRequest("view", np.zeros((4, 4, 3), np.uint8), np.uint8(255) * head, view)
    bald, with_hair = (SimpleNamespace(haircut=haircut) for haircut in ("bald", "crop"))
    assert not repainted_region(bald, request).any()
    assert repainted_region(with_hair, request).all()


def test_a_packed_dataset_records_the_inpainting(frames, tmp_path):
    plan = plan_dataset([frames.both], pack_options(ratios=(50, 50, 0)))
    write(plan, tmp_path / "dataset.h5", "h5")
    with Shard(tmp_path / "dataset.h5") as shard, Shard(frames.both) as source:
        assert shard.read("frames", "prompt") == source.read("frames", "prompt")
        assert shard.read("frames", "repainted") == source.read("frames", "repainted")
        assert "engines or pictures other than the open ones (kandinsky" in shard.attributes["card"]
