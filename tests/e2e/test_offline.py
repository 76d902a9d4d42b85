"""A farmer's phone that loses the network in the middle: nothing is lost, and it arrives once.

The network is switched off in the browser; the database is read as rows. Each test is a phone of its own.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.conftest import PATIENCE, PHONE, Server, sideways, until, until_here

Enter = Callable[[Page, str], None]
Shot = Callable[[Page, str], None]

PROBLEM = "El canal de riego de la comuna se tapa cada invierno y nadie sabe a quién le toca limpiarlo ni cuándo."
SOLUTION = "Que la junta parroquial publique un calendario de limpieza del canal y rinda cuentas en asamblea cada mes."
THEME = "Ambiente y agua"
CONSENT = "Acepto que mi propuesta, con los datos que dejé, espere en este teléfono"


@pytest.fixture
def new_phone(browser: Browser, server: Server) -> Iterator[Page]:
    """A phone whose complaints fail the test, unless they are of a network that is not there."""
    context = browser.new_context(base_url=server.url, viewport=PHONE, locale="es-EC", has_touch=True)
    context.set_default_timeout(PATIENCE)
    complaints: list[str] = []
    context.on(
        "console", lambda m: complaints.append(m.text) if m.type == "error" and "Failed to load" not in m.text else None
    )
    context.on("weberror", lambda e: complaints.append(str(e.error)))
    yield context.new_page()
    context.close()
    assert complaints == []


@pytest.fixture
def phone(new_phone: Page) -> Page:
    """A guest's phone that has opened the form once and so has what it needs without a network."""
    page = new_phone
    page.goto("/propuestas/nueva")
    taken_over(page)
    return page


def taken_over(page: Page) -> None:
    """Wait until the service worker has what it needs and answers for this page."""
    page.evaluate(
        "navigator.serviceWorker.ready.then(() => navigator.serviceWorker.controller"
        " || new Promise((done) => navigator.serviceWorker.addEventListener('controllerchange', () => done(1))))"
        ".then(() => true)"
    )


def write(page: Page, title: str) -> None:
    page.get_by_label("Título de su propuesta").fill(title)
    page.get_by_label("¿Qué problema quiere resolver?").fill(PROBLEM)
    page.get_by_label("¿Qué propone hacer?").fill(SOLUTION)
    page.get_by_label("Tema", exact=True).select_option(label=THEME)


def assert_kept(page: Page, title: str) -> None:
    expect(page.get_by_label("Título de su propuesta")).to_have_value(title)
    expect(page.get_by_label("¿Qué problema quiere resolver?")).to_have_value(PROBLEM)
    expect(page.get_by_label("¿Qué propone hacer?")).to_have_value(SOLUTION)
    expect(page.get_by_label("Tema", exact=True)).to_have_value("ambiente-agua")


def drafted(page: Page, words: str, name: str = "intake:propuesta") -> None:
    """Wait until the draft on this device has these words: it is kept a moment after the last letter."""
    until(page, f"(localStorage.getItem('{name}') ?? '').includes({json.dumps(words)})")


def hasty(page: Page, part: str) -> None:
    """Whoever reads pages with this in their address leaves them before they can reach the database of the device."""
    page.add_init_script(f"if (location.pathname.includes('{part}')) indexedDB.open = () => ({{}});")


def sign_out(page: Page) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name="Salir").click()


def let_wait(page: Page) -> None:
    page.get_by_label(CONSENT).check()
    page.get_by_role("button", name="Dejarla lista para enviar").click()


def waits(page: Page, title: str) -> None:
    item = page.locator(".device__item", has_text=title)
    expect(item).to_contain_text("En este teléfono, todavía no enviada")


def queue(page: Page, title: str) -> None:
    """Write it without a network and let it wait on the telephone."""
    page.context.set_offline(True)
    write(page, title)
    expect(page.locator("[data-offline-now]")).to_be_in_viewport()
    let_wait(page)
    waits(page, title)
    expect(page.locator("h1")).to_have_text("Su propuesta está lista y espera en este teléfono", use_inner_text=True)
    expect(page.locator("h1")).to_be_in_viewport()
    expect(page.locator("h1")).to_be_focused()


