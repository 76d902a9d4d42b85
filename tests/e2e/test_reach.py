"""Nobody unreached, once, as people do it: a gap on the map is asked about, planned for, and closed.

One test, each step by the account that does it in life, through the pages and only through them. Two things no page
can do: the mail program is the folder of letters, and the days on which people meet come by moving a date.
"""

from __future__ import annotations

import contextlib
import email
import email.policy
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Locator, Page, expect

from config import ROOT
from intake.core import clock
from tests.e2e.conftest import Server, sideways

Open = Callable[..., Page]
Enter = Callable[[Page, str], None]
Shot = Callable[[Page, str], None]

PLACE, CODE, THEME = "Morona Santiago", "14", "Salud"
NO_ONE, NOT_INVITED, SILENT, TOOK_PART = (
    "ningún actor", "hay actores, no invitados", "invitado y en silencio", "participó",
)  # fmt: skip
NAME = "Asociación Inventada de Parteras del Upano"
MAIL = "parteras@upano.example"
ABOUT = "Acompañamos los partos en las comunidades y llevamos la cuenta de los controles que faltan."
TABLE = "Mesa de salud en Macas"
WORDS = "Queremos oír qué falta en los puestos de salud de las comunidades."
MEETING = "Salud en la Amazonía: qué sigue"
RESOLVED = "Llevar la mesa de salud de Macas al orden del día de la selección."
MINUTES = "Se leyó la memoria de la mesa de Macas. Cada puesto opinó y se votó."


@dataclass
class Reach:
    """What the people hand on to each other."""

    open: Open
    enter: Enter
    shot: Shot
    server: Server
    guest: Page
    campaign: str = ""
    event: str = ""
    pages: dict[tuple[str, bool], Page] = field(default_factory=dict)

    def as_(self, account: str, *, phone: bool = False) -> Page:
        """The desk, or the phone, of somebody with an account, opened once."""
        key = (account, phone)
        if key not in self.pages:
            page = self.pages[key] = self.open(phone=phone)
            self.enter(page, account)
        return self.pages[key]

    def look(self, page: Page, name: str) -> None:
        """A picture, and nothing wider than the window. A click does not wait for the page that it leads to."""
        self.shot(page, name)
        assert sideways(page) <= 0, name


def test_whom_have_we_not_reached(open_browser: Open, enter: Enter, shot: Shot, server: Server) -> None:
    reach = Reach(open_browser, enter, shot, server, open_browser(phone=True))
    ask(reach)
    plan(reach)
    register(reach)
    verify(reach)
    call(reach)
    invite(reach)
    confirm(reach, open_browser(phone=True, javascript=False))
    the_day_comes(reach, "event", f"slug = '{reach.event}'")
    record(reach)
    note(reach)
    see_it_closed(reach)
    meet(reach)
    read_seats_and_minutes(reach)


def ask(reach: Reach) -> None:
    """The Directorate asks whom nobody has reached, province by province, down to a theme without anybody."""
    page = reach.as_("direccion")
    page.goto("/direccion/")
    page.get_by_role("link", name="Ver a quién no hemos llegado").click()
    expect(page.get_by_role("heading", name="A quién hemos llegado y a quién no")).to_be_visible()
    reach.look(page, "coverage")
    page.get_by_role("region", name="Por provincia").get_by_role("link", name=PLACE, exact=True).last.click()
    expect(page.get_by_role("heading", name=f"Cobertura en {PLACE}")).to_be_visible()
    expect(of_theme(page)).to_contain_text(NO_ONE)
    reach.look(page, "province")


def plan(reach: Reach) -> None:
    """The gap has one button; it leads to a campaign that knows which gap it is for."""
    page = reach.as_("direccion")
    of_theme(page).get_by_role("link", name="Planificar acercamiento").click()
    expect(page.get_by_label("Nombre de la campaña")).to_have_value(f"Llegar a quienes trabajan en {THEME}: {PLACE}")
    expect(page.get_by_role("combobox", name="Provincia")).to_have_value(CODE)
    page.get_by_label("Para qué").fill("Nadie de la provincia habla todavía de salud en el plan.")
    reach.look(page, "campaign-form")
    page.get_by_role("button", name="Guardar").click()
    told(page, "Campaña guardada. Elija ahora a quiénes llegar.")
    reach.campaign = page.url.partition("?")[0].split("/")[-2]
    reach.look(page, "nobody-yet")


