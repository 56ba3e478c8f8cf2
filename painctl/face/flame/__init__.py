"""The FLAME head: reading its model files safely, and giving its mesh the open head's regions, landmarks and actions.

Imported like the rest of painctl.face.
"""
