"""painctl predict."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated

import typer

from painctl.cli import options
from painctl.cli.errors import UsageError, tell
from painctl.cli.inout import data_stdout

_NOTICE = "research software, not a medical device: do not base anyone's care on these numbers"


def command(
    pictures: Annotated[
        list[Path],
        typer.Argument(metavar="PICTURE...", help="Faces of one person, JPEG or PNG, the face in the middle."),
    ],
    neutral: Annotated[
        list[Path],
        typer.Option("--neutral", "-n", metavar="PICTURE", help="The person's neutral face; repeat to average."),
    ],
    model: Annotated[
        Path | None,
        typer.Option(
            "--model", "-m", metavar="DIR", help="A trained model.", show_default="the folder that PAINCTL_MODEL names"
        ),
    ] = None,
    as_json: options.Json = False,
    picture: Annotated[
        Path | None,
        typer.Option(
            "--picture", metavar="FILE.png", help="Draw the first prediction beside its faces.", show_default=False
        ),
    ] = None,
    debug: options.Debug = False,
) -> None:
    """Tell PSPI, the probability of pain and six action units of a face.

    The probability is that of a PSPI of 1 or more. Each number comes from a head of its own, so the action units need
    not add up to the PSPI.

    Research software: not a medical device, not for the care of any person.

    Example: painctl predict pain.png --neutral ref.png --model model --json
    """
    named = os.environ.get("PAINCTL_MODEL")
    if model is None and not named:
        raise UsageError(
            "no model: add --model DIR or set PAINCTL_MODEL; `painctl pretrain` and `painctl demo` make one"
        )
    if picture and picture.suffix != ".png":
        raise UsageError(f"--picture {picture}: expected a name ending in .png")
    folder = model or Path(str(named))
    for path in (*pictures, *neutral, folder):
        if not path.exists():
            raise FileNotFoundError(f"{path}: no such file or folder")
    for path in (*pictures, *neutral):
        if path.is_dir():
            raise UsageError(f"{path}: a folder; name the pictures in it")

    with data_stdout() as out:
        from painctl.stages import predict

        said = predict.predicted(folder, pictures, neutral)
        if picture:
            predict.write_picture(picture, pictures[0], neutral[0], said[0])
        records = [predict.as_record(path, one) for path, one in zip(pictures, said, strict=True)]
        tell(_NOTICE)
        if as_json:
            out.write((json.dumps(records[0] if len(records) == 1 else records) + "\n").encode())
            return
        for record in records:
            units = "  ".join(f"{name} {value:.1f}" for name, value in record.items() if name.startswith("AU"))
            pain = f"  pain {100 * record['probability']:.0f} %" if "probability" in record else ""
            out.write(f"{record['image']}: PSPI {record['pspi']:.1f}{pain}  {units}".rstrip().encode() + b"\n")
