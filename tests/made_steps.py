"""Steps and shards at the sizes that tests use, since the stages themselves have no defaults."""

import numpy as np

from painctl.dataset.gather import PackOptions
from painctl.face.demographics import load_demographics
from painctl.stages.render_depth import RenderDepth
from painctl.stages.render_views import RenderViews, ViewOptions
from painctl.stages.rig import Expressions, Rig
from painctl.stages.sample_ids import SampleIds
from painctl.stages.step import transform
from painctl.stages.synth_neutral import SynthNeutral
from painctl.stages.texture import Texture


class Reports:
    """A records.Reporter that keeps its lines."""

    def __init__(self):
        self.lines, self.ticks = [], 0

    def say(self, text):
        self.lines.append(text)

    def error(self, error, where=""):
        self.lines.append(f"{where}: {error}" if where else str(error))

    def log(self, text):
        self.lines.append(text)

    def fail_in_part(self):
        self.lines.append("failed in part")

    def expect(self, count):
        pass

    def tick(self):
        self.ticks += 1

    def begin(self, phase):
        pass

    def detail(self, text):
        pass

    def raise_if_stopped(self):
        pass


def sampler(number, seed, head="anny", **head_options):
    """A run of `number` identities with balanced demographics."""
    return SampleIds(number, seed, load_demographics("balanced"), head, head_options, Reports())


def write_ids(number, seed, target, people=None, head="anny", **head_options):
    """Write a shard of all identities of a run, or of the range `people`."""
    sampler(number, seed, head, **head_options).write(range(number) if people is None else people, target)


def depth(size=64, renderer="opencv", device="cpu"):
    return RenderDepth(size, renderer, device)


def portraits(texels=256):
    return SynthNeutral("procedural", {"texels": texels})


def textures(size=128, engine="procedural", **engine_options):
    return Texture(engine, size, engine_options)


def rig(count=10, engine="blendshapes", engine_options=None, fixed=None, **chosen):
    fixed = None if fixed is None else np.asarray(fixed)
    return Rig(Expressions(count, **{"low": 0, "high": 16, **chosen}, fixed=fixed), engine, engine_options or {})


def views(yaws=(0.0, 30.0), pitches=None, jitter=2.0, size=128, picture="jpeg", **changes):
    options = {
        "camera": "clean",
        "renderer": "opencv",
        "device": "cpu",
        "backgrounds": None,
        "inpaint": None,
        "inpaint_options": {},
        **changes,
    }
    return RenderViews(ViewOptions(yaws, pitches or [0.0] * len(yaws), jitter, size, picture, **options))


def pack_options(ratios=(70, 20, 10), seed=0, keep=(), mix=False):
    return PackOptions(ratios, seed, keep, mix)


def chain(source, *steps):
    """Apply steps to a shard, each into a file beside it that is named after the stage; returns the last file."""
    for step in steps:
        target = source.with_name(f"{step.stage}.h5")
        transform(step, source, target)
        source = target
    return source
