"""Kernels on pictures: encoding and decoding, headers, resizing, sRGB, sampling.

Pictures are uint8 RGB arrays [H, W, 3] or grey ones [H, W]. Any room above may import from here; this room imports
`files` only.
"""
