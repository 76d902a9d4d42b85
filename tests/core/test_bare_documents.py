"""Documents lose who wrote them and where; their words, pictures and tables stay."""

from __future__ import annotations

import io
import re
import zipfile
import zlib

import pikepdf
import pytest
import xlsxwriter
from PIL import Image
from python_calamine import CalamineWorkbook

from intake.core import documents, files, pdfs, segments
from intake.core.errors import Invalid

WHO = "Rosa Quishpe"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TEXT = "application/vnd.oasis.opendocument.text"


def photo(kind: str = "JPEG", *, turned: int = 1, **how: object) -> bytes:
    """A photograph of noise that tells place, camera and person."""
    told = Image.Exif()
    told[0x0112], told[0x0110], told[0x8825] = turned, "Telefono 9", {1: "S", 2: (2.0, 18.0, 0.0)}
    out = io.BytesIO()
    how = how if kind == "PNG" else {"comment": WHO.encode(), "quality": 80, **how}
    Image.effect_noise((64, 48), 60).convert("RGB").save(out, kind, exif=told, **how)
    return out.getvalue()


def pdf(*, before: object = None, **how: object) -> bytes:
    """A page with a photograph, a remark and everything that says who made it."""
    made = pikepdf.new()
    page = made.add_blank_page()
    shown = pikepdf.Stream(made, photo(), Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=64, Height=48)
    shown.ColorSpace, shown.BitsPerComponent, shown.Filter = pikepdf.Name.DeviceRGB, 8, pikepdf.Name.DCTDecode
    shown.Metadata = pikepdf.Stream(made, f"<x>{WHO}</x>".encode())
    page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(I=shown))
    page.Contents = pikepdf.Stream(made, b"q 64 0 0 48 0 0 cm /I Do Q")
    remark = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Text, Rect=[0, 0, 9, 9])
    remark.T, remark.Contents = pikepdf.String(WHO), pikepdf.String("Falta el anexo")
    page.Annots = pikepdf.Array([remark])  # within the page's own object
    made.docinfo["/Author"] = WHO
    with made.open_metadata() as told:
        told["dc:creator"] = [WHO]
    if callable(before):
        before(made)
    out = io.BytesIO()
    made.save(out, compress_streams=False, **how)
    return out.getvalue()


