"""Models from the Hugging Face hub: a local snapshot, downloaded only on request, and errors that say what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from painctl.files.fields import shown
from painctl.files.text import parse_json, read_text

_MOST_CONFIG = 16_000_000  # bytes


@dataclass(frozen=True)
class HubModel:
    """A model on the hub, and the files of it that are needed."""

    name: str  # hub id
    files: Sequence[str]  # patterns
    ignored: Sequence[str] = ()  # patterns
    revision: str | None = None
    kind: str = ""  # what errors call it
    condition: str = ""  # of downloading it, for errors
    accepted: str = ""  # what they say is accepted besides folders and hub ids

    def snapshot(self, allow_download: bool) -> Path:
        """The local folder of the model; the hub is contacted only with `allow_download`.

        Raises FileNotFoundError for an invalid name, and for a model that is gated, not downloaded or unreachable.
        """
        from huggingface_hub import snapshot_download
        from huggingface_hub.errors import GatedRepoError, HFValidationError, LocalEntryNotFoundError

        label = f"{self.kind} {self.name}".strip() + (f" at {self.revision}" if self.revision else "")
        try:
            return Path(
                snapshot_download(
                    self.name,
                    revision=self.revision,
                    local_files_only=not allow_download,
                    allow_patterns=list(self.files),
                    ignore_patterns=list(self.ignored) or None,
                )
            )
        except HFValidationError:
            kind = f"{self.kind} {self.name!r}".strip()
            raise FileNotFoundError(f"{kind}: neither a folder nor a hub id{self.accepted}") from None
        except GatedRepoError:
            page = f"https://huggingface.co/{self.name}"
            raise FileNotFoundError(f"{label}: gated; accept its licence at {page}, then run `hf auth login`") from None
        except LocalEntryNotFoundError:
            missing = f"not downloaded yet; --allow-download fetches it{self.condition}"
            reason = "the hub cannot be reached; try again" if allow_download else missing
            raise FileNotFoundError(f"{label}: {reason}, or give the path of a local folder") from None
        except OSError as error:
            reason = f"the hub answered: {' '.join(str(error).split())[:160]}"
            raise FileNotFoundError(f"{label}: {reason}; or give the path of a local folder") from None


def read_config(path: Path) -> dict[str, Any]:
    """A JSON object in a model's folder. Raises ValueError for anything else, OSError if it cannot be read."""
    text = read_text(path, _MOST_CONFIG)
    try:
        values = parse_json(text, str(path))
    except ValueError as error:
        raise ValueError(f"{error}; copy the model again") from None
    if not isinstance(values, dict):
        raise ValueError(f"{path}: {shown(values)}, not a JSON object; copy the model again")
    return values
