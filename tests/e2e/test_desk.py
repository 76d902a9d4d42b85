"""A facilitator with a stack of forty sheets: printed, filled in by hand, scanned, keyed without a mouse, keyed again.

One story, each step by the account that does it in life. The pens and the scanner are the test's: it draws what people
would write on the sheets, in the order of the stack, some with the code cut off.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pypdfium2
import segno
from PIL import Image, ImageDraw, ImageFont
from playwright.sync_api import Page, expect

from tests.e2e.conftest import sideways, tab_to, until

Open = Callable[..., Page]
Enter = Callable[[Page, str], None]
Shot = Callable[[Page, str], None]

SHEETS = 40
EVENT = "Mesa de cocreación en Quito"
#: Folios in the order of the packet: these came back torn, empty, hard to read.
TORN, EMPTY, FAINT = 7, 13, 21
MISTAKE = "Luz en la parada"


@dataclass
class Stack:
    """What the people hand on to each other."""

    folios: list[str] = field(default_factory=list)
    codes: dict[str, str] = field(default_factory=dict)
    address: str = ""

    def written(self, number: int) -> tuple[str, str, str]:
        """Title, problem and solution on the n-th sheet."""
        return (
            f"Luz en la parada {number} del barrio",
            f"La parada {number} no tiene luz de noche.",
            f"Que el municipio publique cuándo pondrá luz en la parada {number}.",
        )


def test_a_stack_of_forty_sheets(open_browser: Open, enter: Enter, shot: Shot, tmp_path: Path) -> None:
    stack = Stack()
    clerk = open_browser()
    enter(clerk, "facilitacion")
    print_the_packet(clerk, stack, shot, tmp_path)
    a_citizen_asks_too_early(open_browser(phone=True, javascript=False), stack, shot)
    scan(clerk, stack, shot, tmp_path)
    key_the_stack(clerk, stack, shot)
    key_on_a_phone(open_browser, enter, stack, shot)
    second = open_browser()
    enter(second, "analisis")
    key_again(second, stack, shot)
    third = open_browser()
    enter(third, "direccion")
    settle(third, stack, shot)
    the_public_reads(open_browser(phone=True, javascript=False), stack, shot)


def print_the_packet(page: Page, stack: Stack, shot: Shot, folder: Path) -> None:
    page.get_by_role("link", name="Ventanilla").click()
    page.get_by_text("Encuentros anteriores").click()
    shot(page, "desk")
    page.get_by_role("link", name=EVENT).click()
    page.get_by_label("¿Cuántas hojas?").fill("0")
    page.get_by_role("button", name="Crear el paquete").click()
    expect(page.get_by_role("alert")).to_contain_text("Escriba un número entre 1 y 200.")
    page.get_by_label("¿Cuántas hojas?").fill(str(SHEETS))
    page.get_by_role("button", name="Crear el paquete").click()
    page.get_by_role("link", name="Imprimir las hojas").wait_for()
    stack.address = page.url
    page.get_by_role("link", name="Imprimir las hojas").click()
    expect(page.locator(".paper__folio")).to_have_count(SHEETS)
    page.wait_for_load_state()
    shot(page, "print")
    stack.folios = page.locator(".paper__folio").all_inner_texts()
    paper = folder / "packet.pdf"
    page.pdf(path=paper, prefer_css_page_size=True)
    document = pypdfium2.PdfDocument(paper)
    assert len(document) == SHEETS + 2  # instructions, one sheet a page, attendance by numbers
    for number, folio in enumerate(stack.folios, start=1):
        words = document[number].get_textpage().get_text_range()
        assert words.count(folio) == 2  # on the sheet and on the receipt
        assert [round(side) for side in document[number].get_size()] == [595, 842]  # A4
        (code,) = re.findall(r"Código ([0-9A-Z]{4}-[0-9A-Z]{4})", words)
        stack.codes[folio] = code
    page.get_by_text("Ya se imprimieron todas").click()
    page.get_by_role("button", name="Sí, continuar").click()
    expect(page.get_by_role("status").filter(has_text="los códigos quedaron solo en el papel")).to_be_visible()
    expect(page.get_by_role("link", name="Imprimir las hojas")).to_have_count(0)


def a_citizen_asks_too_early(page: Page, stack: Stack, shot: Shot) -> None:
    folio = stack.folios[0]
    page.goto("/seguimiento")
    page.get_by_label("Folio").fill(folio)
    page.get_by_label("Código de seguimiento").fill(stack.codes[folio])
    page.get_by_role("button", name="Ver mi propuesta").click()
    expect(page.get_by_role("heading", name="Su hoja todavía no se ha digitado")).to_be_visible()
    expect(page.get_by_text("a más tardar el")).to_be_visible()
    assert sideways(page) == 0
    shot(page, "not-keyed-yet")


def drawn(stack: Stack, number: int, *, with_code: bool) -> bytes:
    """A sheet as a cheap scanner sees it."""
    page = Image.new("L", (826, 1169), 245)
    if with_code:
        code = io.BytesIO()
        address = f"https://ejemplo.ec/seguimiento/{stack.folios[number - 1]}"
        segno.make(address, error="m").save(code, kind="png", scale=4)
        page.paste(Image.open(code).convert("L").rotate(number % 5 - 2, expand=True, fillcolor=245), (620, 30))
    pen, font = ImageDraw.Draw(page), ImageFont.load_default(24)
    pen.multiline_text((60, 200), "\n\n".join(stack.written(number)), font=font, fill=60)
    out = io.BytesIO()
    page.save(out, "JPEG", quality=70)
    return out.getvalue()


def scan(page: Page, stack: Stack, shot: Shot, folder: Path) -> None:
    """Thirty pictures one by one, the last ten as a PDF; one lost its code and has the folio in its name."""
    files = []
    for number in range(1, 31):
        named = f"hoja {stack.folios[number - 1]}.jpg" if number == 5 else f"IMG_{number:03}.jpg"
        file = folder / named
        file.write_bytes(drawn(stack, number, with_code=number != 5))
        files.append(file)
    pages = [Image.open(io.BytesIO(drawn(stack, number, with_code=True))) for number in range(31, SHEETS + 1)]
    pile = folder / "pila.pdf"
    pages[0].save(pile, "PDF", save_all=True, append_images=pages[1:])
    page.get_by_role("link", name="Subir imágenes de las hojas").click()
    page.get_by_label("Imágenes JPG o PNG, o PDF").set_input_files([*files, pile])
    page.get_by_role("button", name="Subir").click()
    page.get_by_role("heading", name="¿De qué hoja es cada imagen?").wait_for(timeout=120_000)
    fields = page.get_by_role("main").get_by_role("textbox")
    expect(fields).to_have_count(SHEETS)
    assert [box.input_value() for box in fields.all()] == stack.folios
    expect(page.get_by_text("por el nombre del archivo")).to_have_count(1)
    shot(page, "match")
    page.get_by_role("button", name="Confirmar").click()
    expect(page.get_by_role("status").filter(has_text=f"{SHEETS} hojas con su imagen.")).to_be_visible()
    shot(page, "packet")


def write(page: Page, title: str, problem: str, solution: str) -> None:
    """With the cursor in the title, as the page opens: type, Tab, type, Tab, type, save."""
    expect(page.locator("[name=title]")).to_be_focused()
    for words in (title, problem, solution):
        page.keyboard.insert_text(words)
        page.keyboard.press("Tab")
    page.keyboard.press("Control+Enter")


def key_the_stack(page: Page, stack: Stack, shot: Shot) -> None:
    """Without a mouse from the first sheet to the last; three sheets bring nothing or wait."""
    start = page.get_by_role("button", name="Digitar la siguiente hoja")
    tab_to(page, start)
    page.keyboard.press("Enter")
    for number in range(1, SHEETS + 1):
        page.wait_for_url(f"**/ventanilla/hojas/{stack.folios[number - 1]}")
        if number in {TORN, EMPTY}:
            spoil(page, "Se dañó" if number == TORN else "Se entregó y volvió en blanco")
        elif number == FAINT:
            leave(page)
        elif number == SHEETS:  # the last one is left for the phone
            tab_to(page, page.get_by_role("button", name="Saltar"))
            shot(page, "last")
        else:
            if number == 2:
                look_closer(page, shot)
            write(page, *stack.written(number))
    expect(page.locator(".desk-head__count")).to_have_text(f"{SHEETS - 2} de {SHEETS}")


def look_closer(page: Page, shot: Shot) -> None:
    """The picture moves by keys while the cursor stays in the field; an error keeps what was typed."""
    expect(page.locator(".desk-head__count")).to_have_text(f"1 de {SHEETS}")
    expect(page.locator("[name=title]")).to_be_focused()
    until(page, "document.querySelector('[data-desk-image]').naturalWidth > 0")
    for press in ("Alt++", "Alt++", "Alt+ArrowDown", "Alt+g"):
        page.keyboard.press(press)
    image = page.locator("[data-desk-image]")
    expect(image).to_have_attribute("data-zoomed", "3")
    expect(image).to_have_attribute("data-turned", "1")
    inside = "i => { const f = i.parentElement; return [f.scrollLeft, f.scrollTop > 0, f.scrollWidth > f.clientWidth] }"
    assert image.evaluate(inside) == [0, True, True]
    corner = "i => Math.round(i.getBoundingClientRect().left - i.parentElement.getBoundingClientRect().left)"
    assert image.evaluate(corner) == 1  # the border of the frame: turned, no part of it is out of reach
    assert page.evaluate("document.activeElement.name") == "title"
    shot(page, "closer")
    page.keyboard.insert_text("Solo el título")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("alert")).to_contain_text("Copie el problema.")
    expect(page.get_by_label("Título", exact=True)).to_have_value("Solo el título")
    expect(page.locator("[data-desk-form] [aria-invalid=true]").first).to_be_focused()  # the page's scripts are done
    shot(page, "mistake")
    page.get_by_label("Título", exact=True).focus()
    page.keyboard.press("Control+a")


def spoil(page: Page, why: str) -> None:
    fold = page.get_by_text("No la puedo leer, o no es una propuesta")
    tab_to(page, page.locator("summary", has=fold))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("link", name="Anular la hoja"))
    page.keyboard.press("Enter")
    choice = page.get_by_label(why)
    choice.wait_for()
    tab_to(page, page.get_by_role("radio").first)
    page.keyboard.press("Space")
    for _ in range(10):
        if choice.is_checked():
            break
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")


def leave(page: Page) -> None:
    fold = page.get_by_text("No la puedo leer, o no es una propuesta")
    tab_to(page, page.locator("summary", has=fold))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_label("Qué no se puede leer"))
    page.keyboard.insert_text("La tinta se borró")
    page.keyboard.press("Enter")


def key_on_a_phone(open_browser: Open, enter: Enter, stack: Stack, shot: Shot) -> None:
    """The last sheets on a phone without JavaScript: the picture above, the fields below; another pair of eyes."""
    page = open_browser(phone=True, javascript=False)
    enter(page, "analisis")
    for number in (FAINT, SHEETS):
        page.goto(f"/ventanilla/hojas/{stack.folios[number - 1]}")
        if number == FAINT:
            expect(page.get_by_text("Otra persona no pudo leer: La tinta se borró")).to_be_visible()
            assert sideways(page) == 0
            shot(page, "phone")
        elif page.get_by_text("Otra persona tiene esta hoja").count():
            raise AssertionError("nobody else keys it")
        for label, words in zip(("Título", "Problema", "Propuesta"), stack.written(number), strict=True):
            page.get_by_label(label, exact=True).fill(words)
        with page.expect_navigation():
            page.get_by_role("button", name="Guardar y seguir").click()
        if number == SHEETS:
            said = page.get_by_role("alert")
            expect(said).to_contain_text("Otra persona tiene esta hoja en este momento.")
            expect(page.get_by_label("Título", exact=True)).to_have_value(stack.written(number)[0])
            shot(page, "taken")
    page.context.close()


def key_again(page: Page, stack: Stack, shot: Shot) -> None:
    """A random tenth by another person, who sees nothing of the first keying and makes one mistake."""
    page.goto(stack.address)
    page.get_by_role("button", name="Segunda digitación").click()
    page.wait_for_url("**/otra-vez")
    done = 0
    while "/otra-vez" in page.url:
        (folio,) = re.findall(r"hojas/([A-Z0-9-]+)/otra-vez", page.url)
        number = stack.folios.index(folio) + 1
        title, problem, solution = stack.written(number)
        expect(page.get_by_label("Título", exact=True)).to_have_value("")
        assert title not in page.content()
        if done == 0:
            shot(page, "again")
            title = f"{MISTAKE} {number + 100} del barrio"
        write(page, title, problem.upper(), f"{solution}  ")
        page.wait_for_url(lambda url, before=folio: before not in url)
        done += 1
    assert done in {3, 4}  # a tenth of those not spoilt; one of them may still be unkeyed
    expect(page.get_by_role("main")).to_contain_text("de los campos difieren: 1 de")
    shot(page, "rate")


def settle(page: Page, stack: Stack, shot: Shot) -> None:
    """A third person looks at the sheet."""
    page.get_by_role("link", name="Ventanilla").click()
    page.get_by_role("region", name="Diferencias entre dos digitaciones").get_by_role("link").click()
    expect(page.get_by_role("img", name=re.compile("Imagen de la hoja"))).to_be_visible()
    shot(page, "settle")
    page.get_by_role("radio").first.check()
    page.get_by_role("button", name="Dejarlo resuelto").click()
    expect(page.get_by_role("status").filter(has_text="Resuelto.")).to_be_visible()
    page.goto(stack.address)
    expect(page.get_by_role("main")).to_contain_text("estaban mal en la primera digitación: 0 de")


def the_public_reads(page: Page, stack: Stack, shot: Shot) -> None:
    """Every sheet is explained; the citizen opens an own proposal with the code on the receipt."""
    page.goto("/mesas/")
    page.goto("/mesas/mesa-quito")
    page.get_by_role("link", name="Qué pasó con cada hoja de papel").click()
    for words in ("Se dañó: 1", "Se entregó y volvió en blanco: 1", "de los campos difieren: 1 de"):
        expect(page.get_by_role("main")).to_contain_text(words)
    assert sideways(page) == 0
    shot(page, "public")
    folio = stack.folios[0]
    page.goto(f"/seguimiento/{folio}")
    page.get_by_text("¿Es suya? Entre con su código").click()
    page.get_by_label("Código de seguimiento").fill(stack.codes[folio])
    page.get_by_role("button", name="Abrir con mi código").click()
    page.get_by_role("link", name="Corregirla").wait_for()
    page.goto(f"/propuestas/{folio}/editar")
    expect(page.get_by_label("Título de su propuesta")).to_have_value(stack.written(1)[0])
