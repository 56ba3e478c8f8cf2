"""Things in front of a face: glasses, masks, tubes, headwear, a hand, bedding. One file per family; kinds.py lists them.

They are meshes fitted to the head that they are worn on, in metres. Imported by render and stages.
"""
