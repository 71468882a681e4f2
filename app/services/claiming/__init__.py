"""From what others wrote to claims: manifests and catalogs become records in the shape that PUT takes.

Nothing is written here. What a file says is matched with what the atlas holds,
and what comes of it is proposed; `services/importing` takes it in like any
other file.
"""
