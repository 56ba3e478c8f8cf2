"""painctl: from a random seed to a labelled synthetic pain-face dataset, and from that to a pain model."""

__version__ = "0.1.0"