def sent_by_worker(page: Page, server: Server, title: str) -> None:
    """The service worker sends with no page of the site open.

    The browser's own tools wake it, since the moment that the browser chooses cannot be waited for.
    """
    wake = wake_worker(page, server)
    for _ in range(60):
        if rows(server, title):
            break
        wake()
        page.wait_for_timeout(1000)
    assert [status for _folio, status in rows(server, title)] == ["submitted"]


def wake_worker(page: Page, server: Server) -> Callable[[], None]:
    """Leave the site, with a network; what is given back wakes its service worker."""
    page.goto("about:blank")
    page.context.set_offline(False)
    tools = page.context.new_cdp_session(page)
    known: list[str] = []
    tools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda e: known.extend(r["registrationId"] for r in e["registrations"]),
    )
    tools.send("ServiceWorker.enable")
    until_here(page, lambda: known, "the browser names its service worker")

    def wake() -> None:
        for registration in set(known):
            tools.send(
                "ServiceWorker.dispatchSyncEvent",
                {"origin": server.url, "registrationId": registration, "tag": "intake-envios", "lastChance": False},
            )

    return wake


def arrived(page: Page, title: str) -> str:
    """The folio that the phone says."""
    item = page.locator(".device__item", has_text=title)
    expect(item).to_contain_text("Llegó. Ya está registrada.", timeout=90_000)
    return str(item.locator("[data-folio]").text_content())


def lying(page: Page, name: str) -> list[dict[str, object]]:
    """What lies on this device under that name; read in a window of its own, whose database nothing holds back."""
    window = page.context.new_page()
    try:
        window.goto("/static/manifest.json")
        return window.evaluate(
            "(name) => new Promise((done) => { indexedDB.open('intake', 1).onsuccess = ({ target: { result: base } })"
            " => { base.transaction(name).objectStore(name).getAll().onsuccess = ({ target }) =>"
            " { base.close(); done(target.result) } } })",
            name,
        )
    finally:
        window.close()


def rows(server: Server, title: str) -> list[tuple[str, str]]:
    with contextlib.closing(sqlite3.connect(server.database, timeout=20)) as base:
        return base.execute("SELECT folio, status FROM proposal WHERE title = ?", (title,)).fetchall()


def cached(page: Page) -> list[str]:
    return page.evaluate(
        "(async () => { const found = []; for (const name of await caches.keys())"
        " for (const request of await (await caches.open(name)).keys()) found.push(new URL(request.url).pathname);"
        " return [...new Set(found)].sort() })()"
    )


@contextlib.contextmanager
def reception_closed(server: Server) -> Iterator[None]:
    """Reception ended yesterday, as if time had passed."""
    today = datetime.now(ZoneInfo("America/Guayaquil")).date()
    where = "WHERE kind = 'reception' AND plan_id = (SELECT id FROM plan WHERE is_current)"
    with contextlib.closing(sqlite3.connect(server.database, timeout=20)) as base:
        old = base.execute(f"SELECT opens_on, closes_on FROM stage {where}").fetchone()
        new = (str(today - timedelta(days=9)), str(today - timedelta(days=1)))
        base.execute(f"UPDATE stage SET opens_on = ?, closes_on = ? {where}", new)
        base.commit()
        try:
            yield
        finally:
            base.execute(f"UPDATE stage SET opens_on = ?, closes_on = ? {where}", old)
            base.commit()


def test_farmer_writes_in_the_field_closes_the_page_and_it_arrives_once(
    phone: Page, server: Server, shot: Shot
) -> None:
    title = "Limpieza del canal de riego de la comuna"
    context = phone.context
    phone.get_by_label("Título de su propuesta").fill(title)
    context.set_offline(True)
    expect(phone.get_by_role("heading", name="Está sin conexión")).to_be_visible()
    write(phone, title)
    phone.locator("#contact_email").fill("rosa.campos@demo.example")
    phone.get_by_label("Acepto que guarden estos datos").check()
    drafted(phone, "ambiente-agua")
    shot(phone, "sin-red-escribe")
    phone.close()  # the telephone goes into the pocket, its text goes nowhere
    page = context.new_page()
    leave_ready(page, title, server)
    assert sideways(page) <= 0
    shot(page, "en-espera")
    page.close()

    page = context.new_page()
    page.goto("/propuestas/")
    expect(page.get_by_role("heading", name="No hay conexión")).to_be_visible()
    waits(page, title)
    shot(page, "otra-pagina-sin-red")
    context.set_offline(False)
    folio = arrived(page, title)
    expect(page.get_by_role("heading", name="Ya hay conexión")).to_be_visible()
    shot(page, "llego")
    page.get_by_role("button", name="Abrir la página que buscaba").click()
    page.get_by_role("link", name="Llegó la propuesta que esperaba en este teléfono").click()
    assert arrived(page, title) == folio
    assert rows(server, title) == [(folio, "submitted")]
    note_down_the_code(page)
    assert rows(server, title) == [(folio, "submitted")]


