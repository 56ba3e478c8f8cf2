"""likeness-train: the face encoder, trained on the people of a dataset."""

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
    """Train a face encoder on a dataset's training people and write it to `output`, as `network_training.train_into`.

    Raises ValueError for a dataset of fewer than two training people, and ShardError, ValueError or OSError for one
    that is not valid.
    """
    with only_writer(output), Shard(dataset) as shard:
        validate_shard(shard)
        frames, others = LandmarkFrames(shard, "train"), LandmarkFrames(shard, "val")
        people = len(set(frames.people))
        if people < 2:
            raise ValueError(f"{dataset}: {people} people to train on; a face encoder needs two or more")

        # torch is imported from here on, once the dataset has been checked
        from painctl.likeness.samples import Samples
        from painctl.likeness.training import initial_classifier, train
        from painctl.likeness.weights import ENCODER_FILE
        from painctl.runs.fit import FitSettings
        from painctl.runs.network_training import train_into

        settings = FitSettings(epochs=epochs, batch_size=64, seed=seed)
        about = {"painctl": __version__, **vars(settings), "data": shard.content, "frames": len(frames)}
        classifier = initial_classifier(people, seed)
        size = classifier.encoder.architecture.size
        validation = Samples(others, size, seed) if len(others) else None
        train_into(
            output,
            ENCODER_FILE,
            about,
            lambda checkpointer, log: train(
                classifier, Samples(frames, size, seed), validation, settings, checkpointer, log
            ),
            saving,
            reporter,
        )
