"""From whatever file somebody uploads to a picture that is safe to show: the only place that touches Pillow.

A file is judged by what its beginning says, before anything is decoded, then decoded, made smaller, turned upright
and painted on an empty canvas, so that nothing else of the file goes on: no place, no camera, no words, no thumbnail.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

from PIL import ExifTags, Image, ImageCms, ImageFile, PngImagePlugin
from PIL.Image import Resampling, Transpose
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from forum.errors import ForumError

MEGABYTE = 1024 * 1024
MAX_BYTES = 8 * MEGABYTE
# In millions of pixels, rounded: what a camera sells as 24 million is up to half a million more.
MAX_MILLIONS = 24
# libwebp holds a picture four times while it decodes it; with more, a file could take 300 MB.
MAX_WEBP_MILLIONS = 13
# What JPEG can hold. Pillow takes memory for each line, so a PNG one pixel wide could be a bomb.
MAX_SIDE = 65_535
# The longer side of what is stored.
SIZE = 1600
QUALITY = 82
# Each scan of a progressive JPEG costs a walk over all of it: 350 kB of them took half a minute. Ten are usual; the
# film behind a phone's picture may look like a hundred more.
START_OF_SCAN, MAX_SCANS = b"\xff\xda", 500
# A PNG's words are thrown away; 64 MB of them, Pillow's own limit, need not be unpacked first.
PngImagePlugin.MAX_TEXT_MEMORY = 4 * MEGABYTE

TURNS = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
# A picture takes up to 250 MB while it is decoded: one at a time in each process.
DECODING = threading.Lock()

TOO_LARGE = f"This file is larger than {MAX_BYTES // MEGABYTE} MB, which is the most. Make the picture smaller first."
DAMAGED = "This picture cannot be read to its end: it is damaged, or broke off on its way. Save it anew first."


class BadPicture(ForumError):
    """A file that cannot be taken as a picture."""


@dataclass(frozen=True)
class Encoded:
    """A WebP file that holds a picture and nothing else; its size in pixels."""

    data: bytes
    width: int
    height: int


def encode(upload: bytes | BinaryIO) -> Encoded:
    """The picture in a JPEG, PNG or WebP file (the first, if it moves), upright, in sRGB, at most 1600 pixels long.

    Raises:
        BadPicture: more than 8 MB, another format, too many pixels, or a file that cannot be read to its end.
    """
    data = upload if isinstance(upload, bytes) else upload.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise BadPicture(TOO_LARGE)
    kind = format_of(data)
    with DECODING:
        try:
            return painted_anew(opened(kind, data))
        except BadPicture:
            raise
        # Decoders fail on hostile files in every way there is.
        except Exception as error:
            raise BadPicture(DAMAGED) from error


def format_of(data: bytes) -> type[ImageFile.ImageFile]:
    """What can read the file, by its first bytes."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return PngImageFile
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return WebPImageFile
    if not data.startswith(b"\xff\xd8\xff"):
        raise BadPicture("This is not a picture in JPEG, PNG or WebP format. Save it as one of these first.")
    if data.count(START_OF_SCAN) > MAX_SCANS:
        raise BadPicture(DAMAGED)
    return JpegImageFile


def opened(kind: type[ImageFile.ImageFile], data: bytes) -> ImageFile.ImageFile:
    """The file, judged by what it says of its size; none of its pixels is decoded yet."""
    most = MAX_WEBP_MILLIONS if kind is WebPImageFile else MAX_MILLIONS
    rule = f"{most} million is the most{' for WebP' if kind is WebPImageFile else ''}. Make it smaller first."
    try:
        picture = kind(BytesIO(data))
    except Image.DecompressionBombError:
        # Pillow's own limit for WebP, which comes before it tells the size.
        raise BadPicture(f"This picture has more than 100 million pixels; {rule}") from None
    millions = round(picture.width * picture.height / 1_000_000)
    if millions > most:
        raise BadPicture(f"This picture has {millions:,} million pixels; {rule}")
    if (longest := max(picture.size)) > MAX_SIDE:
        raise BadPicture(f"This picture is {longest:,} pixels long; {MAX_SIDE:,} is the most. Make it smaller first.")
    return picture


def painted_anew(picture: Image.Image) -> Encoded:
    """Decode, make smaller, turn upright, convert to sRGB, paint on an empty canvas."""
    profile, size = picture.info.get("icc_profile"), smaller(picture.size)
    # JPEG: decode no more pixels than are needed.
    picture.draft(None, size)
    picture.load()
    turn = TURNS.get(orientation(picture))
    # Each step lets go of the one before: two full-sized pictures are all that memory is to hold.
    picture = with_plain_colours(picture)
    if picture.size != size:
        picture = picture.resize(size, Resampling.LANCZOS)
    picture = in_srgb(picture, profile)
    if turn is not None:
        picture = picture.transpose(turn)
    canvas = Image.new(picture.mode, picture.size)
    canvas.paste(picture)
    file = BytesIO()
    canvas.save(file, "WEBP", quality=QUALITY)
    return Encoded(file.getvalue(), canvas.width, canvas.height)


def smaller(size: tuple[int, int]) -> tuple[int, int]:
    """The same shape, at most 1600 pixels long; never larger than it was."""
    shrink = min(1, SIZE / max(size))
    return max(1, round(size[0] * shrink)), max(1, round(size[1] * shrink))


def orientation(picture: Image.Image) -> int:
    """How the camera was held, as EXIF counts it; 1 where it does not say so in a way that can be read."""
    try:
        return int(picture.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:  # noqa: BLE001 - a note that cannot be read is no reason to refuse the picture
        return 1


def with_plain_colours(picture: Image.Image) -> Image.Image:
    """In a mode that can be made smaller: no palette, no colour that means transparent, no 16 bits."""
    if picture.mode.startswith("I"):
        # Pillow would cut off what is brighter than 255 of 65,535.
        return picture.point(lambda value: value / 256).convert("L")
    if "transparency" in picture.info:
        return picture.convert("RGBA")
    return picture.convert({"1": "L", "P": "RGB"}[picture.mode]) if picture.mode in ("1", "P") else picture


def in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """In RGB or RGBA, by its own colour profile where it has one that fits."""
    mode = "RGBA" if picture.mode in ("LA", "RGBA") else "RGB"
    if profile:
        try:
            own = ImageCms.ImageCmsProfile(BytesIO(profile))
            converted = ImageCms.profileToProfile(picture, own, SRGB, outputMode=mode)
        except (ImageCms.PyCMSError, OSError, ValueError):
            converted = None
        if converted is not None:
            return converted
    return picture if picture.mode == mode else picture.convert(mode)