def leave_ready(page: Page, title: str, server: Server) -> None:
    """Find the text again and let it wait, once the form has what it lacks; nothing is sent meanwhile."""
    page.goto("/propuestas/nueva")
    expect(page.get_by_text("Recuperamos lo que había escrito antes")).to_be_visible()
    assert_kept(page, title)
    expect(page.locator("#contact_email")).to_have_value("")  # no draft keeps who somebody is
    page.locator("#contact_email").fill("rosa.campos@demo.example")
    page.get_by_role("button", name="Dejarla lista para enviar").click()
    expect(page.get_by_role("alert").filter(has_text="Hay algo que corregir")).to_contain_text(
        "necesitamos su aceptación"
    )
    page.get_by_label("Acepto que guarden estos datos").check()
    page.get_by_role("button", name="Dejarla lista para enviar").click()
    expect(page.get_by_text("Marque la casilla para que su propuesta pueda esperar")).to_be_visible()
    assert rows(server, title) == []
    let_wait(page)
    waits(page, title)


def note_down_the_code(page: Page) -> None:
    """The phone knows the code of the receipt, and forgets the proposal when told; the form is empty again."""
    code = page.locator("[data-code]").text_content()
    page.get_by_role("link", name="Ver el comprobante").click()
    expect(page.locator(".receipt__code")).to_have_text(str(code))
    page.goto("/propuestas/nueva")
    expect(page.get_by_label("Título de su propuesta")).to_have_value("")
    page.get_by_role("button", name="Ya lo anoté: quitarla de este teléfono").click()
    expect(page.locator(".device")).to_be_hidden()


def test_a_double_click_and_two_windows_send_one(phone: Page, server: Server) -> None:
    title = "Horario del tractor comunal para las dos ventanas"
    context = phone.context
    write(phone, title)
    drafted(phone, "ambiente-agua")
    other = context.new_page()
    other.goto("/propuestas/nueva")
    assert_kept(other, title)
    context.set_offline(True)
    expect(other.get_by_role("heading", name="Está sin conexión")).to_be_visible()
    for page in (phone, other):
        page.get_by_label(CONSENT).check()
    other.get_by_role("button", name="Dejarla lista para enviar").dblclick()
    waits(other, title)
    waits(phone, title)  # the first window learns of it
    expect(phone.locator("form.proposal-form")).to_be_hidden()
    context.set_offline(False)
    folio = arrived(other, title)
    assert arrived(phone, title) == folio
    phone.reload()
    other.reload()
    arrived(other, title)
    assert rows(server, title) == [(folio, "submitted")]


def test_the_service_worker_sends_when_no_page_is_open(phone: Page, server: Server) -> None:
    title = "Señal de radio para avisar de las heladas"
    context = phone.context
    context.set_offline(True)
    expect(phone.get_by_role("heading", name="Está sin conexión")).to_be_visible()
    write(phone, title)
    let_wait(phone)
    waits(phone, title)
    sent_by_worker(phone, server, title)
    phone.goto("/propuestas/sin-conexion")
    arrived(phone, title)


def test_an_error_of_the_server_in_between_loses_nothing_and_doubles_nothing(phone: Page, server: Server) -> None:
    """Once before it arrives, and once after: the answer is lost, and the telephone asks again."""
    title = "Bodega comunal para la cosecha de papa"
    context = phone.context
    queue(phone, title)
    calls: list[str] = []

    def fail(route, request):
        if request.method != "POST":
            return route.continue_()
        calls.append(request.method)
        if len(calls) == 1:
            return route.fulfill(status=500, body="{}", content_type="application/json")
        if len(calls) == 2:
            route.fetch()  # it arrives, and the answer does not
            return route.abort()
        return route.continue_()

    context.route("**/propuestas/envios.json", fail)
    context.set_offline(False)
    for _ in range(60):
        if len(calls) >= 3:
            break
        phone.wait_for_timeout(700)
        if phone.get_by_role("button", name="Enviar ahora").count():
            with contextlib.suppress(Exception):
                phone.get_by_role("button", name="Enviar ahora").click(timeout=1000)
    folio = arrived(phone, title)
    assert len(calls) >= 3
    assert rows(server, title) == [(folio, "submitted")]


