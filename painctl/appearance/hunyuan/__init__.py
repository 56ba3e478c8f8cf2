"""Hunyuan3D-Paint 2.1 in its own process: the checkout, the process, its meshes and maps, and the transfer back.

The engine registry and the tests import it. Nothing here loads the pipeline itself, which runs in another Python.
"""
