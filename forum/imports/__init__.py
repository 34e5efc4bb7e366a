"""Bringing posts and comments in from elsewhere: readers that turn files into plain data."""
