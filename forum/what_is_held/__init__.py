"""What the forum's own tables, its memory, its cookies and its files hold; see forum/holdings.py."""

from forum.what_is_held.beside import BESIDE
from forum.what_is_held.comments import COMMENTS
from forum.what_is_held.posts import POSTS

HELD = [*COMMENTS, *POSTS, *BESIDE]
