"""Hostile text by the ten thousand: what comes out is within the allow-list, and 20,000 characters take no time.

`python -m tests.prove.markup` alone runs this campaign; `… markup 1000` with so many examples.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time

from hypothesis import HealthCheck, Phase, given, settings

EXAMPLES = 50_000
LENGTH = 20_000
MOST_SECONDS = 0.2
RANDOM_TEXTS = 60
# Repeated until the text is full; each has cost somebody's parser its time.
UNITS = """[ ] ( ![ []( * ** *a *a_ **a_ _ a* a** *a** **a* *_a_* *** a_b_ > >_ >a~ >_>_ -_ -~ *_a~ 1._ 1. 1._a~ 1986)_
__-_a~ &amp; & &lt; &#0; &#x41; &copy < <b> </b> <!-- <![CDATA[ <a_href= http:// http://a http://a.b_ http://a.b/ www.a.b_
www. a.b. (http://a.b http://a.b) http://[ http://a.b?utm_source=a& \\ \\* ` `` `a ~~a~~ | |a|~|-|~ # #_a~ ---~ ***~ *_*_*_ ~ ~~
a~ a~~ ____a~ é ” ”~ “a”_ “~ ‘ " '" @10:15_ 10:15 #14_ :::_ :::~ :-~ a:-~ [a]:_http://a~ [a][b] [a](b) ![a](b) <http://a.b>
******~ f****_ a**_b _**_a a__~ <p> </p> <br> <script> <svg> -_a~__-_b~ *_a~~ 1._a~~ >_-_1._ >~~ a~---~ a~===~ \t \ta~"""
NESTED = {
    "lists in lists": "".join(f"{'  ' * depth}- a\n" for depth in range(140)),
    "quotations in quotations": "".join(f"{'> ' * depth}a\n" for depth in range(140)),
    "quotations and lists": "".join(f"{'> - ' * depth}a\n" for depth in range(90)),
    "stars around": "*" * 10_000 + "a" + "*" * 9_999,
    "stress in stress": "*a **b " * 1_400 + " c** d*" * 1_400,
    "10,000 brackets and back": "[" * 10_000 + "]" * 10_000,
    "named links": "[a](" * 5_000,
}


def run(examples: int = EXAMPLES) -> bool:
    """The whole campaign; True if nothing survived and everything was quick."""
    return is_clean(examples) & is_quick()


def is_clean(examples: int) -> bool:
    """Let hypothesis put hostile texts together."""
    from tests.whole.allow_list import complaints
    from tests.whole.payloads import HOSTILE
    from tests.whole.test_hostile_text import RENDERERS

    @settings(
        deadline=None,
        max_examples=examples,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(HOSTILE)
    def comes_out_clean(text: str) -> None:
        for render, tags in RENDERERS:
            assert complaints(render(text), tags) == []

    started = time.monotonic()
    try:
        comes_out_clean()
    except AssertionError as error:
        print(f"SURVIVED: {error}")
        return False
    print(f"{examples:,} texts as comment, post and house page: nothing survived, {time.monotonic() - started:.0f} s")
    return True


def is_quick() -> bool:
    """The slowest of all hostile texts of 20,000 characters, in processor time, the best of three."""
    from forum.markup import render_comment, render_house_page, render_post

    renderers = {"comment": render_comment, "post": render_post, "house page": render_house_page}
    taken = [
        (min(seconds(render, text) for _ in range(3)), kind, name)
        for name, text in texts().items()
        for kind, render in renderers.items()
    ]
    taken.sort(reverse=True)
    for took, kind, name in taken[:5]:
        print(f"{took * 1000:6.0f} ms  {kind:10}  {name}")
    print(f"of {len(taken):,}; {MOST_SECONDS * 1000:.0f} ms is the most")
    return taken[0][0] < MOST_SECONDS


def texts() -> dict[str, str]:
    """Each unit repeated, nested things, and units drawn by lot."""
    units = [unit.replace("~", "\n").replace("_", " ").replace("\\t", "\t") for unit in UNITS.split()]
    lot = random.Random(5)
    drawn = ["".join(lot.choices(units, k=lot.randint(2, 5))) for _ in range(RANDOM_TEXTS)]
    named = {repr(unit): (unit * (LENGTH // len(unit) + 1))[:LENGTH] for unit in [*units, *drawn]}
    return named | NESTED


def seconds(render: object, text: str) -> float:
    assert callable(render)
    started = time.process_time()
    render(text)
    return time.process_time() - started


def alone() -> bool:
    """The whole campaign in a process of its own."""
    return subprocess.run([sys.executable, "-m", "tests.prove.markup"]).returncode == 0


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DATA_DIR"] = folder
        import django

        django.setup()
        sys.exit(0 if run(*map(int, sys.argv[1:])) else 1)
