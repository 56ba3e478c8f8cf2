"""Detecting faces in pictures and framing them like painctl's own frames. Arrays in, arrays out.

Imported by the rooms above: corpora, diffusion, prediction and stages.
"""
