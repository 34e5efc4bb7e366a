"""All that the forum stores."""

from forum.models.comments import Comment, MovedComment, Pick, Quotation, Ticket, TimeReference
from forum.models.later import LaterComment
from forum.models.names import PenName, Voice
from forum.models.posts import Autosave, Label, Picture, Post, PostUpdate, PostVersion
from forum.models.site import HousePage, SharedVersion, SiteSettings

__all__ = [
    "Autosave",
    "Comment",
    "HousePage",
    "Label",
    "LaterComment",
    "MovedComment",
    "PenName",
    "Pick",
    "Picture",
    "Post",
    "PostUpdate",
    "PostVersion",
    "Quotation",
    "SharedVersion",
    "SiteSettings",
    "Ticket",
    "TimeReference",
    "Voice",
]
