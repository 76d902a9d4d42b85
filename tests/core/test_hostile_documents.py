"""Documents made to keep a server busy or to fill its memory are refused, or cleaned, within seconds."""

from __future__ import annotations

import io
import struct
import threading
import time
import zipfile
from contextlib import suppress
from typing import TYPE_CHECKING

import pikepdf
import pytest
import xlsxwriter
from PIL import Image

from intake.core import documents, files, packages, pdfs, segments
from intake.core.errors import Invalid
from intake.core.tabular import PAGE_LIMITS, Columns, Limits, Problems, Refused, Source, rows
from intake.reception import scans

if TYPE_CHECKING:
    from collections.abc import Callable

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MANY = 200_000
#: Seconds of this thread's processor time; what is not linear takes minutes and more.
SECONDS = 20.0


def seconds_of(work: Callable[[], object]) -> float:
    began = time.thread_time()
    work()
    return time.thread_time() - began


def refused(content: bytes, words: str) -> None:
    """It is refused, with these words, at the field and in time."""

    def ask() -> None:
        with pytest.raises(Invalid, match=words) as told:
            documents.bare(content, WORD)
        assert told.value.field == "file"

    assert seconds_of(ask) < SECONDS


def zipped(entries: dict[str, bytes | str], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packing) as made:
        for name, content in entries.items():
            made.writestr(name, content)
    return out.getvalue()


