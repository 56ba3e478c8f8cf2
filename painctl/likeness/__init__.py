"""Whether two pictures show one person.

A small network, trained on rendered people alone, turns a face into a vector that is similar in all pictures of one
person. For rooms that compare pictures of faces.
"""