def test_the_close_in_between_keeps_the_text_and_says_so(phone: Page, server: Server, shot: Shot) -> None:
    title = "Vivero comunitario de plantas nativas"
    context = phone.context
    queue(phone, title)
    with reception_closed(server):
        context.set_offline(False)
        item = phone.locator(".device__item", has_text=title)
        expect(item).to_contain_text("La recepción cerró: su texto sigue aquí", timeout=90_000)
        item.get_by_text("Ver lo que escribió").click()
        expect(item.locator("[data-text]")).to_contain_text(PROBLEM)
        shot(phone, "cerro")
        assert rows(server, title) == []
    item.get_by_role("button", name="Intentar otra vez").click()
    folio = arrived(phone, title)
    assert rows(server, title) == [(folio, "submitted")]


def test_what_the_server_refuses_comes_back_to_the_form_with_everything(
    phone: Page, server: Server, shot: Shot
) -> None:
    title = "Análisis del suelo para las fincas pequeñas"
    context = phone.context
    context.set_offline(True)
    write(phone, title)
    phone.locator("#contact_email").fill("sin arroba")
    phone.get_by_label("Acepto que guarden estos datos").check()
    phone.get_by_role("combobox", name="Provincia").select_option(label="Azuay")
    phone.get_by_label("Género").check()
    let_wait(phone)
    waits(phone, title)
    context.set_offline(False)
    alert = phone.get_by_role("alert").filter(has_text="Hay algo que corregir")
    expect(alert).to_contain_text("Escriba un correo como nombre@ejemplo.org", timeout=90_000)
    assert_kept(phone, title)
    expect(phone.locator("#contact_email")).to_have_value("sin arroba")
    expect(phone.get_by_role("combobox", name="Provincia")).to_have_value("01")
    expect(phone.get_by_label("Género")).to_be_checked()
    shot(phone, "volvio")
    phone.locator("#contact_email").fill("ana@demo.example")
    hasty(phone, "/revisar")
    hasty(phone, "/comprobante")
    phone.get_by_role("button", name="Revisar antes de enviar").click()
    phone.get_by_role("button", name="Enviar mi propuesta").click()
    expect(phone.get_by_role("heading", name="Recibimos su propuesta")).to_be_visible()
    assert [status for _folio, status in rows(server, title)] == ["submitted"]
    assert [item["state"] for item in lying(phone, "queue")] == ["refused"]  # the receipt was left before it could
    phone.goto("/")  # which loads what every page loads, and no more
    until_here(phone, lambda: not lying(phone, "queue"), "what the server has waits no longer")
    expect(phone.locator("[data-device-notice]")).to_be_hidden()
    phone.goto("/propuestas/sin-conexion")
    expect(phone.get_by_text("No hay ninguna propuesta en espera")).to_be_visible()


def test_a_page_kept_for_long_takes_the_usual_way_once_there_is_a_network(phone: Page, server: Server) -> None:
    """The kept form has no token; it gets one when the server answers, and its button works as always."""
    title = "Puente peatonal sobre la quebrada seca"
    context: BrowserContext = phone.context
    context.set_offline(True)
    phone.goto("/propuestas/nueva")
    write(phone, title)
    context.set_offline(False)
    phone.get_by_role("button", name="Revisar antes de enviar").click(timeout=60_000)  # it asks again after a while
    expect(phone.get_by_role("heading", name="Revise su propuesta")).to_be_visible()
    phone.get_by_role("button", name="Enviar mi propuesta").click()
    expect(phone.get_by_role("heading", name="Recibimos su propuesta")).to_be_visible()
    assert [status for _folio, status in rows(server, title)] == ["submitted"]


