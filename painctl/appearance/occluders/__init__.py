"""Things in front of and around a face: glasses, masks, tubes, headwear, bedding. kinds.py lists them.

They are meshes fitted to the head that they are worn on, in metres. Imported by render and stages.
"""
