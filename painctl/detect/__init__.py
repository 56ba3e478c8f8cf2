"""Detecting faces in pictures and framing them like painctl's own frames. Takes and gives arrays.

Rooms above may import it: corpora, diffusion, prediction.
"""