def noise(size: int) -> bytes:
    return Image.effect_noise((1024, size // 1024), 99).tobytes()


@pytest.mark.parametrize(
    "unit",
    [
        "<absPath ",
        "<absPath url=",
        "<author x",
        "<author ",
        '<author "',
        "<author>",
        "<a.",
        " author",
        " author=",
        " author='",
        ' author="<',
        " a:author",
        "a.",
        " Target=",
        " Target='file:",
        '<dc:creator x="',
        "<",
        " ",
        " url",
    ],
)
@pytest.mark.parametrize("before", ["", "<absPath ", "<author ", "<author>", " author=", " author", '<a:absPath url="'])
def test_no_text_takes_longer_than_its_length(before: str, unit: str) -> None:
    text = (before + unit * (MANY // 4)).encode()
    assert seconds_of(lambda: documents._xml("word/document.xml", text)) < SECONDS


def test_what_names_somebody_goes_also_beside_signs_that_end_a_tag_elsewhere() -> None:
    given = (
        '<w:ins w:x="a>b" w:author="Rosa"/><a:absPath x="a>b" url="C:\\Rosa"/>'
        "<author x='a>b'>Rosa</author><dc:creator>Rosa</dc:creator >"
    )
    assert documents._xml("a.xml", given.encode()).decode() == (
        '<w:ins w:x="a>b" w:author=""/><a:absPath x="a>b" url=""/><author x=\'a>b\'></author><dc:creator></dc:creator >'
    )


class TestPackages:
    def test_one_that_is_a_thousand_times_its_size_is_refused(self) -> None:
        content = zipped({"word/document.xml": b" " * 5_000_000})
        assert len(content) * 900 < 5_000_000
        refused(content, "comprimido")

    def test_many_small_ones_within_one_share_one_allowance(self) -> None:
        small = {f"word/embeddings/{n}.zip": zipped({"a.bin": b"\0" * 4_000_000}) for n in range(20)}
        refused(zipped(small, zipfile.ZIP_STORED), "comprimido")

    def test_a_long_list_is_not_even_read(self, monkeypatch: pytest.MonkeyPatch) -> None:
        content = zipped({f"{n}": b"" for n in range(packages.MOST_ENTRIES + 1)})
        monkeypatch.setattr(zipfile, "ZipFile", lambda *_: pytest.fail("the list was read"))
        for ask in (lambda: documents.bare(content, WORD), lambda: packages.kind_of(content)):
            with pytest.raises(Invalid, match="comprimido"):
                ask()

    @pytest.mark.parametrize("packing", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
    def test_other_ways_of_packing_are_refused(self, packing: int) -> None:
        content = zipped({"word/document.xml": b"<w/>"}, packing)
        refused(content, "comprimido")
        with pytest.raises(Invalid, match="comprimido"):
            files.judge(files.Upload("a.docx", content))

    def test_a_part_of_text_is_no_longer_than_can_be_read(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(documents, "_MOST_TEXT", 100)
        refused(zipped({"word/document.xml": b"<w>" + b"a" * 98}), "demasiado complejo")

    def test_many_parts_end_with_the_time_there_is(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(documents, "_SECONDS", 0.05)
        parts = {f"{n}.xml": b' author=""' * 20_000 for n in range(40)}
        refused(zipped({**parts, "z.bin": noise(1 << 20)}), "demasiado complejo")


class TestPictures:
    @pytest.mark.parametrize(
        "content",
        [
            b"\xff\xd8" + b"\xff\xe1\x00\x02" * 1_000_000,
            b"\xff\xd8" + b"\xff\x01\x00\x00" * 1_000_000,
            b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sI", 0, b"tEXt", 0) * 400_000,
        ],
    )
    def test_one_of_very_many_parts_is_refused(self, content: bytes) -> None:
        refused(zipped({"word/document.xml": b"<w/>", "word/media/a": content, "word/b": noise(1 << 20)}), "dañado")

    def test_one_that_is_drawn_over_and_over_is_refused(self) -> None:
        out = io.BytesIO()
        Image.effect_noise((64, 48), 60).save(out, "JPEG", progressive=True)
        sent = out.getvalue()
        last = sent.rindex(b"\xff\xda")
        again = sent[:last] + sent[last:-2] * (segments.MOST_SCANS + 1) + sent[-2:]
        assert files.cleaned(files.Upload("a.jpg", sent)).content
        with pytest.raises(Invalid, match="dañada"):
            files.cleaned(files.Upload("a.jpg", again))
        found, told = scans.pictures([files.Upload("a.jpg", again), files.Upload("b.jpg", sent)], "PAGA9")
        assert ([one.name for one in found], ["dañado" in str(one) for one in told]) == (["b.jpg"], [True])


def test_no_more_than_two_at_once_and_the_third_learns_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "_PATIENCE", 0.05)
    inside, go = threading.Barrier(3, timeout=30), threading.Event()

    def slow(*_: object) -> bytes:
        inside.wait()
        go.wait(30)
        return b"%PDF"

    monkeypatch.setattr(pdfs, "bare", slow)
    both = [threading.Thread(target=documents.bare, args=(b"%PDF", "application/pdf")) for _ in range(2)]
    for one in both:
        one.start()
    inside.wait()
    try:
        refused(b"PK", "otros documentos")
    finally:
        go.set()
        for one in both:
            one.join(30)
    refused(b"PK\x03\x04", "dañado")  # the turns were given back, also by what is refused
    refused(b"PK\x03\x04", "dañado")
    refused(b"PK\x03\x04", "dañado")


class TestPdfs:
    def test_one_that_takes_too_long_is_refused_and_says_so(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(pdfs, "_BARE_SECONDS", 0.01)
        with pytest.raises(Invalid, match="demasiado complejo"):
            documents.bare(b"%PDF-1.7", "application/pdf")

    def test_nested_ones_are_refused(self) -> None:
        made = pikepdf.new()
        made.add_blank_page()
        out = io.BytesIO()
        made.save(out)
        deep = out.getvalue().replace(b"/Pages 2 0 R", b"/Pages 2 0 R /A " + b"[" * 100_000 + b"]" * 100_000)
        began = time.monotonic()
        with pytest.raises(Invalid):
            documents.bare(deep, "application/pdf")
        assert time.monotonic() - began < pdfs._BARE_SECONDS + 30


COLUMNS = Columns(("nombre",), frozenset({"nombre"}))


def read(content: bytes) -> None:
    with pytest.raises(Refused):
        list(rows(Source.of("a", content), COLUMNS, Limits(), Problems()))


SHEET = '<w xmlns:x="x">%s<sheetData>%s</sheetData></w>'


def told(sheet: str | bytes) -> str:
    """The reason for which a workbook with this sheet is refused."""
    problems = Problems()
    with pytest.raises(Refused):
        list(rows(Source.of("a", zipped({"xl/workbook.xml": "<w/>", "xl/s.bin": sheet})), COLUMNS, Limits(), problems))
    return str(problems.kept[0].reason)


class TestTables:
    @pytest.mark.parametrize(
        "content",
        [
            b"," * 2_000_000,
            b"nombre" + b"," * 2_000_000 + b"x",
            b"nombre," * 400_000,
            b"a" * 4_000_000 + b" \xff",
            b"nombre\n" + b"a" * 4_000_000 + b" \xff" + b"a" * 4_000_000,
        ],
    )
    def test_a_line_of_megabytes_is_refused_in_time(self, content: bytes) -> None:
        def ask() -> None:
            problems = Problems()
            with suppress(Refused):
                list(rows(Source.of("a.csv", content), COLUMNS, Limits(), problems))
            assert problems

        assert seconds_of(ask) < SECONDS

    @pytest.mark.parametrize("end", [b"", b"\xff"])
    @pytest.mark.parametrize("unit", [b"\n", b"\r", b" \n", b",\n"])
    @pytest.mark.parametrize("begin", [b"", b"nombre\nuno\n"])
    def test_millions_of_empty_lines_are_refused_before_they_are_read(
        self, begin: bytes, unit: bytes, end: bytes
    ) -> None:
        content = begin + unit * 4_000_000 + end

        def ask() -> None:
            problems = Problems()
            with suppress(Refused):
                list(rows(Source.of("a.csv", content), COLUMNS, PAGE_LIMITS, problems))
            words = "no está guardado en UTF-8" if end else "filas vacías"
            assert words in str(problems.kept[0].reason)

        assert seconds_of(ask) < 1.0

    @pytest.mark.parametrize("unit", [b"<c ", b'<c r="A1" ', b'r="A1" ', b"<c r='A1'/", b"/", b'"', b"<row r='1"])
    @pytest.mark.parametrize("before", [b"", b"<c ", b'<c r="A1" '])
    def test_a_sheet_that_closes_nothing_is_refused_in_time(self, before: bytes, unit: bytes) -> None:
        sheet = before + unit * 100_000
        content = zipped({"xl/workbook.xml": b"<w/>", "xl/worksheets/sheet1.xml": sheet})
        assert seconds_of(lambda: read(content)) < SECONDS

    @pytest.mark.parametrize(
        "inside",
        [
            '<row><c r="ZZ1"><v>1</v></c></row>',
            '<row><c x=">" r="ZZ1" y="/>"><v>1</v></c></row>',
            "<x:row r='999999'><c><v>1</v></c></x:row>",
            '<row><c r = "ZZ30"><v>1</v></c></row>',
            '<row><c x:r="A1" r="ZZ30"><v>1</v></c></row>',
            """<row><c s="r='A1'" r="ZZ30"><v>1</v></c></row>""",
            '<row><c r\n=\n"XFD1048576"><is><t>1</t></is></c></row>',
            f'<row><c s="{"s" * 5000}" r="ZZ30"><v>1</v></c></row>',
            '<row r="1048575"/><row><c><v>1</v></c></row>',
            f"<row>{'<c/>' * 60}<c><v>1</v></c></row>",
            '<row><c r="BH1"/><c><v>1</v></c></row>',
            '<row r="1"><c r="A999999"><v>1</v></c></row>',
        ],
    )
    @pytest.mark.parametrize("before", [0, (1 << 20) - 2500])  # two pieces are read: a tag may stand in both
    def test_a_cell_far_away_is_found_whatever_stands_beside_it(self, inside: str, before: int) -> None:
        assert "más allá" in told(SHEET % (" " * before, inside))

    @pytest.mark.parametrize(
        "sheet",
        [
            '<!DOCTYPE w [<!ENTITY e "1">]><w xmlns:x="x"><sheetData/></w>',
            '<w><sheetData><row><c s="<" r="ZZ30"><v>1</v></c></row></sheetData></w>',
            '<w><sheetData><row><c r="Z"><v>1</v></c></row></sheetData></w>',
            '<w><sheetData><row r="-1"/></sheetData></w>',
            "<w>" * 200 + "<sheetData/>" + "</w>" * 200,
            f'<w x="{"x" * (1 << 21)}"><sheetData/></w>',
            "<w><sheetData>",
            "text<w><sheetData/></w>",
        ],
    )
    def test_a_sheet_that_another_reader_may_read_otherwise_is_refused(self, sheet: str) -> None:
        assert "dañado" in told(sheet)

    def test_a_sheet_that_says_something_else_in_utf_16_is_refused(self) -> None:
        hidden = (SHEET % ("", '<row><c r="XFD1048576"><v>1</v></c></row>')).encode()
        hidden += b" " * (len(hidden) % 2)
        assert "dañado" in told(b"\xff\xfe" + "<w>".encode("utf-16-le") + hidden + "</w>".encode("utf-16-le"))

    def test_what_is_empty_far_away_takes_no_room(self) -> None:
        rows_ = '<row r="1"><c r="A1" t="inlineStr"><is><t>nombre</t></is></c><c r="ZZ1" s="1"/></row>'
        content = self._book(SHEET % ("", f'{rows_}<row r="1048576" s="1"><c r="A1048576"></c></row>'))
        assert list(rows(Source.of("a", content), COLUMNS, Limits(), Problems())) == []

    def test_what_is_no_sheet_may_be_no_xml(self) -> None:
        sheet = SHEET % ("", '<row><c t="inlineStr"><is><t>nombre</t></is></c></row>')
        content = self._book(sheet, **{"xl/drawings/vmlDrawing1.vml": "<xml><br></xml>"})
        assert list(rows(Source.of("a", content), COLUMNS, Limits(), Problems())) == []

    @staticmethod
    def _book(sheet: str, **more: str) -> bytes:
        made = io.BytesIO()
        with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
            book.add_worksheet()
        with zipfile.ZipFile(made) as package:
            entries = {name: package.read(name) for name in package.namelist()}
        return zipped({**entries, "xl/worksheets/sheet1.xml": sheet, **more})
