"""Files are judged by what they hold."""

from __future__ import annotations

import hashlib
import io

import pytest
from PIL import Image

from intake.core import files
from intake.core.errors import Invalid, NotFound
from intake.core.files import Upload
from intake.core.identity import SYSTEM
from intake.core.transaction import transaction
from models import StoredFile

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def jpeg_with_location() -> bytes:
    exif = Image.Exif()
    exif.get_ifd(0x8825)[1] = "S"
    exif[0x8825] = {1: "S", 2: (2.0, 18.0, 0.0), 3: "W", 4: (78.0, 7.0, 0.0)}
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(out, "JPEG", exif=exif)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("acta.pdf", b"MZ\x90\x00" + b"\x00" * 60),
        ("acta.pdf", b"<!doctype html><script>alert(1)</script>"),
        ("dibujo.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>"),
        ("hoja.csv", b"a,b\n<script>alert(1)</script>,2\n"),
        ("nota.txt", b"\xff\xfe\x00binario"),
        ("vacio.pdf", b""),
        ("programa.exe", b"hola"),
    ],
)
def test_disguised_and_unwanted_files_are_refused(name: str, content: bytes) -> None:
    with pytest.raises(Invalid):
        files.judge(Upload(name, content))


def test_too_large_is_refused() -> None:
    with pytest.raises(Invalid, match="10 MB"):
        files.judge(Upload("a.pdf", PDF + b"x" * (10 * 1024 * 1024)))


def test_a_stored_file_is_what_was_sent(app: object) -> None:
    with transaction():
        row = files.store(files.cleaned(Upload("../../Acta\u202e final.PDF", PDF)), by=SYSTEM, public=True)
    assert files.read(row) == PDF
    assert row.sha256 == hashlib.sha256(PDF).hexdigest()
    assert (row.name, row.media_type, row.size_bytes) == ("Acta final.pdf", "application/pdf", len(PDF))


def test_pictures_lose_where_they_were_taken(app: object) -> None:
    sent = jpeg_with_location()
    assert Image.open(io.BytesIO(sent)).getexif().get_ifd(0x8825)
    with transaction():
        row = files.store(files.cleaned(Upload("mesa.jpg", sent)), by=SYSTEM)
    kept = Image.open(io.BytesIO(files.read(row)))
    assert (kept.size, dict(kept.getexif())) == ((40, 30), {})


def test_a_broken_picture_is_refused() -> None:
    with pytest.raises(Invalid, match="dañada"):
        files.cleaned(Upload("mesa.jpg", jpeg_with_location()[:200]))


def test_the_bytes_go_with_a_transaction_that_fails(app: object) -> None:
    kept = []

    def fail() -> None:
        with transaction():
            kept.append(files.store(files.cleaned(Upload("acta.pdf", PDF)), by=SYSTEM).key)
            raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no"):
        fail()
    with pytest.raises(NotFound):
        files.read(StoredFile(key=kept[0]))


@pytest.mark.parametrize(
    ("kind", "media", "mode"),
    [
        ("JPEG", "image/jpeg", "RGB"),
        ("PNG", "image/png", "RGBA"),
        ("PNG", "image/png", "P"),
        ("WEBP", "image/webp", "RGB"),
    ],
)
def test_a_large_picture_is_made_smaller_and_stands_upright(app: object, kind: str, media: str, mode: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned a quarter
    out = io.BytesIO()
    Image.new("RGB", (3000, 1500), "green").convert(mode).save(out, kind, exif=exif)
    with transaction():
        row = files.store(files.cleaned(Upload("foto", out.getvalue()), longest_side=2000), by=SYSTEM)
    assert row.media_type == media
    with Image.open(io.BytesIO(files.read(row))) as kept:
        assert kept.size == (1000, 2000)
        pixel = kept.convert("RGB").getpixel((500, 1000))
    assert abs(pixel[1] - 128) < 20  # a palette has another green
    assert max(pixel[0], pixel[2]) < 20


def test_a_small_file_of_very_many_pixels_is_held_in_memory_once() -> None:
    """169 kB that unpack to 159 MB: beside the decoded picture there is no copy of that size."""
    out = io.BytesIO()
    Image.new("RGBA", (6300, 6300), (1, 2, 3, 100)).save(out, "PNG")
    with Image.open(io.BytesIO(out.getvalue())) as picture:
        small = files._smaller(picture, 2000)
        assert small.size == (2000, 2000)
        assert picture.size == (2000, 2000)  # the large one is gone before anything is made of it
