"""The verbs of the forum, a file a family. Each owns its transaction and raises errors of `forum.errors`."""
