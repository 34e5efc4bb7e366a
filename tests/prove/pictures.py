"""The largest pictures that are allowed, bombs, and thousands of damaged files: what memory and time they take.

`python -m tests.prove.pictures` alone runs this campaign; Linux only, for the peak of a process is read there.
"""

from __future__ import annotations

import io
import json
import random
import re
import struct
import subprocess
import sys
import time
import zlib
from collections import Counter
from pathlib import Path

from PIL import Image

MOST_MEMORY = 300
MOST_SECONDS = 20
DAMAGED_FILES = 3000
# 24.47 million pixels, as a telephone takes them, and the most for WebP.
LARGEST, LARGEST_WEBP = (5712, 4284), (4420, 3054)


def run() -> bool:
    """The whole campaign; True if each file gave a picture or a sentence, within memory and time."""
    passed = True
    for name, make in FILES.items():
        seen = json.loads(in_a_process_of_its_own("once", make()))
        fine = seen["memory"] <= MOST_MEMORY and seen["seconds"] <= MOST_SECONDS
        passed &= fine
        print(
            f"{name:34} {seen['size']:>9,} bytes {seen['memory']:>4} MB {seen['seconds']:>5.1f} s  {seen['outcome'][:60]}"
            f"{'' if fine else '  TOO MUCH'}",
            flush=True,
        )
    seen = json.loads(in_a_process_of_its_own("damaged", b""))
    print(f"{DAMAGED_FILES} damaged files: {seen['outcome']}, {seen['memory']} MB, {seen['seconds']:.0f} s")
    return passed and seen["memory"] <= MOST_MEMORY


def in_a_process_of_its_own(what: str, data: bytes) -> bytes:
    command = [sys.executable, "-m", "tests.prove.pictures", what]
    return subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True).stdout


def once() -> dict[str, object]:
    """Encode what comes in; peak memory over what the process had before the file came."""
    from forum.pictures import BadPicture, encode

    before, started = memory("VmRSS"), time.monotonic()
    data = sys.stdin.buffer.read()
    try:
        encoded = encode(io.BytesIO(data))
        outcome = f"{encoded.width}x{encoded.height}, {len(encoded.data):,} bytes"
    except BadPicture as error:
        outcome = str(error)
    return {
        "size": len(data),
        "memory": memory("VmHWM") - before,
        "seconds": time.monotonic() - started,
        "outcome": outcome,
    }


def damaged() -> dict[str, object]:
    """Small pictures of each format with bytes changed, cut, doubled: a picture or a sentence each time."""
    from forum.pictures import BadPicture, encode

    before, started, dice = memory("VmRSS"), time.monotonic(), random.Random(7)
    small = Image.linear_gradient("L").resize((120, 80))
    kinds = [("JPEG", {}), ("JPEG", {"progressive": True}), ("PNG", {}), ("WEBP", {}), ("WEBP", {"lossless": True})]
    files = [file_of(small.convert(mode), kind, **more) for kind, more in kinds for mode in ("L", "RGB", "P", "RGBA")
             if not (kind == "JPEG" and mode in ("P", "RGBA"))]  # fmt: skip
    outcomes: Counter[str] = Counter()
    for _ in range(DAMAGED_FILES):
        data = bytearray(dice.choice(files))
        for _ in range(dice.choice((1, 3, 20))):
            at = dice.randrange(min(len(data), dice.choice((60, 600, len(data)))))
            data[at : at + dice.choice((1, 1, 4))] = dice.randbytes(dice.choice((0, 1, 1, 4)))
        try:
            encode(bytes(data))
            outcomes["taken"] += 1
        except BadPicture:
            outcomes["refused"] += 1
    return {"memory": memory("VmHWM") - before, "seconds": time.monotonic() - started, "outcome": str(dict(outcomes))}


def memory(name: str) -> int:
    """Of this process, in MB: what it holds (VmRSS), what it held at most (VmHWM)."""
    return int(re.search(rf"{name}:\s+(\d+)", Path("/proc/self/status").read_text())[1]) // 1024


