"""Pictures: what is taken, what of it survives, and the pages that take and show them."""

from __future__ import annotations

import datetime
import io
import re
import struct
import zipfile
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image, ImageCms, PngImagePlugin

from forum.models import Autosave, Picture, Post, PostUpdate, PostVersion
from forum.pictures import MAX_BYTES, BadPicture, encode
from forum.services.pictures import PictureInUse, delete_picture, picture_block, store_picture
from tests.scenery import make_post

CANARY = b"CANARY"
RED, GREEN, BLUE = (255, 0, 0), (0, 255, 0), (0, 0, 255)
WORDS = {"alt": "A queue outside\na locked room", "caption": "The third floor in March", "credit": "A reader"}


def file_of(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def two_colours(size=(40, 20), mode="RGB") -> Image.Image:
    """Red on the left, blue on the right."""
    image = Image.new("RGB", size, RED)
    image.paste(BLUE, (size[0] // 2, 0, *size))
    return image.convert(mode)


def decoded(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(encode(data).data))
    image.load()
    return image


def near(pixel: tuple[int, ...], colour: tuple[int, ...]) -> bool:
    return len(pixel) == len(colour) and all(abs(a - b) < 30 for a, b in zip(pixel, colour, strict=True))


def chunks(webp: bytes) -> set[bytes]:
    """The names of the parts of a WebP file, which must end where it says."""
    assert webp[:4] == b"RIFF" and struct.unpack("<I", webp[4:8])[0] + 8 == len(webp)
    names, at = set(), 12
    while at < len(webp):
        names.add(webp[at : at + 4])
        length = struct.unpack("<I", webp[at + 4 : at + 8])[0]
        at += 8 + length + length % 2
    return names


def png_header(width: int, height: int, *more: tuple[bytes, bytes]) -> bytes:
    """A PNG that says it has this size (8-bit RGB), with the chunks that are given."""
    parts = [(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)), *more, (b"IEND", b"")]
    framed = [struct.pack(">I", len(d)) + n + d + struct.pack(">I", zlib.crc32(n + d)) for n, d in parts]
    return b"\x89PNG\r\n\x1a\n" + b"".join(framed)


def jpeg_header(width: int, height: int) -> bytes:
    """A small JPEG whose header says that it has this size."""
    data = bytearray(file_of(two_colours(), "JPEG"))
    frame = data.index(b"\xff\xc0")
    data[frame + 5 : frame + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def segment(marker: int, data: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data


def telltale_jpeg() -> bytes:
    """A photograph that tells everything: place, camera, thumbnail, words, and an archive behind it."""
    exif = Image.Exif()
    exif[0x010F] = "CANARY camera"
    exif.get_ifd(0x8825).update({1: "N", 2: (51.0, 30.0, 26.0), 29: "CANARY place"})
    exif.get_ifd(0x8769).update({0x927C: b"CANARY maker note", 0x9286: b"CANARY words"})
    data = file_of(two_colours(), "JPEG", exif=exif, comment=b"CANARY comment", xmp=b"<x:xmpmeta>CANARY</x:xmpmeta>")
    thumbnail = segment(0xE0, b"JFXX\0\x10" + file_of(Image.new("RGB", (16, 16)), "JPEG", comment=b"CANARY thumbnail"))
    words = segment(0xED, b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x0e\x1c\x02\x78\0\x09CANARY it")
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("CANARY.txt", "CANARY")
    return data[:2] + thumbnail + words + data[2:] + archive.getvalue()


def telltale_png() -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "CANARY camera"
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", "CANARY")
    info.add_text("Long", "CANARY " * 99, zip=True)
    info.add_itxt("XML:com.adobe.xmp", "<x:xmpmeta>CANARY</x:xmpmeta>")
    return file_of(two_colours(), "PNG", pnginfo=info, exif=exif) + b"CANARY<script>alert(1)</script>"


def telltale_webp() -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "CANARY camera"
    return file_of(two_colours(), "WEBP", exif=exif, xmp=b"<x:xmpmeta>CANARY</x:xmpmeta>", icc_profile=b"CANARY")


@pytest.mark.parametrize("make", [telltale_jpeg, telltale_png, telltale_webp])
def test_nothing_but_the_picture_survives(make):
    data = make()
    assert data.count(CANARY) >= 3
    encoded = encode(data)
    assert CANARY not in encoded.data
    assert chunks(encoded.data) <= {b"VP8 ", b"VP8L", b"VP8X", b"ALPH"}
    image = decoded(data)
    assert not {"exif", "xmp", "icc_profile", "comment"} & set(image.info)
    assert dict(image.getexif()) == {}
    assert near(image.getpixel((2, 10)), RED) and near(image.getpixel((37, 10)), BLUE)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize(
    ("orientation", "size", "at_red"),
    [(1, (40, 20), (2, 10)), (3, (40, 20), (37, 10)), (6, (20, 40), (10, 2)), (8, (20, 40), (10, 37))],
)
def test_a_camera_held_sideways_gives_an_upright_picture(kind, orientation, size, at_red):
    exif = Image.Exif()
    exif[0x0112] = orientation
    image = decoded(file_of(two_colours(), kind, exif=exif))
    assert image.size == size
    assert near(image.getpixel(at_red), RED)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_notes_that_cannot_be_read_are_no_reason_to_refuse():
    data = file_of(two_colours(), "JPEG")
    broken = (
        data[:2] + segment(0xE1, b"Exif\0\0MM\0*\xff\xff\xff\xff") + segment(0xE2, b"ICC_PROFILE\0\1\1no") + data[2:]
    )
    assert near(decoded(broken).getpixel((2, 10)), RED)


def test_a_colour_profile_is_applied_and_then_left_out():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    # A world where what is stored as red looks green.
    swapped = profile.replace(b"rXYZ", b"?XYZ").replace(b"gXYZ", b"rXYZ").replace(b"?XYZ", b"gXYZ")
    image = Image.new("RGB", (20, 20), RED)
    assert near(decoded(file_of(image, "JPEG", icc_profile=swapped)).getpixel((5, 5)), GREEN)
    see_through = image.copy()
    see_through.putalpha(100)
    assert near(decoded(file_of(see_through, "PNG", icc_profile=swapped)).getpixel((5, 5)), (*GREEN, 100))
    assert near(decoded(file_of(image.convert("L"), "PNG", icc_profile=swapped)).getpixel((5, 5)), (76, 76, 76))


def palette_with_a_hole() -> bytes:
    return file_of(two_colours().quantize(2), "PNG", transparency=b"\xff\x00")


FINE = {
    "CMYK JPEG": (lambda: file_of(two_colours(mode="CMYK"), "JPEG"), RED),
    "grey JPEG": (lambda: file_of(two_colours(mode="L"), "JPEG"), (76, 76, 76)),
    "progressive JPEG": (lambda: file_of(two_colours(), "JPEG", progressive=True), RED),
    "16-bit PNG": (lambda: file_of(Image.new("I;16", (40, 20), 40_000), "PNG"), (156, 156, 156)),
    "black and white PNG": (lambda: file_of(Image.new("1", (40, 20), 1), "PNG"), (255, 255, 255)),
    "grey PNG with alpha": (lambda: file_of(Image.new("LA", (40, 20), (76, 100)), "PNG"), (76, 76, 76, 100)),
    "PNG with a colour that means a hole": (lambda: file_of(two_colours(), "PNG", transparency=BLUE), (*RED, 255)),
    "WebP with alpha": (lambda: file_of(Image.new("RGBA", (40, 20), (*RED, 99)), "WEBP"), (*RED, 99)),
    "animated WebP": (
        lambda: file_of(two_colours(), "WEBP", save_all=True, append_images=[Image.new("RGB", (40, 20))]),
        RED,
    ),
}


@pytest.mark.parametrize("name", FINE)
def test_every_way_to_store_colours_keeps_them(name):
    make, colour = FINE[name]
    image = decoded(make())
    assert image.size == (40, 20)
    assert near(image.getpixel((2, 10)), colour)


def test_a_palette_with_a_hole_keeps_the_hole():
    image = decoded(palette_with_a_hole())
    assert sorted({image.getpixel((2, 10))[3], image.getpixel((37, 10))[3]}) == [0, 255]


@pytest.mark.parametrize(
    ("size", "stored"),
    [
        ((1, 1), (1, 1)),
        ((1600, 900), (1600, 900)),
        ((3200, 100), (1600, 50)),
        ((90, 4000), (36, 1600)),
        ((60_000, 10), (1600, 1)),
    ],
)
@pytest.mark.parametrize(("kind", "mode"), [("JPEG", "RGB"), ("PNG", "P"), ("PNG", "RGBA")])
def test_the_longer_side_is_at_most_1600_pixels(size, stored, kind, mode):
    encoded = encode(file_of(Image.new(mode, size), kind))
    assert (encoded.width, encoded.height) == stored == Image.open(io.BytesIO(encoded.data)).size


def zeros(width: int, height: int) -> bytes:
    """A PNG of this size that is whole, and small: only noughts."""
    packer = zlib.compressobj(1)
    packed = b"".join(packer.compress(bytes(1 + width * 3)) for _ in range(height)) + packer.flush()
    return png_header(width, height, (b"IDAT", packed))


def many_scans() -> bytes:
    """A JPEG that would be walked over 2,000 times."""
    data = file_of(Image.new("L", (64, 64), 128), "JPEG", progressive=True)
    last = data[data.rindex(b"\xff\xc4") : -2]
    return data[:-2] + last * 2000 + data[-2:]


JPEG = file_of(two_colours((400, 200)), "JPEG")
NO_PICTURE = "This is not a picture in JPEG, PNG or WebP format. Save it as one of these first."
DAMAGED = "This picture cannot be read to its end: it is damaged, or broke off on its way. Save it anew first."
REFUSED = {
    "empty": (b"", NO_PICTURE),
    "SVG": (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', NO_PICTURE),
    "HTML": (b"<!doctype html><script>alert(1)</script>", NO_PICTURE),
    "HTML before a JPEG": (b"<script>alert(1)</script>" + JPEG, NO_PICTURE),
    "PDF": (b"%PDF-1.7\n" + JPEG, NO_PICTURE),
    "GIF": (file_of(two_colours().quantize(2), "GIF"), NO_PICTURE),
    "TIFF": (file_of(two_colours(), "TIFF"), NO_PICTURE),
    "BMP": (file_of(two_colours(), "BMP"), NO_PICTURE),
    "broken-off JPEG": (JPEG[: len(JPEG) // 2], DAMAGED),
    "broken-off PNG": (file_of(two_colours(), "PNG")[:-40], DAMAGED),
    "broken-off WebP": (file_of(two_colours(), "WEBP")[:-40], DAMAGED),
    "only the beginning of a JPEG": (JPEG[:4], DAMAGED),
    "PNG without pixels": (png_header(10, 10), DAMAGED),
    "PNG of no size": (png_header(0, 10), DAMAGED),
    "many scans": (many_scans(), DAMAGED),
    "JPEG that says it is large": (
        jpeg_header(60_000, 50_000),
        "This picture has 3,000 million pixels; 24 million is the most. Make it smaller first.",
    ),
    "large WebP": (
        file_of(Image.new("RGB", (5000, 4000)), "WEBP", lossless=True, method=0),
        "This picture has 20 million pixels; 13 million is the most for WebP. Make it smaller first.",
    ),
    "WebP that says it is as large as can be": (
        b"RIFF\x1e\0\0\0WEBPVP8L\x11\0\0\0/\xff\xff\xff\x0f" + bytes(13),
        "This picture has more than 100 million pixels; 13 million is the most for WebP. Make it smaller first.",
    ),
    "thread": (
        png_header(1, 100_000),
        "This picture is 100,000 pixels long; 65,535 is the most. Make it smaller first.",
    ),
    "9 MB": (
        JPEG + bytes(9_000_000),
        "This file is larger than 8 MB, which is the most. Make the picture smaller first.",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_taken_is_refused_in_one_sentence(name):
    data, sentence = REFUSED[name]
    with pytest.raises(BadPicture) as told:
        encode(io.BytesIO(data))
    assert str(told.value) == sentence
    assert told.value.status == 422


def test_a_small_file_of_200_million_pixels_is_refused_before_it_is_decoded():
    bomb = zeros(20_000, 10_000)
    assert len(bomb) < MAX_BYTES
    with pytest.raises(BadPicture, match=r"^This picture has 200 million pixels; 24 million is the most\."):
        encode(bomb)


def test_a_photograph_sold_as_24_million_pixels_is_taken():
    assert encode(zeros(5712, 4284)).width == 1600


@pytest.mark.django_db
def test_the_same_file_within_ten_minutes_is_one_picture():
    data = file_of(two_colours(), "JPEG")
    first = store_picture(upload=data)
    assert re.fullmatch(r"[0-9a-f]{16}-40x20", first.name)
    assert store_picture(upload=data) == first
    assert store_picture(upload=file_of(two_colours((80, 40)), "JPEG")) != first
    Picture.objects.update(uploaded_at=timezone.now() - datetime.timedelta(minutes=11))
    assert store_picture(upload=data) != first


def test_the_block_keeps_each_word_on_its_line():
    block = picture_block(Picture(name="3f9c2a1b5d6e7f80-1200x800"), "A queue\r\n:::\nhere", "", "A reader\x00")
    assert block == ":::picture 3f9c2a1b5d6e7f80-1200x800\nalt: A queue ::: here\ncredit: A reader\n:::"


@pytest.fixture
def picture(db) -> Picture:
    return store_picture(upload=file_of(two_colours(), "JPEG"))


def upload(data: bytes = JPEG, name: str = "photo.jpg", **fields: str) -> dict[str, object]:
    return WORDS | {"picture": SimpleUploadedFile(name, data)} | fields


def test_a_picture_is_the_same_for_all_and_for_ever(client, as_bob, picture, django_assert_num_queries):
    path = picture.get_absolute_url()
    with django_assert_num_queries(1):
        response = client.get(path)
    assert (response.status_code, response.content) == (200, bytes(picture.data))
    assert response.cookies == {}
    assert "Cookie" not in response.headers.get("Vary", "")
    for headers in (response.headers, as_bob.get(path).headers):
        assert headers["Content-Type"] == "image/webp"
        assert headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Content-Disposition"] == f'inline; filename="{picture.name}.webp"'
    again = client.get(path, HTTP_IF_NONE_MATCH=response.headers["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    assert client.head(path).status_code == 200
    assert client.post(path).status_code == 405


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["0123456789abcdef-40x20", "nope", "0123456789abcdef-40x20%00", "../../etc/passwd"])
def test_a_picture_that_is_not_there_is_404(client, name):
    assert client.get(f"/pictures/{name}.webp").status_code == 404


def test_the_owner_uploads_and_gets_the_lines_to_copy(as_alice, settings, tmp_path):
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "not-there"  # Whoever writes to it fails.
    # Larger than any other form may be, and named like something else.
    response = as_alice.post("/desk/pictures/", upload(JPEG + bytes(7_000_000), "<b>.html"))
    html = response.content.decode()
    stored = Picture.objects.get()
    assert response.status_code == 200
    assert f'src="{stored.get_absolute_url()}" width="400" height="200" alt="A queue outside a locked room"' in html
    lines = ["alt: A queue outside a locked room", "caption: The third floor in March", "credit: A reader"]
    assert "\n".join([f"\n:::picture {stored.name}", *lines, ":::</textarea>"]) in html
    twice = as_alice.post("/desk/pictures/", upload(JPEG + bytes(7_000_000)))
    assert f":::picture {stored.name}" in twice.content.decode()
    assert Picture.objects.count() == 1


@pytest.mark.parametrize(
    ("sent", "sentences"),
    [
        ({"alt": " \n"}, ["Enter the alternative text", "Choose the file again"]),
        ({"credit": "\x01"}, ["Enter who made the picture.", "Choose the file again"]),
        ({"alt": "a" * 501}, ["at most 500 characters", "Choose the file again"]),
        ({"picture": "not a file"}, ["Choose a file."]),
        ({"data": b""}, ["This file is empty."]),
        ({"data": b"GIF89a"}, [NO_PICTURE]),
        ({"data": JPEG[:2000]}, [DAMAGED]),
        ({"data": JPEG + bytes(MAX_BYTES)}, ["This file is larger than 8 MB"]),
        ({"data": JPEG + bytes(10_000_000)}, ["This file is larger than 8 MB"]),
    ],
)
def test_a_wrong_upload_keeps_every_word(as_alice, settings, tmp_path, sent, sentences):
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "not-there"  # Whoever writes to it fails.
    response = as_alice.post("/desk/pictures/", upload(**sent))
    html = response.content.decode()
    assert response.status_code == 422
    assert "<title>Error: " in html
    assert [sentence for sentence in sentences if sentence not in html] == []
    assert "The third floor in March" in html
    assert Picture.objects.count() == 0


def test_an_upload_beyond_all_measure_is_not_read(as_alice):
    response = as_alice.post("/desk/pictures/", upload(), CONTENT_LENGTH=str(41 * 1024 * 1024))
    assert response.status_code == 413
    assert "The file is much too large" in response.content.decode()


def test_an_upload_needs_the_forms_token_and_gives_the_words_back(alice):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(alice)
    response = strict.post("/desk/pictures/", upload(JPEG + bytes(3_000_000)))
    assert response.status_code == 403
    assert "The third floor in March" in response.content.decode()
    assert Picture.objects.count() == 0


def test_pictures_are_the_owners(client, as_bob, picture):
    deletion = f"/desk/pictures/{picture.name}/deletion/"
    assert client.get("/desk/pictures/").status_code == 302
    assert as_bob.get("/desk/pictures/").status_code == 403
    for person in (client, as_bob):
        assert person.post("/desk/pictures/", upload()).status_code == 403
        assert person.post(deletion).status_code == 403
    assert Picture.objects.count() == 1


@pytest.mark.django_db
def test_a_session_that_ended_gives_the_words_back(client):
    assert "The third floor in March" in client.post("/desk/pictures/", upload()).content.decode()


def names_it(place: str, name: str) -> None:
    """The picture stands in a post, or only in what belongs to one."""
    post = make_post("Rooms", f":::picture {name}\nalt: A\ncredit: B\n:::" if place == "post" else "Nothing.")
    if place == "version":
        PostVersion.objects.create(post=post, version=9, title="Rooms", body=f":::picture {name}")
    if place == "update":
        PostUpdate.objects.create(post=post, number=1, body=f":::picture {name}", html="")
    if place == "autosave":
        Autosave.objects.create(tab="t", post=post, body=f"![](/pictures/{name}.webp)")
    if place == "new post":
        Autosave.objects.create(tab="t", body=f":::picture {name}")


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("post", "the post “Rooms”"),
        ("version", "an earlier version of “Rooms”"),
        ("update", "an update to “Rooms”"),
        ("autosave", "what is being written for “Rooms”"),
        ("new post", "what is being written for “a post not saved yet”"),
    ],
)
def test_a_picture_that_stands_somewhere_stays(as_alice, picture, place, words):
    names_it(place, picture.name)
    with pytest.raises(PictureInUse, match=words):
        delete_picture(name=picture.name)
    page = as_alice.get("/desk/pictures/").content.decode()
    assert "/deletion/" not in page
    assert words.split("“")[1][:-1] in page
    response = as_alice.post(f"/desk/pictures/{picture.name}/deletion/")
    assert response.status_code == 409
    assert words in response.content.decode()
    assert Picture.objects.count() == 1


def test_a_picture_that_stands_nowhere_is_deleted_once(client, as_alice, picture):
    make_post("Rooms", ":::picture 0123456789abcdef-40x20\nalt: A\ncredit: B\n:::")
    deletion = f"/desk/pictures/{picture.name}/deletion/"
    assert deletion in as_alice.get("/desk/pictures/").content.decode()
    assert as_alice.get(deletion).status_code == 405
    for _ in "ab":
        assert "The picture is deleted." in as_alice.post(deletion, follow=True).content.decode()
    assert client.get(picture.get_absolute_url()).status_code == 404


def test_the_page_asks_the_same_few_questions_however_many_pictures_there_are(
    as_alice, picture, django_assert_max_num_queries
):
    Picture.objects.bulk_create(Picture(name=f"{number:016x}-4x4", data=b"") for number in range(60))
    Post.objects.bulk_create(Post(title=f"Post {n}", body=f":::picture {n:016x}-4x4") for n in range(60))
    with django_assert_max_num_queries(12):
        html = as_alice.get("/desk/pictures/").content.decode()
    assert html.count('loading="lazy"') == 50