def register(reach: Reach) -> None:
    """An organisation registers itself: a guest, on a phone."""
    page = reach.guest
    page.goto("/actores/")
    page.get_by_role("link", name="Registrar mi organización").click()
    page.get_by_label("Nombre de la organización").fill(NAME)
    page.get_by_label("Tipo", exact=True).select_option(label="Organización de la sociedad civil")
    page.get_by_label("Qué hace").fill(ABOUT)
    page.get_by_role("combobox", name="Cantón").wait_for()
    expect(page.get_by_role("button", name="Actualizar la lista")).to_have_count(0)  # the script fills the lists
    page.get_by_role("combobox", name="Provincia").select_option(label=PLACE)
    page.get_by_role("combobox", name="Cantón").select_option(label="Morona")
    page.get_by_role("group", name="Temas").get_by_label(THEME, exact=True).check()
    page.get_by_label("Su nombre").fill("Teresa Inventada Wisum")
    page.get_by_label("Correo electrónico").fill(MAIL)
    page.get_by_label("Acepto que la Dirección de Gobierno Abierto guarde estos datos").check()
    reach.look(page, "registration")
    page.get_by_role("button", name="Enviar el registro").click()
    expect(page.get_by_role("heading", name="Gracias: recibimos su registro")).to_be_visible()
    reach.look(page, "registered")


def verify(reach: Reach) -> None:
    """The team looks at the record and verifies it; from then on the gap is one of nobody invited."""
    page = reach.as_("analisis")
    page.goto("/actores/pendientes")
    page.get_by_role("link", name=NAME).click()
    expect(page.get_by_role("heading", name=NAME)).to_be_visible()
    reach.look(page, "to-verify")
    page.get_by_role("button", name="Verificar").click()
    told(page, "Listo: el registro está verificado.")
    stands(reach, NOT_INVITED, "not-invited")


def call(reach: Reach) -> None:
    """The facilitator prepares the table that the campaign lacks, in Macas, and publishes its call."""
    page = reach.as_("facilitacion")
    page.goto(f"/acercamiento/{reach.campaign}")
    page.get_by_role("link", name="Añadir una mesa").click()
    expect(page.get_by_role("combobox", name="Provincia")).to_have_value(CODE)
    expect(page.get_by_role("group", name="Temas").get_by_label(THEME, exact=True)).to_be_checked()
    page.get_by_label("Tipo", exact=True).select_option(label="Mesa territorial")
    page.get_by_label("Nombre de la mesa").fill(TABLE)
    page.get_by_label("Fecha", exact=True).fill((clock.today() + timedelta(days=2)).isoformat())
    page.get_by_label("Hora de inicio").fill("09:00")
    page.get_by_label("Lugar", exact=False).first.fill("Casa comunal de Macas")
    page.get_by_role("combobox", name="Cantón").select_option(label="Morona")
    page.get_by_label("Las personas se inscriben antes").check()
    page.get_by_role("button", name="Guardar").click()
    told(page, "Mesa guardada.")
    reach.event = page.url.rstrip("/").rpartition("/")[2]
    page.get_by_role("button", name="Publicar la convocatoria").click()
    told(page, "Listo: el encuentro está en «Convocatoria abierta».")
    reach.look(page, "call")


def invite(reach: Reach) -> None:
    """The campaign leads to the table; the organisation is found by the gap, added, and written to."""
    page = reach.as_("direccion")
    page.goto(f"/acercamiento/{reach.campaign}")
    page.get_by_role("link", name="Editar", exact=True).click()
    page.get_by_label("Encuentro al que se invita").select_option(label=TABLE)
    page.get_by_role("button", name="Guardar").click()
    told(page, "Cambios guardados.")
    page.get_by_role("link", name="Añadir actores").click()
    page.get_by_label(f"Marcar a {NAME}").check()
    reach.look(page, "add-actors")
    page.get_by_role("button", name="Añadir los marcados").click()
    told(page, "Se añadió 1 actor.")
    page.get_by_role("link", name="Ir a la campaña").click()
    expect(page.get_by_role("rowheader", name=NAME)).to_be_visible()
    page.get_by_role("link", name="Invitar por correo").click()
    page.get_by_label("Sus palabras").fill(WORDS)
    page.get_by_role("button", name="Ver cómo quedará").click()
    expect(page.get_by_text(WORDS)).to_be_visible()
    reach.look(page, "letter")
    page.get_by_role("button", name="Enviar 1 carta").click()
    expect(page.get_by_role("row").filter(has_text=NAME)).to_contain_text("Contactado")
    reach.look(page, "campaign")
    stands(reach, SILENT, "silent")


def confirm(reach: Reach, page: Page) -> None:
    """The letter arrives; its link needs no account and no JavaScript."""
    letter = delivered(reach.server, MAIL, "Invitación")
    assert WORDS in letter
    (link,) = re.findall(r"http\S+/acercamiento/respuesta/[\w-]+(?=\s)", letter)
    page.goto(link)
    expect(page.get_by_text(f"Invitación para {NAME}")).to_be_visible()
    expect(page.get_by_text("Casa comunal de Macas, Morona")).to_be_visible()
    page.get_by_label("Cuántas personas irán").fill("2")
    reach.look(page, "invitation")
    page.get_by_role("button", name="Iremos").click()
    told(page, "Gracias, les esperamos.")
    reach.look(page, "confirmed")
    assert TABLE in delivered(reach.server, MAIL, "lugar")