def test_a_button_pressed_as_the_network_dies_brings_the_form_back_full(phone: Page, server: Server) -> None:
    title = "Camino vecinal hasta la escuela de la comuna"
    write(phone, title)
    phone.locator("#contact_email").fill("luis@demo.example")
    phone.evaluate("Object.defineProperty(navigator, 'onLine', { get: () => true })")
    phone.context.set_offline(True)
    phone.evaluate("document.querySelector('[data-online]').hidden = false")
    phone.get_by_role("button", name="Revisar antes de enviar").click()
    expect(phone.get_by_role("heading", name="Está sin conexión")).to_be_visible()
    assert_kept(phone, title)
    expect(phone.locator("#contact_email")).to_have_value("luis@demo.example")
    assert rows(server, title) == []


def test_nothing_of_an_account_is_kept_and_signing_out_clears_the_device(phone: Page, enter: Enter) -> None:
    page = phone
    page.get_by_label("Título de su propuesta").fill("Un borrador de alguien que no entró")
    drafted(page, "Un borrador de alguien")
    enter(page, "ciudadania")
    for path in ("/cuenta/", "/propuestas/?mias=1", "/propuestas/nueva", "/propuestas/sin-conexion"):
        page.goto(path)
    page.goto("/propuestas/nueva")
    page.get_by_label("Título de su propuesta").fill("Lo que escribo con mi cuenta")
    page.context.set_offline(True)
    expect(page.get_by_text("Para guardar o enviar desde su cuenta hace falta conexión")).to_be_visible()
    page.get_by_label("¿Qué problema quiere resolver?").fill(PROBLEM)
    drafted(page, PROBLEM, "intake:cuenta")
    page.context.set_offline(False)
    page.reload()
    expect(page.get_by_label("¿Qué problema quiere resolver?")).to_have_value(PROBLEM)
    page.get_by_label("¿Qué propone hacer?").fill(SOLUTION)
    page.get_by_role("button", name="Guardar borrador").click()
    expect(page.get_by_text("Su borrador está guardado.")).to_be_visible()
    until(page, "localStorage.getItem('intake:cuenta') === null")
    page.goto("/propuestas/nueva")  # the server has it: the device has nothing
    expect(page.get_by_label("¿Qué problema quiere resolver?")).to_have_value("")
    page.get_by_label("Título de su propuesta").fill("Otra cosa que escribo con mi cuenta")
    drafted(page, "Otra cosa", "intake:cuenta")
    assert {path for path in cached(page) if not path.startswith("/static/")} <= {
        "/propuestas/sin-conexion", "/propuestas/sin-conexion/formulario", "/propuestas/sin-conexion/idioma",
        "/actores/territorios.json",
    }  # fmt: skip
    bodies = page.evaluate(
        "(async () => { let text = ''; for (const name of await caches.keys()) { const cache = await caches.open(name);"
        " for (const request of await cache.keys()) if (!request.url.includes('/static/'))"
        " text += await (await cache.match(request)).text() } return text })()"
    )
    assert "csrf_token" not in bodies
    assert "account__form" not in bodies
    sign_out(page)
    page.goto("/propuestas/nueva")  # what the account wrote is gone, what somebody wrote before it came is there
    expect(page.get_by_label("Título de su propuesta")).to_have_value("Un borrador de alguien que no entró")
    names = "Object.keys(localStorage).filter((name) => name.startsWith('intake:')).join()"
    until(page, f"{names} === 'intake:propuesta'")


def test_the_home_page_says_aloud_that_it_arrived(phone: Page, server: Server, shot: Shot) -> None:
    title = "Techo para la parada de buses de la parroquia"
    home = phone.context.new_page()
    home.goto("/")
    queue(phone, title)
    said = home.locator("[aria-live]").filter(has=home.locator("[data-device-notice]"))
    expect(said).to_have_text("Tiene una propuesta en este teléfono, todavía no enviada.")
    phone.context.set_offline(False)
    expect(said).to_have_text("Llegó la propuesta que esperaba en este teléfono: vea su folio.", timeout=90_000)
    assert sideways(home) <= 0
    shot(home, "inicio")
    said.get_by_role("link").click()
    assert rows(server, title) == [(arrived(home, title), "submitted")]


def test_a_kept_page_does_not_ask_a_signed_in_person_to_enter(phone: Page, enter: Enter, shot: Shot) -> None:
    enter(phone, "ciudadania")
    phone.context.set_offline(True)
    for path in ("/propuestas/nueva", "/propuestas/"):
        phone.goto(path)
        expect(phone.locator(".account")).to_have_text("Mi cuenta")
    shot(phone, "sin-red-con-cuenta")
    phone.context.set_offline(False)
    phone.locator(".account").get_by_role("link", name="Mi cuenta").click()
    expect(phone.get_by_role("button", name="Salir")).to_be_visible()


