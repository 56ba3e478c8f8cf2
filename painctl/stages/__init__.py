"""One module per subcommand, which composes the rooms below; step.py is what all stages from shard to shard share.

Imported by cli alone. The defaults of options stand here, once: the command line shows them and `demo` uses them.
"""

from typing import Final

SIZE: Final = 512  # pixels, of depth maps and frames
TEXELS: Final = 1024  # of textures
EXPRESSIONS: Final = 10  # of a person, besides the neutral
YAWS: Final = (0.0, -30.0, 30.0)  # degrees, of the views
JITTER: Final = 2.0  # degrees, standard deviation of each angle
PICTURE: Final = "jpeg"  # encoding of frames
SAVE_EVERY: Final = 60.0  # seconds between saved states of a training
