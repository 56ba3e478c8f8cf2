"""The pain model that comes with painctl; `vitpain.shipped` finds it."""

from __future__ import annotations

from painctl.vitpain.shipped import shipped_model


def probe() -> str:
    """Version, checksum and licence of the model, whose files are checked."""
    folder = shipped_model()
    if not folder:
        raise FileNotFoundError("this copy of painctl comes without its weights; name a model with --model")

    from painctl.vitpain.model_folder import identify

    identity, licence = identify(folder)
    return f"{identity.name}, SHA-256 {identity.digest}..., licence {licence or 'not stated'}"
