"""How painctl draws: themes, figures laid out in pixels, text that fits, contact sheets, and their file formats.

Everything is drawn by matplotlib. Any room above may import from here; this room imports `images` and `records` only.
"""
