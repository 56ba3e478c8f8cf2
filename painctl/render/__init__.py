"""Rendering: cameras, rasterisers, light, shading, hair and clothing, backgrounds and the lens.

Turns a head, its textures and a drawn scene into a finished frame with its mask, heatmap and landmarks. Imported by
diffusion, engines and stages; imports appearance, face and the kernels.
"""
