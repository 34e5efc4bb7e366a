"""How a reader wants pages to look: a few words, kept in one cookie and put as classes on `<html>`.

A word belongs to one setting, and the usual choice has none: whoever changes nothing has no cookie and no class.
`dark.text130.keys` is the dark theme, text at 130 %, keys on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

# Longer than all settings together; what is longer is not ours.
MAX_LENGTH = 200


@dataclass(frozen=True)
class Setting:
    """One question with its choices, by their word; the first is the usual one."""

    name: str
    label: str
    choices: Mapping[str, str]
    hint: str = ""


SETTINGS = (
    Setting(
        "theme",
        "Colours",
        {"": "As the device", "light": "Light", "dark": "Dark", "contrast": "High contrast"},
        "High contrast is black on white, or white on black where the device is set to dark.",
    ),
    Setting("text", "Size of the text", {"": "100 %", "text115": "115 %", "text130": "130 %", "text150": "150 %"}),
    Setting("width", "Length of lines", {"": "Usual", "short-lines": "Shorter", "long-lines": "Longer"}),
    Setting("spacing", "Space", {"": "Usual", "roomy": "More between lines, words and letters"}),
    Setting(
        "view",
        "Comments",
        {
            "": "As conversations, oldest first",
            "newest": "One below the other, newest first",
            "oldest": "One below the other, oldest first",
        },
    ),
    Setting(
        "keys",
        "Keys",
        {"": "Off", "keys": "On"},
        "Single keys move about a thread; they are listed below. Some screen readers and voice control use such "
        "keys themselves.",
    ),
    Setting(
        "bar",
        "Buttons at the lower edge of a thread",
        {"": "Shown", "no-bar": "Hidden"},
        "Next conversation, previous, next new, write.",
    ),
)
SETTING_OF = {word: setting.name for setting in SETTINGS for word in setting.choices if word}


@dataclass(frozen=True)
class ReadingSettings:
    """What one reader chose: a word for each setting, "" for the usual."""

    theme: str = ""
    text: str = ""
    width: str = ""
    spacing: str = ""
    view: str = ""
    keys: str = ""
    bar: str = ""

    @property
    def words(self) -> list[str]:
        """The words that are not the usual choice."""
        return [word for setting in SETTINGS if (word := self[setting.name])]

    @property
    def classes(self) -> str:
        """The same words, for `<html class>`."""
        return " ".join(self.words)

    def __getitem__(self, name: str) -> str:
        return str(getattr(self, name))


def read(text: str) -> ReadingSettings:
    """What the cookie says. Whatever is none of our words is passed over; of two for one setting the first counts."""
    chosen: dict[str, str] = {}
    for word in text[:MAX_LENGTH].split("."):
        if word in SETTING_OF:
            chosen.setdefault(SETTING_OF[word], word)
    return ReadingSettings(**chosen)


def write(settings: ReadingSettings) -> str:
    """The cookie's value; "" where everything is as usual, and nothing needs to be kept."""
    return ".".join(settings.words)


def changed(before: ReadingSettings, sent: Mapping[str, str]) -> ReadingSettings:
    """What a form asks for. A setting that it does not send, or sends with a word not its own, stays."""
    after = {}
    for setting in SETTINGS:
        word = sent.get(setting.name)
        after[setting.name] = word if word in setting.choices and word is not None else before[setting.name]
    return ReadingSettings(**after)
