"""One module per subcommand, which composes the rooms below; step.py holds what all shard-to-shard stages share.

Imported by cli only. The defaults of options are defined here: the command line shows them and `demo` uses them.
"""

from typing import Final

from painctl.pain.vocabulary import OTHER_ACTIONS
from painctl.plots import formats, themes
from painctl.shard import schema
from painctl.vitpain.settings import PARTS

SIZE: Final = 512  # width and height of depth maps and frames, pixels
TEXELS: Final = 1024  # width and height of textures, texels
DEMOGRAPHICS: Final = "balanced"
EXPRESSIONS: Final = 10  # per person, besides the neutral
PSPI: Final = "0:16"  # of the expressions
PRIORS: Final = ("uniform", "natural")  # of the action units that give a PSPI
PRIOR: Final = "uniform"
OTHER: Final = "natural"  # facial actions beside the six units
OTHER_NAMES: Final = tuple(OTHER_ACTIONS)
YAWS: Final = (0.0, -30.0, 30.0)  # of the views, degrees
JITTER: Final = 2.0  # standard deviation of each angle, degrees
CAMERA: Final = "clean"  # photographic effects on frames
PICTURE: Final = "jpeg"  # encoding of frames
NATURAL: Final = "natural"  # occluders by person, as appearance/occluders/choice.py draws them
OCCLUDED: Final = "none"  # occluders of frames: they hide what the labels state, so users ask for them
OCCLUDERS: Final = tuple(schema.OCCLUDERS)  # names
SPLIT: Final = (70, 20, 10)  # shares of people: train, val, test
SPLIT_SEED: Final = 0
AUGMENTATIONS: Final = PARTS  # the parts of strong augmentation
PLOT_SUFFIXES: Final = formats.SUFFIXES  # of pictures and plots
THEMES: Final = tuple(themes.THEMES)
THEME: Final = themes.LIGHT.name
SAVE_EVERY: Final = 60.0  # seconds between saved states of a training run