def record(reach: Reach) -> None:
    """After the table the facilitator counts on a phone; parts that do not make the total are refused by name."""
    page = reach.as_("facilitacion", phone=True)
    page.goto(f"/mesas/{reach.event}")
    page.get_by_role("link", name="Registrar la asistencia").click()
    page.get_by_label("Total de personas").fill("24")
    gender = page.get_by_role("group", name="Género")
    gender.get_by_label("Mujeres").fill("15")
    gender.get_by_label("Hombres").fill("7")
    page.get_by_role("button", name="Guardar la asistencia").click()
    said = "Género: las partes suman 22 y el total es 24."
    expect(page.get_by_role("alert")).to_contain_text(said)
    expect(gender).to_contain_text(said)
    expect(gender).to_contain_text("Suma: 22 de 24")
    expect(gender.get_by_label("Mujeres")).to_have_value("15")
    reach.look(page, "contradiction")
    gender.get_by_label("Hombres").fill("9")
    page.get_by_role("button", name="Guardar la asistencia").click()
    expect(page.get_by_text("Asistieron 24 personas.")).to_be_visible()
    reach.look(page, "attendance")


def note(reach: Reach) -> None:
    """In the list, also on the phone, the facilitator marks who came for the organisation."""
    page = reach.as_("facilitacion", phone=True)
    page.get_by_role("link", name="Lista de personas inscritas").click()
    mine = page.get_by_role("checkbox", name=re.compile("Teresa Inventada Wisum"))
    mine.check()
    reach.look(page, "list")
    page.get_by_role("button", name="Guardar marcas").click()
    told(page, "1 marca guardada.")
    expect(mine).to_be_checked()
    page.goto(f"/mesas/{reach.event}")
    expect(page.get_by_text("Asistieron 24 personas.")).to_be_visible()


def see_it_closed(reach: Reach) -> None:
    """The campaign knows, the gap is closed, and the map shows the province with one more."""
    page = reach.as_("direccion")
    page.goto(f"/acercamiento/{reach.campaign}")
    expect(page.get_by_role("row").filter(has_text=NAME)).to_contain_text("Participó")
    stands(reach, TOOK_PART, "closed")
    page.get_by_role("link", name="Cobertura", exact=True).click()
    expect(page.get_by_role("heading", name="A quién hemos llegado y a quién no")).to_be_visible()
    reach.look(page, "closed-in-the-country")
    guest = reach.guest
    guest.goto("/actores/cobertura")
    guest.get_by_label("Tema", exact=True).select_option(label=THEME)
    guest.get_by_role("button", name="Ver", exact=True).click()
    expect(guest.get_by_role("link", name=f"{PLACE}: 1", exact=True)).to_be_visible()
    expect(guest.get_by_role("row").filter(has_text=PLACE)).to_contain_text("hay actores")
    expect(guest.get_by_role("link", name="Planificar acercamiento")).to_have_count(0)
    reach.look(guest, "closed-for-all")


def meet(reach: Reach) -> None:
    """The Core Group is called, meets, decides by votes of more than one sector; the minutes are published."""
    page = reach.as_("direccion")
    page.goto("/nucleo/")
    page.get_by_role("link", name="Grupo Núcleo del PAGA3").click()
    page.get_by_role("link", name="Convocar una reunión").click()
    page.get_by_label("Nombre de la reunión").fill(MEETING)
    page.get_by_label("Fecha", exact=True).fill((clock.today() + timedelta(days=2)).isoformat())
    page.get_by_label("Hora de inicio").fill("10:00")
    page.get_by_label("Modalidad").select_option(label="Virtual")
    page.get_by_label("Lugar o plataforma").fill("Sala virtual de la Dirección")
    page.get_by_label("Orden del día").fill("1. La mesa de Macas. 2. Resoluciones.")
    page.get_by_role("button", name="Convocar").click()
    expect(page.get_by_role("heading", name=MEETING)).to_be_visible()
    expect(page.get_by_text("Convocada", exact=True)).to_be_visible()
    reach.look(page, "meeting-called")
    the_day_comes(reach, "meeting", f"title = '{MEETING}'")
    page.reload()
    page.get_by_role("link", name="Registrar la asistencia").click()
    page.get_by_role("button", name="Guardar la asistencia").wait_for()
    seats = page.get_by_role("main").get_by_role("combobox").all()
    for seat in seats:
        seat.select_option(index=1)
    reach.look(page, "meeting-attendance")
    page.get_by_role("button", name="Guardar la asistencia").click()
    told(page, "Asistencia guardada.")
    resolve(reach, page)
    page.get_by_role("link", name="Escribir o publicar el acta").click()
    page.get_by_label("Texto del acta").fill(MINUTES)
    page.get_by_role("button", name="Guardar y publicar").click()
    expect(page.get_by_text("Con acta publicada", exact=True)).to_be_visible()
    reach.look(page, "meeting-published")


