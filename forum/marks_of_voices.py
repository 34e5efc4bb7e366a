"""The words that voices are called by: things that everybody knows and nobody minds being.

No first names, no names of places, nothing that mocks, and nothing that is said of staff.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection

_WORDS = """
    Wren Heron Finch Plover Curlew Linnet Siskin Swallow Warbler Wagtail Lapwing Pipit Avocet Kestrel
    Osprey Kingfisher Nightjar Goldcrest Bullfinch Skylark Sandpiper Oystercatcher Redstart Nuthatch Moorhen Mallard
    Teal Pintail Wigeon Eider Petrel Puffin Shearwater Turnstone Whimbrel Dunlin Fieldfare Waxwing Stonechat
    Maple Beech Birch Larch Poplar Alder Hornbeam Chestnut Walnut Hawthorn Blackthorn Sycamore Medlar Quince
    Bracken Bramble Bluebell Cowslip Foxglove Harebell Teasel Yarrow Thistle Speedwell Campion Meadowsweet Sorrel
    Burdock Cornflower Snowdrop Primrose Honeysuckle Lavender Marjoram Fennel Chicory Barley Clover Reed Lichen
    Otter Badger Hare Dormouse Hedgehog Squirrel Vole Salmon Stickleback Ammonite Limpet Cockle Whelk
    Pebble Lantern Compass Harbour Anchor Kettle Teapot Saddle Ladder Bellows Anvil Spindle Shuttle Thimble Button
    Candle Quill Inkwell Notebook Drum Cello Flute Oboe Cornet Accordion Zither Chimney Gable Lintel Orchard
"""
_QUALITIES = """
    Amber Azure Autumn Bronze Calm Copper Coral Crimson Distant Early Evening Golden Green Grey Indigo Ivory Late
    Lilac Marble Morning Northern Northward Ochre Pewter Quiet Russet Scarlet Silver Southern Spring Still Summer
    Tall Velvet Western Winter Woodland Yellow
"""
WORDS = tuple(_WORDS.split())
QUALITIES = tuple(_QUALITIES.split())


def new_mark(taken: Collection[str]) -> str:
    """A mark that is not among `taken`: one word, two where all are used up, then with a number.

    Drawn by lot, so that it says nothing about whose it is, nor about any other mark.
    """
    used = set(taken)
    if free := [word for word in WORDS if word not in used]:
        return secrets.choice(free)
    number, ending = 1, ""
    while True:
        pairs = (f"{quality} {word}{ending}" for quality in QUALITIES for word in WORDS)
        if free := [pair for pair in pairs if pair not in used]:
            return secrets.choice(free)
        number += 1
        ending = f" {number}"
