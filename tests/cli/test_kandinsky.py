"""Kandinsky's options on the command line, with tiny random weights, and a run that is killed half-way."""

import os
import shlex
import signal
import time

import made_steps
import pytest

from painctl.shard.reader import Shard
from painctl.stages.step import transform


@pytest.fixture
def tiny(kandinsky):
    """Options that select the tiny weights, by decoder."""

    def options(decoder):
        folders = ("--prior", kandinsky.prior, "--decoder", getattr(kandinsky, decoder))
        return [*map(str, folders), "--device", "cpu", "--prior-steps", "2"]

    return options


def test_a_killed_run_resumes_with_the_same_pictures(fresh_sh, command_server, head, tiny, tmp_path):
    for number in range(2):
        ids = tmp_path / f"{number}-ids.h5"
        made_steps.write_ids(2, 7, ids, range(number, number + 1))
        transform(made_steps.depth(), ids, tmp_path / f"{number}.h5")
    line = ["synth-neutral", "--engine", "kandinsky", *tiny("controlnet"), "--agreement", "0"]
    line += ["--batch-size", "2", "--steps", "40", "0.h5", "1.h5", "-o"]
    process = command_server.start([*line, "out"], tmp_path)
    while command_server.streams[0].read_text() != "out/0.h5\n":
        os.kill(process, 0)  # it still runs
        time.sleep(0.05)
    os.kill(process, signal.SIGKILL)
    assert command_server.finish().returncode == -signal.SIGKILL
    assert [path.name for path in (tmp_path / "out").glob("*.h5")] == ["0.h5"]
    first = (tmp_path / "out" / "0.h5").read_bytes()
    resumed = fresh_sh(shlex.join(["painctl", *line, "out"]))
    assert (resumed.returncode, resumed.stdout) == (0, b"out/0.h5\nout/1.h5\n")
    assert (
        resumed.stderr == b"painctl synth-neutral: 1 done, 1 skipped, 0 failed of 2\n"
    )  # and no warnings of libraries
    assert command_server.run([*line, "whole"], tmp_path).returncode == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["0.h5", "1.h5"]  # no leftovers
    assert (tmp_path / "out" / "0.h5").read_bytes() == first
    for name in ("0.h5", "1.h5"):
        assert (tmp_path / "out" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


def test_frames_are_painted(fresh_sh, chain, tiny, tmp_path):
    options = f"{' '.join(tiny('inpaint'))} --steps 2 --views 1 --size 64"
    done = fresh_sh(f"painctl render-views --inpaint kandinsky {options} < {chain}/faces.h5 > frames.h5")
    assert (done.returncode, done.stderr) == (0, b"")
    with Shard(tmp_path / "frames.h5") as shard:
        assert shard.history[-1]["decoder"] == "tiny-inpaint"
        assert all(prompt.startswith("Portrait of a") for prompt in shard.read("frames", "prompt"))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("synth-neutral --steps 3 {depth}", "--steps: only used by Kandinsky; add --engine kandinsky, or leave it"),
        ("synth-neutral --retries 3 {depth}", "--retries: only used by Kandinsky; add --engine kandinsky"),
        ("synth-neutral --allow-download {depth}", "--allow-download: only used by Kandinsky"),
        ("render-views --offload none {faces}", "--offload: only used by Kandinsky; add --inpaint kandinsky, or"),
        (
            "render-views --inpaint kandinsky --backgrounds . {faces}",
            "--backgrounds and --inpaint both set the background",
        ),
        ("synth-neutral --engine kandinsky --guidance 1 {depth}", "--guidance"),
    ],
)
def test_options_without_effect_are_rejected(sh, chain, line, message):
    done = sh(f"painctl {line.format(depth=chain / 'depth.h5', faces=chain / 'faces.h5')} -o out.h5")
    assert done.returncode == 2
    assert message in done.stderr.decode()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("", "kandinsky-community/kandinsky-2-2-prior: not downloaded yet; --allow-download fetches it, or give the"),
        ("--prior {prior} --revision v2", "kandinsky-2-2-controlnet-depth at v2: not downloaded yet; --allow-download"),
        ("--prior {inpaint}", "says 'KandinskyV22InpaintPipeline', not 'KandinskyV22PriorPipeline'"),
        ("--prior {prior} --prior-revision v2", "tiny-prior: a folder has no revision v2; leave it out, or give a hub"),
    ],
)
def test_missing_weights_are_reported_in_one_line(fresh_sh, chain, kandinsky, tmp_path, options, message):
    line = f"painctl synth-neutral --engine kandinsky {options.format(**vars(kandinsky))} {chain}/depth.h5 -o out.h5"
    done = fresh_sh(line, env={"HF_HUB_CACHE": str(tmp_path / "empty")})
    assert done.returncode == 1
    assert message in done.stderr.decode()
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "out.h5").exists()
