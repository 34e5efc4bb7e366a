"""The site's own settings, with a screener that fails at one text: an error of our own, in the middle of a request."""

from config.settings import *  # noqa: F403

FORUM_SCREENER = "tests.whole.breaking_screener.screen"
