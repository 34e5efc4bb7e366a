"""How long the check before posting takes for 20 kB of hostile text: what each pattern begins with, over and over.

`python -m tests.prove.identifiers` alone runs this campaign. Time is that of the process alone, the best of three.
"""

from __future__ import annotations

import random
import sys
import time

MOST_MILLISECONDS = 50
LENGTH = 20_000
# Beginnings of what the patterns look for, cut where they must go back.
BEGINNINGS = """a|A|1|0|Aa |a |1 |0 7 |@|a@|a.|a.a@|a at b dot |(at)|+44 |07700 |0(0(|A1|X320741 |A 1 2 3 4 5 6 |a 8 8 1 2 |LS9 4Q|AB12 CD|
AB12CD|www.|www.a|http://|http://a |crown court |Crown Court at Crown Court |Northtown Crown Court |Northtown Crown Court 3 March |
Aa Aa Aa Crown Court |are you |are you Jo Holt |this is Jo Holt from A|Jo Holt, PO |x@y.zz |12 years |20 years service |
20 years service in Kent |po in kent |1/1/1990 |dob |dob 1/1/1990 |12/1234567|12/1234567A |943 476 5919 |943 476 |nhs number |reg ab12|
skerrow |s k e r r o w |skerro|payroll |case number |pnc number |Jo'Jo|Jo-Jo-|O'Dell-|the |at x crown |at aaaaaaaaaaaaaaaaaaaa crown court |
a.b.c.d.e@|a-b@c-d.|1.1.1.1|1-1-|(0|.|. |_|-|/|//|%40|http://a/%40|http://a/X320741/|http://x@y.zz |judge Jo Holt |Mr Jo |
Mr Holt at Northtown Crown Court |he got 12 months |sentenced to |sentenced to 12 months |press office |helpline 07700 900123 |
0123456789|012 |reported |I am reporting |please remove |this this comment |moderator please please """
MORE = [
    "\n",
    "a\n",
    "Kind regards\n",
    "Kind regards\nJo Holt\n",
    "Jo Holt\n",
    "Jo Holt, PO\n07700 900123\n",
    "x@y.zz\n",
    "\r\n",
    "\t",
]
# Fullwidth, Cyrillic, invisible, accents, ligatures, digits, marks on letters, a character that stands for 18.
BEYOND_ASCII = [
    "Ａ",
    "а",
    "\u200b",
    "é",
    "ﬁ",
    "１２３ ",
    "ﷺ",
    "\u0301",
    "e\u0301",
    "Z\u200bX",
    "—",
    "“",
    "𝟎𝟕𝟕 ",
    "Ｘ３２０７４１ ",
]
SOUP = "aA1 @.-(0)/\nJo7'é"
SOUPS = 300


def run() -> bool:
    """The whole campaign; True if no text took longer than 50 ms."""
    from forum.identifiers import find, hints
    from forum.report_like import LONGEST, suggested_category

    dice = random.Random(5)
    names = [f"Office {number} Somewhere" for number in range(200)] + ["Skerrow", "aaa", "ooo"]
    units = [one.strip("\n") for one in BEGINNINGS.replace("\n", "").split("|")] + MORE + BEYOND_ASCII
    units += ["".join(dice.choice(SOUP) for _ in range(dice.randint(2, 12))) for _ in range(SOUPS)]
    slowest = []
    for unit in units:
        text = (unit * (LENGTH // len(unit) + 1))[:LENGTH]
        took = []
        for _ in range(3):
            began = time.thread_time()
            find(text, names)
            hints(text)
            suggested_category(text[:LONGEST])
            took.append(time.thread_time() - began)
        slowest.append((min(took) * 1000, unit))
    slowest.sort(reverse=True)
    for milliseconds, unit in slowest[:5]:
        print(f"{milliseconds:5.1f} ms for {LENGTH:,} characters of {unit!r}", flush=True)
    print(f"{len(units)} texts, the median {slowest[len(units) // 2][0]:.1f} ms", flush=True)
    return slowest[0][0] <= MOST_MILLISECONDS


if __name__ == "__main__":
    sys.exit(0 if run() else 1)
