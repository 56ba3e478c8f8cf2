"""Kernels on triangle meshes: normals, graph, boundary, closest points, clipping. Plain functions on arrays.

They import no other room, and any room may import them.
"""
