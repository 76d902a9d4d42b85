"""Reading and writing tables: what goes out comes in again, and what is broken is named by its line."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import datetime

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.core.errors import Conflict
from intake.core.tabular import Columns, Limits, Problems, Refused, Source, as_csv, as_json, as_xlsx, rows, stream
from intake.core.tabular.problems import MOST_KEPT
from intake.core.text import clean

COLUMNS = Columns(known=("titulo", "problema", "temas"), required=frozenset({"titulo"}), ignored=frozenset({"folio"}))
NAMES = ("titulo", "problema", "temas")


def read(content: bytes, limits: Limits | None = None, name: str = "f.csv"):
    problems = Problems()
    found = list(rows(Source.of(name, content), COLUMNS, limits or Limits(), problems))
    return found, [(p.line, p.column) for p in problems.kept]


def refused(content: bytes, limits: Limits | None = None) -> list[tuple[int, str, str]]:
    problems = Problems()
    with pytest.raises(Refused) as error:
        list(rows(Source.of("f", content), COLUMNS, limits or Limits(), problems))
    return [(p.line, p.column, str(p.reason)) for p in error.value.problems.kept]


def book(*lines: list, sheet: str = "datos") -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as made:
        page = made.add_worksheet(sheet)
        for n, line in enumerate(lines):
            for column, value in enumerate(line):
                if value is not None:
                    page.write(n, column, value)
    return out.getvalue()


def test_lines_are_those_of_the_editor_also_after_multi_line_fields():
    found, problems = read(b'titulo,problema\r\nUno,"a\r\nb"\r\n\r\nDos,c\r\n')
    assert [(r.line, r["titulo"], r["problema"]) for r in found] == [(2, "Uno", "a\nb"), (5, "Dos", "c")]
    assert problems == []


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("delimiter", [",", ";"])
def test_mark_and_separator_are_found_by_the_header_alone(mark: bytes, delimiter: str):
    text = f"Título{delimiter}TEMAS \nsin ; ni , problema{delimiter}x\n".replace("sin ; ni ,", "sin nada")
    found, problems = read(mark + text.encode())
    assert ([r.cells for r in found], problems) == ([{"titulo": "sin nada problema", "temas": "x"}], [])


def test_a_comma_in_the_rows_does_not_turn_the_separator():
    found, _ = read(b"titulo;temas\na,b,c;d,e\n")
    assert found[0].cells == {"titulo": "a,b,c", "temas": "d,e"}


def test_unknown_repeated_missing_and_nameless_columns_are_named():
    found = refused(b"problema,color,problema,,temas\n1,2,3,4,5\n")
    assert [(line, column) for line, column, _ in found] == [
        (1, "problema"),
        (1, "color"),
        (1, ""),
        (1, "titulo"),
    ]


def test_columns_of_our_exports_are_skipped():
    found, problems = read(b"folio,titulo\nPAGA3-00001,Uno\n")
    assert (found[0]["titulo"], problems) == ("Uno", [])


def test_too_few_and_too_many_cells():
    found, problems = read(b"titulo,problema\nuno\ndos,b\ntres,b,c\ncuatro,b,\n")
    assert ([r["titulo"] for r in found], problems) == (["dos", "cuatro"], [(2, ""), (4, "")])


def test_a_broken_encoding_is_told_with_line_and_byte():
    [(line, _, words)] = refused("titulo\nuno\nperdón\n".encode("latin-1"))
    assert line == 3
    assert "byte 15" in words and "0xF3" in words and "CSV UTF-8" in words


@pytest.mark.parametrize(
    ("text", "place", "seen"),
    [
        ("titulo,problema\nuno,Agua perdón turbia\n", (2, "problema"), ("«perd\ufffdn»", "quizá es «ó»")),
        ("titulo;temas;problema\nuno;agua;x\n;;ñandú\n", (3, "problema"), ("«\ufffdandú»", "quizá es «ñ»")),
        ("titulo,problema\nuno,«agua»\n", (2, "problema"), ("«\ufffdagua»", "No se puede leer un signo")),
        ("titulo,problema\nÁrea,x\n", (2, "titulo"), ("«\ufffdrea»", "quizá es «Á»")),
        ('titulo,problema\nuno,"a\nb, perdón"\n', (3, "problema"), ("«perd\ufffdn»",)),
        ("título,problema\nuno,dos\n", (1, ""), ("«t\ufffdtulo»", "quizá es «í»")),
        ("titulo\nuno,sobra,año\n", (2, ""), ("«a\ufffdo»",)),
    ],
)
def test_a_broken_letter_is_shown_where_it_stands_with_what_to_do(text, place, seen):
    [(line, column, words)] = refused(text.encode("cp1252"))
    assert (line, column) == place
    for part in (*seen, "En Excel: Archivo, Guardar como", "En LibreOffice: Archivo, Guardar como", "Unicode (UTF-8)"):
        assert part in words, words


def test_a_letter_is_broken_among_good_ones_too():
    """Two files pasted together: what was read before is told as it is, also with a mark at the beginning."""
    content = "\ufefftitulo,problema\nMás agua,niños y ".encode() + "niñas".encode("cp1252")
    [(line, column, words)] = refused(content)
    assert (line, column) == (2, "problema")
    assert "«ni\ufffdas»" in words


def test_utf16_and_zero_bytes():
    assert "UTF-16" in refused("títulos\nuno\n".encode("utf-16"))[0][2]
    assert refused(b"titulo\nu\x00no\n")[0][0] == 2


def test_quotes_that_do_not_close():
    found, problems = read(b'titulo,problema\nuno,a\ndos,"b\ntres,c\n')
    assert ([r["titulo"] for r in found], problems) == (["uno"], [(3, "")])


def test_an_empty_file_and_other_kinds_of_file():
    assert read(b"") == ([], [(1, "")])
    assert read(b"\n\n ,\n") == ([], [(1, "")])
    assert "xls" in refused(b"\xd0\xcf\x11\xe0" + b"x" * 100)[0][2]
    assert "xlsx" in refused(b"PK\x03\x04 no es un libro")[0][2]


def test_limits():
    assert read(b"titulo\n1\n2\n3\n", Limits(rows=2))[1] == [(4, "")]
    assert read(b"titulo\n" + b"x" * 11 + b"\n", Limits(cell_characters=10))[1] == [(2, "titulo")]
    assert "MB" in refused(b"x" * 100, Limits(size_bytes=99))[0][2]
    assert "columnas" in refused(b"titulo,problema\n", Limits(columns=1))[0][2]


def test_empty_lines_are_forgiven_up_to_a_thousand_more_than_rows():
    blank = b"titulo\n" + b"\n" * 1_002 + b"Uno\n"
    assert [row.line for row in read(blank, Limits(rows=2))[0]] == [1_004]
    assert read(b"\n" + blank, Limits(rows=2)) == ([], [(1_004, "")])


@pytest.mark.parametrize("letter", ["ñ", "€", "😀"])
def test_a_letter_across_two_pieces_is_whole(letter: str):
    for short in range(1, 4):
        text = "titulo\n" + "a\n" * ((1 << 19) - 4) + "a" * short + letter
        assert read(text.encode())[1] == [(100_002, "")]  # too many rows, and nothing else


def test_what_ends_within_a_letter_is_broken():
    assert read_problem("titulo\nse\u00f1".encode()[:-1]) == (2, "titulo")


def read_problem(content: bytes) -> tuple[int, str]:
    ((line, column, _reason),) = refused(content)
    return line, column


def test_two_hundred_problems_are_kept_and_the_others_counted():
    problems = Problems()
    list(rows(Source.of("f", b"titulo,temas\n" + b"x\n" * 250), COLUMNS, Limits(), problems))
    assert (len(problems.kept), problems.total, problems.more) == (MOST_KEPT, 250, 50)
    assert problems.lines()[-1].endswith("50 más") and problems.lines(3)[-1].endswith("247 más")


def test_cells_of_a_workbook_become_what_columns_expect():
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as made:
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, NAMES)
        sheet.write_number(1, 0, 1790012345001)
        sheet.write_boolean(1, 1, True)
        sheet.write_datetime(1, 2, datetime(2026, 11, 21), made.add_format({"num_format": "yyyy-mm-dd"}))
        sheet.write_number(3, 0, 1.5)
    found, problems = read(out.getvalue())
    assert [(r.line, list(r.cells.values())) for r in found] == [
        (2, ["1790012345001", "sí", "2026-11-21"]),
        (4, ["1.5", "", ""]),
    ]
    assert problems == []


def test_a_workbook_with_cells_outside_its_columns():
    assert read(book(["titulo"], ["uno", None, "x"]))[1] == [(2, "")]


def sheet_with(reference: str) -> bytes:
    """A workbook whose sheet says that a value stands there."""
    given = zipfile.ZipFile(io.BytesIO(book(["titulo"], ["uno"])))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name in given.namelist():
            content = given.read(name)
            if name.startswith("xl/worksheets/"):
                row = f'<row r="9"><c r="{reference}"><v>1</v></c></row></sheetData>'.encode()
                content = content.replace(b"</sheetData>", row)
            made.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize("reference", ["XFD1048576", "A1048576", "ZZ2", "AAAAAAA1"])
def test_a_value_in_the_last_cell_is_refused_before_anybody_makes_room_for_it(reference: str):
    assert "más allá" in refused(sheet_with(reference))[0][2]


def test_a_package_that_unpacks_to_too_much_is_not_opened():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("xl/workbook.xml", b"<x/>")
        made.writestr("xl/worksheets/sheet1.xml", b" " * 5_000_000)
    content = out.getvalue()
    assert len(content) < 10_000
    lying = content.replace((5_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    for one in (content, lying):
        assert "desmedido" in refused(one, Limits(unpacked_bytes=1_000_000))[0][2]


def test_a_file_that_changes_while_it_is_read_is_noticed():
    file = io.BytesIO(b"titulo\nuno\n")
    source = Source("f.csv", file)
    source.require_same()
    file.seek(0, io.SEEK_END)
    file.write(b"dos\n")
    with pytest.raises(Conflict):
        source.require_same()


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=30).map(clean)
CELLS = st.one_of(
    TEXTS, st.sampled_from(["=1+1", "+593991234567", "-x", "@a", "'=x", "''+", "'", 'a"b', "a;b,c", "a\nb"])
)
TABLES = st.lists(st.fixed_dictionaries({"titulo": CELLS.filter(bool), "problema": CELLS, "temas": CELLS}), max_size=8)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@given(table=TABLES)
@settings(max_examples=60, deadline=None)
def test_what_goes_out_comes_in_again(kind: str, table: list[dict[str, str]]):
    found, problems = read(b"".join(stream(kind, NAMES, table)))
    assert [row.cells for row in found] == table
    assert problems == []


@given(table=TABLES)
@settings(max_examples=60, deadline=None)
def test_no_cell_of_csv_begins_as_a_formula(table: list[dict[str, str]]):
    text = b"".join(as_csv(NAMES, table)).decode("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))] == []


@given(table=TABLES)
@settings(max_examples=30, deadline=None)
def test_json_is_one_document(table: list[dict[str, str]]):
    assert json.loads(b"".join(as_json(NAMES, table))) == table


def test_lists_are_joined_in_sheets_and_stay_lists_in_json():
    row = {"titulo": "x", "problema": None, "temas": ["a", "b"]}
    assert b"x,,a;b" in b"".join(as_csv(NAMES, [row]))
    assert json.loads(b"".join(as_json(NAMES, [row]))) == [row]


def test_a_workbook_holds_no_formula_and_no_link():
    content = b"".join(as_xlsx(("titulo",), [{"titulo": "=1+1"}, {"titulo": "http://x.ec"}, {"titulo": "x" * 40_000}]))
    sheet = zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet and b"hyperlink" not in sheet and "…".encode() in sheet
