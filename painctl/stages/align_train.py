"""align-train: the aligner, trained on the exact landmarks of a dataset."""

from __future__ import annotations

from pathlib import Path

from painctl import __version__
from painctl.dataset.landmark_frames import LandmarkFrames
from painctl.dataset.validate import validate_shard
from painctl.files.lock import only_writer
from painctl.records import Reporter
from painctl.runs.rerun import Saving
from painctl.shard.reader import Shard


def run(dataset: Path, output: Path, epochs: int, seed: int, saving: Saving, reporter: Reporter) -> None:
    """Train an aligner on a dataset's training people and write it to `output`, as `runs.network_training.train_into`.

    Raises ShardError, ValueError or OSError for a dataset that is not valid.
    """
    with only_writer(output), Shard(dataset) as shard:
        validate_shard(shard)
        frames, others = LandmarkFrames(shard, "train"), LandmarkFrames(shard, "val")

        # torch is imported from here on, once the dataset has been checked
        from painctl.aligner.samples import Samples
        from painctl.aligner.training import initial_network, train
        from painctl.aligner.weights import ALIGNER_FILE
        from painctl.runs.fit import FitSettings
        from painctl.runs.network_training import train_into

        settings = FitSettings(epochs=epochs, seed=seed)
        about = {"painctl": __version__, **vars(settings), "data": shard.content, "frames": len(frames)}
        network = initial_network(seed)
        size = network.architecture.size
        validation = Samples(others, size, seed) if len(others) else None
        train_into(
            output,
            ALIGNER_FILE,
            about,
            lambda checkpointer, log: train(
                network, Samples(frames, size, seed), validation, settings, checkpointer, log
            ),
            saving,
            reporter,
        )