def resolve(reach: Reach, page: Page) -> None:
    """What one sector alone wants is no resolution."""
    page.get_by_role("link", name="Añadir una resolución").click()
    page.get_by_label("Qué se resolvió").fill(RESOLVED)
    page.get_by_role("button", name="Guardar la resolución").wait_for()
    votes = page.get_by_role("group", name="Voto de cada puesto presente").get_by_role("combobox").all()
    for vote in votes:
        vote.select_option(label="Abstención")
    votes[0].select_option(label="A favor")
    page.get_by_role("button", name="Guardar la resolución").click()
    expect(page.get_by_role("alert")).to_contain_text("Ninguna autoridad ni integrante decide en solitario")
    for vote in votes:
        vote.select_option(label="A favor")
    reach.look(page, "votes")
    page.get_by_role("button", name="Guardar la resolución").click()
    expect(page.get_by_text(RESOLVED)).to_be_visible()
    expect(page.get_by_text(f"A favor: {len(votes)}")).to_be_visible()


def read_seats_and_minutes(reach: Reach) -> None:
    """A guest reads who sits there and what they decided."""
    page = reach.guest
    page.goto("/nucleo/")
    reach.look(page, "bodies")
    page.get_by_role("link", name="Grupo Núcleo del PAGA3").click()
    expect(page.get_by_role("heading", name="Equilibrio entre sectores")).to_be_visible()
    expect(page.get_by_role("heading", name=re.compile(r"^\d+ puestos$"))).to_be_visible()
    expect(page.get_by_text("Julio Ficticio Guerrero").first).to_be_visible()
    reach.look(page, "body")
    page.get_by_role("link", name=MEETING).click()
    for words in (RESOLVED, MINUTES, "Con quórum"):
        expect(page.get_by_text(words)).to_be_visible()
    page.get_by_text("Qué votó cada puesto").click()
    expect(page.get_by_role("region", name="Resoluciones")).to_contain_text("A favor")
    reach.look(page, "meeting")


def of_theme(page: Page) -> Locator:
    """The row of the theme on the page of a province."""
    row = page.get_by_role("region", name="Por tema").get_by_role("row")
    return row.filter(has=page.get_by_role("rowheader", name=THEME, exact=True))


def stands(reach: Reach, words: str, name: str) -> None:
    """How the page of the province tells the gap now."""
    page = reach.as_("direccion")
    page.goto(f"/actores/cobertura/{CODE}")
    expect(of_theme(page)).to_contain_text(words)
    reach.look(page, name)


def told(page: Page, words: str) -> None:
    """The page says so, in a region that screen readers read out."""
    expect(page.get_by_role("status").filter(has_text=words)).to_be_visible()


def the_day_comes(reach: Reach, table: str, where: str) -> None:
    """Two days pass for one meeting: what was to begin has begun an hour ago."""
    begun = (datetime.now(UTC) - timedelta(hours=1)).strftime("%Y-%m-%d %H:%M:%S.000000")
    with contextlib.closing(sqlite3.connect(reach.server.database, timeout=20)) as database, database:
        found = database.execute(f"UPDATE {table} SET starts_at = ? WHERE {where}", (begun,))
        assert found.rowcount == 1


def delivered(server: Server, to: str, subject: str) -> str:
    """Deliver what waits, and open the letter to this address with that in its subject."""
    folder = server.database.parent
    environment = {
        **os.environ,
        "INTAKE_DEMO": "1",
        "INTAKE_DATABASE_URL": f"sqlite:///{server.database}",
        "INTAKE_INSTANCE_PATH": str(folder),
        "INTAKE_BASE_URL": server.url,
    }
    with contextlib.closing(sqlite3.connect(server.database, timeout=20)) as database, database:
        # the letters of the demonstration's story went out long ago
        database.execute(
            "UPDATE outbox_message SET sent_at = created_at WHERE sent_at IS NULL AND to_address != ?", (to,)
        )
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "outbox", "send"]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
    letters = [email.message_from_bytes(p.read_bytes(), policy=email.policy.default) for p in folder.glob("mail/*.eml")]
    (found,) = [m for m in letters if m["To"] == to and subject in m["Subject"]]
    body = found.get_body(("plain",))
    assert body is not None
    return str(body.get_content())