def file_of(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def photograph(size: tuple[int, int], mode: str) -> Image.Image:
    """Soft colours, with an alpha channel that changes where the mode has one."""
    colours = Image.frombytes("RGB", (40, 40), random.Random(1).randbytes(4800)).resize(size, Image.Resampling.BICUBIC)
    if mode == "RGBA":
        colours.putalpha(Image.linear_gradient("L").resize(size))
    return colours.convert(mode)


def png(size: tuple[int, int], depth: int, colour: int, row: int, *chunks: tuple[bytes, bytes]) -> bytes:
    """A whole PNG of noughts; `row` bytes each line."""
    packer = zlib.compressobj(1)
    pixels = b"".join(packer.compress(bytes(1 + row)) for _ in range(size[1])) + packer.flush()
    parts = [
        (b"IHDR", struct.pack(">IIBBBBB", *size, depth, colour, 0, 0, 0)),
        *chunks,
        (b"IDAT", pixels),
        (b"IEND", b""),
    ]
    framed = [struct.pack(">I", len(d)) + n + d + struct.pack(">I", zlib.crc32(n + d)) for n, d in parts]
    return b"\x89PNG\r\n\x1a\n" + b"".join(framed)


def with_words(count: int) -> bytes:
    """The largest PNG, and this many megabytes of words in it."""
    words = b"k\0\1\0\0\0" + zlib.compress("\U0001f600".encode() + b"a" * 1_000_000)
    return png(LARGEST, 8, 6, LARGEST[0] * 4, *[(b"iTXt", words)] * count)


def many_scans(count: int) -> bytes:
    """The largest JPEG, walked over this often."""
    data = file_of(Image.new("L", LARGEST, 128), "JPEG", progressive=True)
    last = data[data.rindex(b"\xff\xc4") : -2]
    return data[:-2] + last * count + data[-2:]


def with_notes() -> bytes:
    """A progressive CMYK JPEG as large as may be, filled up to 8 MB with notes that nobody reads."""
    data = file_of(Image.new("CMYK", LARGEST, (9, 99, 9, 9)), "JPEG", progressive=True, subsampling=0)
    note = b"\xff\xe5\xff\xff" + bytes(65533)
    return data[:2] + note * ((8 * 2**20 - len(data)) // len(note)) + data[2:]


FILES = {
    "PNG, RGBA": lambda: file_of(photograph((800, 600), "RGBA").resize(LARGEST, Image.Resampling.NEAREST), "PNG"),
    "PNG, RGBA, 16 bits": lambda: png(LARGEST, 16, 6, LARGEST[0] * 8),
    "PNG, RGB, a colour is a hole": lambda: png(LARGEST, 8, 2, LARGEST[0] * 3, (b"tRNS", bytes(6))),
    "PNG, grey, 16 bits": lambda: png(LARGEST, 16, 0, LARGEST[0] * 2),
    "PNG, grey with alpha": lambda: png(LARGEST, 8, 4, LARGEST[0] * 2),
    "PNG, palette with a hole": lambda: png(LARGEST, 8, 3, LARGEST[0], (b"PLTE", bytes(768)), (b"tRNS", b"\0")),
    "PNG, RGBA, very wide": lambda: png((65_535, 373), 8, 6, 65_535 * 4),
    "PNG, RGBA, very high": lambda: png((373, 65_535), 8, 6, 373 * 4),
    "PNG, RGBA, 4 MB of words": lambda: with_words(3),
    "JPEG": lambda: file_of(photograph(LARGEST, "RGB"), "JPEG", quality=90),
    "JPEG, progressive": lambda: file_of(
        photograph(LARGEST, "RGB"), "JPEG", quality=90, progressive=True, subsampling=0
    ),
    "JPEG, progressive CMYK, 8 MB": with_notes,
    "JPEG, 490 scans": lambda: many_scans(490 - 6),
    "WebP, RGBA": lambda: file_of(photograph(LARGEST_WEBP, "RGBA"), "WEBP"),
    "WebP, RGBA, 8 MB": lambda: file_of(photograph(LARGEST_WEBP, "RGBA"), "WEBP", exif=bytes(7_900_000)),
    "WebP, RGBA, lossless": lambda: file_of(Image.new("RGBA", LARGEST_WEBP, (9, 9, 9, 9)), "WEBP", lossless=True),
    "bomb: PNG of 200 million pixels": lambda: png((20_000, 10_000), 8, 2, 60_000),
    "bomb: PNG one pixel wide": lambda: png((1, 20_000_000), 1, 0, 1),
    "bomb: PNG, 60 MB of words": lambda: with_words(60),
    "bomb: JPEG, 50,000 scans": lambda: many_scans(50_000),
    "bomb: WebP as large as can be": lambda: b"RIFF\x1e\0\0\0WEBPVP8L\x11\0\0\0/\xff\xff\xff\x0f" + bytes(13),
    "bomb: WebP of 24 million pixels": lambda: file_of(Image.new("RGB", LARGEST), "WEBP", lossless=True, method=0),
    "9 MB": lambda: bytes(9_000_000),
}

if __name__ == "__main__":
    if sys.argv[1:]:
        print(json.dumps({"once": once, "damaged": damaged}[sys.argv[1]]()))
    else:
        sys.exit(not run())