def zipped(entries: dict[str, bytes | str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.comment = WHO.encode()
        for name, content in entries.items():
            made.writestr(name, content, zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED)
    return out.getvalue()


def word(**more: bytes | str) -> bytes:
    """A document with a remark, a tracked change, a template of somebody's and a photograph."""
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    w = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    entries: dict[str, bytes | str] = {
        "[Content_Types].xml": f'<Types><Override PartName="/word/document.xml" ContentType="{main}"/></Types>',
        "docProps/core.xml": f"<cp:coreProperties><dc:creator>{WHO}</dc:creator></cp:coreProperties>",
        "docProps/app.xml": f"<Properties><Company>{WHO}</Company></Properties>",
        "docProps/custom.xml": f"<Properties><property>{WHO}</property></Properties>",
        "word/document.xml": f'<w:document {w}><w:ins w:id="1" w:author="{WHO}" w:date="2026-01-01T00:00:00Z"><w:r>'
        "<w:t>El autor pide agua</w:t></w:r></w:ins></w:document>",
        "word/comments.xml": f"<w:comments {w}><w:comment w:author='{WHO}' w:initials=\"RQ\"><w:t>Revisar</w:t>"
        "</w:comment></w:comments>",
        "word/people.xml": f'<w15:people><w15:person w15:author="{WHO}"><w15:presenceInfo w15:providerId="AD" '
        f'w15:userId="S::{WHO}"/></w15:person></w15:people>',
        "word/_rels/settings.xml.rels": f'<Relationships><Relationship Id="r1" Target="file:///C:/Users/{WHO}/a.dotx" '
        'TargetMode="External"/><Relationship Id="r2" Target="styles.xml"/></Relationships>',
        "word/media/image1.jpeg": photo(),
    }
    return zipped({**entries, **{name.replace("__", "/"): content for name, content in more.items()}})


def sheet() -> bytes:
    """A real workbook with a note, its author and a photograph."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties({"author": WHO, "company": WHO, "manager": WHO, "comments": WHO})
    page = book.add_worksheet("Agua")
    page.write(0, 0, "Juntas")
    page.write(0, 1, 42)
    page.write_comment(0, 0, "Contar otra vez", {"author": WHO})
    page.insert_image(3, 0, "obra.jpg", {"image_data": io.BytesIO(photo())})
    book.close()
    return out.getvalue()


def text(**more: bytes | str) -> bytes:
    """An OpenDocument text with a remark, and a drawing with properties of its own."""
    meta = f"<office:document-meta><office:meta><dc:creator>{WHO}</dc:creator></office:meta></office:document-meta>"
    entries: dict[str, bytes | str] = {
        "mimetype": TEXT,
        "META-INF/manifest.xml": "<manifest:manifest/>",
        "meta.xml": meta,
        "Object 1/meta.xml": meta,
        "content.xml": f"<office:text><office:annotation><dc:creator>{WHO}</dc:creator>"
        "<meta:creator-initials>RQ</meta:creator-initials><text:p>Revisar</text:p></office:annotation>"
        "<text:p>El autor pide agua</text:p></office:text>",
        "Pictures/1.jpg": photo(),
    }
    return zipped({**entries, **{name.replace("__", "/"): content for name, content in more.items()}})


def within(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        assert package.testzip() is None
        return {entry.filename: package.read(entry) for entry in package.infolist()}


@pytest.mark.parametrize(("made", "kind"), [(word, WORD), (sheet, SHEET), (text, TEXT)])
def test_office_documents_tell_nobody_and_keep_their_words(made, kind) -> None:
    sent = made()
    assert files.judge(files.Upload("a.zip", sent)) == kind
    kept = documents.bare(sent, kind)
    assert files.judge(files.Upload("a.zip", kept)) == kind
    before, after = within(sent), within(kept)
    assert list(after) == list(before)
    assert any(WHO.encode() in content for content in before.values())
    assert [name for name, content in after.items() if WHO.encode() in content] == []
    # Initials are two letters: any picture may have them somewhere among its bytes.
    assert [name for name, content in after.items() if b"RQ" in content and not name.endswith((".jpg", ".png"))] == []
    assert not any(b"Telefono 9" in content or b"Exif" in content for content in after.values())
    assert WHO.encode() not in kept
    assert documents.bare(kept, kind) == kept == documents.bare(sent, kind)


CORE = f"<cp:coreProperties><dc:creator>{WHO}</dc:creator><cp:lastModifiedBy>{WHO}</cp:lastModifiedBy>"


@pytest.mark.parametrize("name", ["package/services/metadata/core-properties/1f.psmdcp", "docProps/core0.xml", "a.bin"])
@pytest.mark.parametrize("before", [b"", b"\xef\xbb\xbf \n", b"<?xml version='1.0'?><!-- <a> -->"])
@pytest.mark.parametrize(
    "told",
    [
        f"{CORE}</cp:coreProperties>",
        f'<x:Properties xmlns:x="http://x/extended-properties"><x:Manager>{WHO}</x:Manager></x:Properties>',
        f"<Properties xmlns='http://purl.oclc.org/ooxml/officeDocument/customProperties'><p>{WHO}</p></Properties>",
    ],
)
def test_properties_tell_nobody_in_whatever_part_they_are_kept(name: str, before: bytes, told: str) -> None:
    after = within(documents.bare(word(**{name.replace("/", "__"): before + told.encode()}), WORD))
    assert WHO.encode() not in after[name]
    assert re.search(rb"roperties xmlns", after[name])


def test_properties_of_somebody_else_stay() -> None:
    data = b"<Properties><owner>GAD</owner></Properties>"
    assert within(documents.bare(word(customXml__item1__xml=data), WORD))["customXml/item1/xml"] == data


def test_a_word_document_keeps_what_it_says_and_leads_to() -> None:
    after = within(documents.bare(word(), WORD))
    assert b"El autor pide agua" in after["word/document.xml"]
    assert b'w:author=""' in after["word/document.xml"]
    assert re.search(rb'w:author="" w:initials=""><w:t>Revisar', after["word/comments.xml"])
    rels = after["word/_rels/settings.xml.rels"]
    assert b'Target="file:///" TargetMode' in rels and b'Target="styles.xml"' in rels
    assert Image.open(io.BytesIO(after["word/media/image1.jpeg"])).size == (64, 48)


def test_a_workbook_can_still_be_read() -> None:
    after = CalamineWorkbook.from_filelike(io.BytesIO(documents.bare(sheet(), SHEET)))
    assert after.get_sheet_by_name("Agua").to_python()[0] == ["Juntas", 42.0]
    assert b"Contar otra vez" in within(documents.bare(sheet(), SHEET))["xl/comments1.xml"]


def test_the_first_entry_of_an_open_document_stays_unpacked() -> None:
    with zipfile.ZipFile(io.BytesIO(documents.bare(text(), TEXT))) as package:
        first = package.infolist()[0]
    assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)


def test_tables_within_a_document_are_cleaned_too() -> None:
    after = within(documents.bare(word(**{"word__embeddings__t.xlsx": sheet()}), WORD))
    inner = within(after["word/embeddings/t.xlsx"])
    assert not any(WHO.encode() in content for content in inner.values())


BOMB = zipped({"a.bin": b"\0" * 30_000_000})
ENDLESS = zipped({"a": zipped({"a": zipped({"a": zipped({"a": zipped({"a": "x"})})})})})


@pytest.mark.parametrize(
    ("content", "kind", "words"),
    [
        (word(**{"_xmlsignatures__sig1.xml": "<Signature/>"}), WORD, "firma electrónica"),
        (text(**{"META-INF__documentsignatures.xml": "<Signature/>"}), TEXT, "firma electrónica"),
        (text(**{"META-INF__manifest.xml": "<manifest:encryption-data/>"}), TEXT, "contraseña"),
        (word(**{"word__media__plano.tiff": b"II*\0"}), WORD, "Guárdelo como PDF"),
        (word(**{"word__embeddings__o.bin": b"\xd0\xcf\x11\xe0" + b"\0" * 99}), WORD, "Guárdelo como PDF"),
        (word(**{"word__settings.xml": b"\xff\xfe\x00"}), WORD, "dañado"),
        (word()[:-90], WORD, "dañado"),
        (word(**{"word__embeddings__t.zip": BOMB}), WORD, "comprimido"),
        (word(**{"word__embeddings__t.zip": ENDLESS}), WORD, "dañado"),
        (b"%PDF-1.7 nada", "application/pdf", "dañado"),
        (pdf()[:400], "application/pdf", "dañado"),
        (pdf(encryption=pikepdf.Encryption(owner="a", user="b")), "application/pdf", "contraseña"),
    ],
)
def test_what_cannot_be_made_bare_is_refused_and_says_why(content: bytes, kind: str, words: str) -> None:
    with pytest.raises(Invalid, match=words) as refused:
        documents.bare(content, kind)
    assert refused.value.field == "file"


def test_parts_that_are_no_unicode_stay_readable_and_name_nobody_either() -> None:
    """A drawing of an older program, and a hidden font that happens to begin with "<"."""
    font = b"<" + bytes(range(255, 0, -1))
    drawing = f'<v:shape author="{WHO}" title="Plano de la acequia, año"/>'.encode("cp1252")
    before = word(**{"word__vmlDrawing1.vml": drawing, "word__fonts__font1.odttf": font})
    with zipfile.ZipFile(io.BytesIO(documents.bare(before, WORD))) as package:
        assert package.read("word/fonts/font1.odttf") == font
        assert package.read("word/vmlDrawing1.vml") == '<v:shape author="" title="Plano de la acequia, año"/>'.encode(
            "cp1252"
        )


def test_a_package_with_two_parts_of_one_name_is_refused() -> None:
    out = io.BytesIO(word())
    with zipfile.ZipFile(out, "a") as made, pytest.warns(UserWarning, match="Duplicate"):
        made.writestr("word/document.xml", "<w>other</w>")
    with pytest.raises(Invalid, match="dañado"):
        documents.bare(out.getvalue(), WORD)


def test_what_an_entry_holds_beyond_its_word_is_not_unpacked() -> None:
    """The list of a package says one byte, and a gigabyte would come out."""
    sent = bytearray(zipped({"a.bin": b"\0" * 3_000_000}))
    for signature, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = sent.index(signature) + at
        sent[place : place + 4] = (1).to_bytes(4, "little")
    with pytest.raises(Invalid, match="dañado"):
        documents.bare(bytes(sent), WORD)


class TestPdf:
    def test_it_tells_nobody_and_keeps_its_pages(self) -> None:
        sent = pdf()
        kept = documents.bare(sent, "application/pdf")
        assert all(word in sent for word in (WHO.encode(), b"Telefono 9"))
        assert not any(word in kept for word in (WHO.encode(), b"Telefono 9", b"/Info", b"/Metadata", b"pikepdf"))
        with pikepdf.open(io.BytesIO(kept)) as after:
            assert len(after.pages) == 1
            assert str(after.pages[0].Annots[0].Contents) == "Falta el anexo"
            assert b"/I Do" in after.pages[0].Contents.read_bytes()
        assert len(pdfs.pages(kept)) == 1
        assert documents.bare(kept, "application/pdf") == kept == documents.bare(sent, "application/pdf")

    def test_one_that_anybody_may_open_is_no_locked_one(self) -> None:
        sent = pdf(encryption=pikepdf.Encryption(owner="a", user=""))
        assert WHO.encode() not in documents.bare(sent, "application/pdf")

    @pytest.mark.parametrize(
        ("filters", "pack"),
        [
            (["/FlateDecode", "/DCTDecode"], zlib.compress),
            (["/ASCIIHexDecode", "/FlateDecode", "/DCTDecode"], lambda jpeg: zlib.compress(jpeg).hex().encode() + b">"),
            (["/DCT"], bytes),
        ],
    )
    def test_a_photograph_that_is_packed_once_more_tells_nobody(self, filters, pack) -> None:
        sent = photo()

        def again(made: pikepdf.Pdf) -> None:
            shown = made.pages[0].Resources.XObject.I
            shown.write(pack(sent), filter=pikepdf.Array([pikepdf.Name(name) for name in filters]))

        kept = documents.bare(pdf(before=again), "application/pdf")
        with pikepdf.open(io.BytesIO(kept)) as after:
            jpeg = after.pages[0].Resources.XObject.I.read_raw_bytes()
        assert jpeg == segments.bare(sent)
        assert b"Exif" not in jpeg
        assert len(pdfs.pages(kept)) == 1

    def test_a_field_keeps_its_name(self) -> None:
        def ask(made: pikepdf.Pdf) -> None:
            field = pikepdf.Dictionary(Subtype=pikepdf.Name.Widget, FT=pikepdf.Name.Tx, Rect=[0, 0, 9, 9])
            field.T = pikepdf.String("cedula")
            made.pages[0].Annots.append(made.make_indirect(field))
            made.Root.AcroForm = pikepdf.Dictionary(Fields=[made.pages[0].Annots[1]])

        assert b"(cedula)" in documents.bare(pdf(before=ask), "application/pdf")

    def test_a_signed_one_and_one_with_files_within_are_refused(self) -> None:
        def sign(made: pikepdf.Pdf) -> None:
            made.Root.AcroForm = pikepdf.Dictionary(SigFlags=3, Fields=[])
            value = made.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.Sig, Name=pikepdf.String(WHO)))
            made.Root.AcroForm.Fields.append(pikepdf.Dictionary(FT=pikepdf.Name.Sig, V=value))

        def fill(made: pikepdf.Pdf) -> None:
            made.attachments["datos.txt"] = pikepdf.AttachedFileSpec(made, b"datos", filename="datos.txt")

        for before, words in ((sign, "firma electrónica"), (fill, "otros archivos")):
            with pytest.raises(Invalid, match=words):
                documents.bare(pdf(before=before), "application/pdf")
        signed = pdf(before=sign)
        assert files.cleaned(files.Upload("acta.pdf", signed), bare=True, signed=True).content == signed
        for before, kept in ((sign, False), (fill, True)):
            with pytest.raises(Invalid):
                files.cleaned(files.Upload("acta.pdf", pdf(before=before)), bare=True, signed=kept)


class TestPictures:
    @pytest.mark.parametrize("sent", [photo(), photo(progressive=True), photo("PNG"), photo() + b"\0" + photo()])
    def test_they_lose_what_they_tell_and_not_a_pixel(self, sent: bytes) -> None:
        kept = segments.bare(sent)
        before, after = (Image.open(io.BytesIO(one)) for one in (sent, kept))
        assert (before.tobytes(), before.size) == (after.tobytes(), after.size)
        assert not any(word in kept for word in (b"Exif", b"eXIf", b"Telefono 9", WHO.encode()))

    def test_one_that_was_held_sideways_stays_so(self) -> None:
        after = Image.open(io.BytesIO(segments.bare(photo(turned=6)))).getexif()
        assert dict(after) == {0x0112: 6}

    @pytest.mark.parametrize(
        "broken", [photo()[:300], b"\xff\xd8", b"\xff\xd8\xff\xe1", b"\x89PNG\r\n\x1a\n\0", b"", b"GIF89a"]
    )
    def test_broken_ones_end(self, broken: bytes) -> None:
        assert len(segments.bare(broken)) <= len(broken)