def test_a_code_outlives_the_account_of_somebody_else(phone: Page, server: Server, enter: Enter) -> None:
    """Folio and code of a guest without contact are nowhere else: another's signing in and out leaves them."""
    title, context = "Bebederos para el ganado de la loma", phone.context
    context.set_offline(True)
    write(phone, title)
    let_wait(phone)
    context.set_offline(False)
    folio = arrived(phone, title)
    code = phone.locator("[data-code]").text_content()
    enter(phone, "ciudadania")
    sign_out(phone)
    phone.goto("/propuestas/sin-conexion")
    assert arrived(phone, title) == folio
    expect(phone.locator("[data-code]")).to_have_text(str(code))


def test_sent_without_the_account_it_says_so_and_finds_its_way_there(
    phone: Page, server: Server, enter: Enter, shot: Shot
) -> None:
    title, page = "Letreros en kichwa en el subcentro de salud", phone
    enter(page, "ciudadania")
    page.context.set_offline(True)
    page.goto("/propuestas/nueva")
    expect(page.locator("[data-offline]")).to_contain_text("esta propuesta se envía sin ella")
    write(page, title)
    let_wait(page)
    waits(page, title)
    expect(page.locator(".device__item", has_text=title)).to_contain_text("esta propuesta se envía sin ella")
    page.context.set_offline(False)
    folio = arrived(page, title)
    item = page.locator(".device__item", has_text=title)
    expect(item).to_contain_text("Se envió sin su cuenta")
    shot(page, "sin-su-cuenta")
    item.get_by_role("link", name="Guardar en mi cuenta").click()
    expect(page.get_by_text("El código estaba en este teléfono")).to_be_visible()
    hasty(page, f"/seguimiento/{folio}")
    page.get_by_role("main").get_by_role("button", name="Guardar en mi cuenta").click()
    expect(page.get_by_text("Su propuesta quedó en su cuenta.")).to_be_visible()
    page.goto("/propuestas/?mias=1")
    expect(page.get_by_role("main")).to_contain_text(folio)
    page.goto("/propuestas/sin-conexion")
    expect(page.locator(".device__item", has_text=title)).to_contain_text("Está en su cuenta.")
    sign_out(page)
    page.goto("/propuestas/sin-conexion")  # the account is its key now
    expect(page.get_by_text("No hay ninguna propuesta en espera")).to_be_visible()


def test_everything_can_be_deleted_from_the_telephone(phone: Page, server: Server) -> None:
    title = "Radio comunitaria para la parroquia vecina"
    phone.context.set_offline(True)
    write(phone, title)
    let_wait(phone)
    waits(phone, title)
    phone.get_by_text("Borrar lo guardado en este teléfono").first.click()
    phone.get_by_role("button", name="Sí, borrar todo").click()
    expect(phone.locator(".device")).to_be_hidden()
    phone.context.set_offline(False)
    phone.goto("/propuestas/nueva")
    expect(phone.get_by_label("Título de su propuesta")).to_have_value("")
    assert rows(server, title) == []


SIGNED_OUT_MEANWHILE = """
const begin = IDBDatabase.prototype.transaction;
IDBDatabase.prototype.transaction = function (names, mode, options) {
  if (mode === "readwrite") begin.call(this, ["arrived"], mode).objectStore("arrived").clear();
  return begin.call(this, names, mode, options);
};
"""


def test_a_receipt_that_signing_out_takes_away_does_not_come_back(phone: Page, server: Server) -> None:
    """Another window takes it between the reading and the writing of one that notes that the account holds it."""
    title, context = "Caseta para el guardián del reservorio", phone.context
    queue(phone, title)
    context.set_offline(False)
    folio = arrived(phone, title)
    assert [item["folio"] for item in lying(phone, "arrived")] == [folio]
    phone.evaluate("(folio) => localStorage.setItem('intake:en-cuenta', JSON.stringify([folio]))", folio)
    other = context.new_page()
    other.add_init_script(SIGNED_OUT_MEANWHILE)
    other.goto("/")
    until(other, "localStorage.getItem('intake:en-cuenta') === null")
    assert lying(phone, "arrived") == []
