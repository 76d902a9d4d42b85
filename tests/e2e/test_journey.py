"""The whole journey once, as people make it: from a guest's phone to a formalized commitment that two voices speak of.

One test, each step by the account that does it in life, through the pages and only through them.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from intake.core import clock
from tests.e2e.conftest import tab_to

Open = Callable[..., Page]
Enter = Callable[[Page, str], None]
Shot = Callable[[Page, str], None]

TITLE = "Tablero público del agua de la junta de Cochapata"
PROBLEM = "En Cochapata el agua llega turbia desde enero y unas trescientas familias no saben si se puede beber."
SOLUTION = "Que la junta publique cada mes los análisis del agua en la cartelera y en una página que todos puedan leer."
RESULT = "Dentro de dos años cada familia podrá ver el análisis del mes de su propio tanque."
ADMITTED = "Se entiende el problema, pide colaborar a la junta y a las familias, y sirve a la política del agua."
DECIDED = "Responde a una necesidad sentida, cuesta poco y la junta y la institución están dispuestas a cumplirla."
COMMITMENT = "Análisis del agua publicados cada mes en las juntas de Nabón"
DRAFTED = {
    "En pocas palabras": "Cada mes, en la cartelera y en la web, el agua que se bebe.",
    "¿Qué problema aborda?": PROBLEM,
    "¿Cuáles son sus causas?": "Los análisis se hacen, pero nadie los publica.",
    "¿Qué se ha hecho hasta ahora?": "Dos juntas los leen en asamblea.",
    "¿En qué consiste el compromiso?": "Publicar cada análisis y explicarlo.",
    "¿Cómo contribuye a resolver el problema?": "Quien sabe qué bebe puede exigir que mejore.",
    "¿Qué resultados se esperan?": RESULT,
    "¿Cómo promueve la transparencia?": "Con datos abiertos de cada tanque.",
    "¿Cómo promueve la participación ciudadana?": "Con lectura en asamblea.",
    "¿Cómo promueve la rendición de cuentas?": "Con respuesta a cada reclamo.",
}
AGREED = "La institución publicará los análisis; la contraparte los leerá con las familias y dirá si son ciertos."
REPORTED = (
    "Se publicaron los análisis de enero y febrero de las cinco juntas, con su explicación en palabras sencillas."
)
DISPUTED = "Falta el análisis de la junta de Cochapata: en la cartelera solo está el de enero, y no el de febrero."
LINK = "https://example.org/analisis/febrero"
REVIEWERS = {
    "revision.estado": ("Hugo Ejemplo Montalvo", "La institución tiene laboratorio y personal para hacerlo."),
    "revision.sociedad": ("Nina Ficticia Tenesaca", "Las familias lo piden hace años y ayudarán."),
    "revision.academia": ("Tomás Prueba Aguinaga", "El método es sencillo y se puede comprobar."),
}
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
CSV = b"junta,mes,turbiedad\nCochapata,enero,4\nCharqui,febrero,1\n"


@dataclass
class Journey:
    """What the people of the journey hand on to each other."""

    open: Open
    enter: Enter
    shot: Shot
    files: Path
    folio: str = ""
    code: str = ""
    reference: str = ""
    round: str = ""
    pages: dict[str, Page] = field(default_factory=dict)

    def as_(self, account: str) -> Page:
        """The desk of somebody with an account, opened once."""
        if account not in self.pages:
            page = self.pages[account] = self.open()
            self.enter(page, account)
        return self.pages[account]


def test_from_a_phone_to_a_commitment_in_dispute(open_browser: Open, enter: Enter, shot: Shot, tmp_path: Path) -> None:
    journey = Journey(open_browser, enter, shot, tmp_path)
    guest = open_browser(phone=True, javascript=False)
    propose(journey, guest)
    follow(journey, open_browser(phone=True, javascript=False))
    admit(journey)
    assign(journey)
    score(journey)
    finish(journey)
    decide(journey)
    publish(journey)
    draft(journey)
    agree(journey)
    formalize(journey)
    report(journey)
    dispute(journey)
    read_all(journey, guest)


def propose(journey: Journey, page: Page) -> None:
    """A guest with a phone and no JavaScript writes, looks through, sends and gets the receipt."""
    page.goto("/")
    page.get_by_role("link", name="Enviar una propuesta").first.click()
    page.get_by_label("Título de su propuesta").fill(TITLE)
    page.get_by_label("¿Qué problema quiere resolver?").fill(PROBLEM)
    page.get_by_label("¿Qué propone hacer?").fill(SOLUTION)
    page.get_by_label("¿Qué cambiaría si se hace?").fill(RESULT)
    page.get_by_label("Tema", exact=True).select_option(label="Ambiente y agua")
    for level, place in (("Provincia", "Azuay"), ("Cantón", "Nabón"), ("Parroquia", "Cochapata")):
        page.get_by_role("combobox", name=level).select_option(label=place)
        if level != "Parroquia":
            page.get_by_role("button", name="Actualizar la lista").click()
            expect(page.get_by_role("combobox", name=level)).to_have_value(re.compile(r"^01"))
    expect(page.get_by_label("¿Qué problema quiere resolver?")).to_have_value(PROBLEM)
    page.get_by_label("A un gobierno local").check()
    journey.shot(page, "form")
    page.get_by_role("button", name="Revisar antes de enviar").click()
    expect(page.get_by_role("heading", name="Revise su propuesta")).to_be_visible()
    expect(page.get_by_role("heading", name=TITLE)).to_be_visible()
    expect(page.get_by_text("Azuay › Nabón › Cochapata")).to_be_visible()
    journey.shot(page, "preview")
    page.get_by_role("button", name="Enviar mi propuesta").click()
    expect(page.get_by_role("heading", name="Recibimos su propuesta")).to_be_visible()
    receipt = page.get_by_role("region", name="Comprobante")
    expect(receipt).to_contain_text(re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b"))
    words = receipt.inner_text()
    journey.folio = re.findall(r"PAGA3-\d{5}", words)[0]
    journey.code = re.findall(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b", words)[0]
    expect(receipt.get_by_role("img", name="Código QR con la dirección de seguimiento")).to_be_visible()
    journey.shot(page, "receipt")
    page.get_by_role("link", name="Seguir mi propuesta").click()
    expect(page).to_have_url(re.compile(rf"/seguimiento/{journey.folio}$"))


def follow(journey: Journey, page: Page) -> None:
    """Another day, another phone: the folio alone tells where it is, the code opens it to its author."""
    page.goto("/seguimiento")
    page.get_by_label("Folio").fill(journey.folio)
    page.get_by_role("button", name="Ver mi propuesta").click()
    expect(page.get_by_role("listitem").filter(has_text="Análisis de admisión")).to_contain_text("en curso")
    expect(page.get_by_role("link", name="Corregirla")).to_have_count(0)
    page.get_by_text("¿Es suya? Entre con su código").click()
    page.get_by_label("Código de seguimiento").fill(journey.code)
    page.get_by_role("button", name="Abrir con mi código").click()
    expect(page.get_by_role("link", name="Corregirla")).to_be_visible()
    journey.shot(page, "follow")


def admit(journey: Journey) -> None:
    """The analyst answers the four questions, with a reason."""
    page = journey.as_("analisis")
    page.goto("/evaluacion/")
    search(page, "Cochapata")
    page.get_by_role("link", name=TITLE).click()
    for criterion in ("Precisión y claridad", "Predisposición de colaboración", "pilares", "política pública"):
        page.get_by_role("group", name=criterion).get_by_label("Sí", exact=True).check()
    page.get_by_label("Motivo").fill(ADMITTED)
    journey.shot(page, "examination")
    page.get_by_role("button", name="Firmar el examen").click()
    told(page, f"{journey.folio} quedó admitida.")


def assign(journey: Journey) -> None:
    """The Directorate opens a round of its own and asks three people, one of each sector."""
    page = journey.as_("direccion")
    page.goto("/evaluacion/")
    page.get_by_role("link", name="Nueva ronda").click()
    page.get_by_label("Nombre").fill("Ronda del agua")
    page.get_by_label("Fecha límite").fill((clock.today() + timedelta(days=1)).isoformat())
    page.get_by_role("button", name="Abrir la ronda").click()
    expect(page.get_by_role("heading", name="Asignar evaluaciones")).to_be_visible()
    journey.round = page.url.split("/")[-2]
    search(page, "Cochapata")
    page.get_by_label(TITLE).check()
    for name, _comment in REVIEWERS.values():
        page.get_by_label(name).check()
    journey.shot(page, "assign")
    page.get_by_role("button", name="Pedir las evaluaciones").click()
    told(page, "Se pidieron 3 evaluaciones.")


def score(journey: Journey) -> None:
    """Three people score; nobody sees the others before sending. The third uses the keyboard only."""
    for account, value in (("revision.estado", "3"), ("revision.sociedad", "2")):
        page = journey.as_(account)
        page.goto("/evaluacion/")
        page.get_by_role("link", name=TITLE).click()
        page.get_by_role("button", name="Enviar", exact=True).wait_for()
        for group in page.locator("form").get_by_role("group").filter(has=page.get_by_role("radio")).all():
            choice = group.get_by_role("radio", name=re.compile(rf"^{value}\b"))
            (choice if choice.count() else group.get_by_role("radio", name="No aplica")).check()
        page.get_by_label("Comentario general").fill(REVIEWERS[account][1])
        if value == "2":
            expect(page.get_by_text(REVIEWERS["revision.estado"][1])).to_have_count(0)
            journey.shot(page, "review")
        page.get_by_role("button", name="Enviar", exact=True).click()
        told(page, "Evaluación enviada. Gracias.")
    expect(page.get_by_text(REVIEWERS["revision.estado"][1])).to_be_visible()
    score_by_keyboard(journey)


def score_by_keyboard(journey: Journey) -> None:
    """Open one's list, walk to the proposal, score every criterion, write and send: without a pointer."""
    page = journey.as_("revision.academia")
    page.goto("/evaluacion/")
    tab_to(page, page.get_by_role("link", name=TITLE))
    page.keyboard.press("Enter")
    radios = page.get_by_role("radio")
    expect(page.locator(".review__keys")).to_be_visible()  # the script listens
    groups = page.locator("form").get_by_role("group").filter(has=radios)
    tab_to(page, radios.first)
    for n in range(groups.count()):
        page.keyboard.press("0" if n == 0 else "3")
        page.keyboard.press("j")
    expect(page.get_by_role("radio", checked=True)).to_have_count(groups.count())
    tab_to(page, page.get_by_label("Comentario general"))
    page.keyboard.type(REVIEWERS["revision.academia"][1])
    tab_to(page, page.get_by_role("button", name="Enviar", exact=True))
    page.keyboard.press("Enter")
    told(page, "Evaluación enviada. Gracias.")
    journey.shot(page, "sent-by-keyboard")


def finish(journey: Journey) -> None:
    """The Directorate declares evaluated what all three have sent."""
    page = journey.as_("direccion")
    page.goto(f"/evaluacion/rondas/{journey.round}")
    journey.shot(page, "round")
    page.get_by_role("link", name="Dar por evaluadas").click()
    page.get_by_role("button", name="Dar por evaluadas").click()
    told(page, "1 propuesta quedó evaluada.")


def decide(journey: Journey) -> None:
    """The core group opens a session for the round and puts the proposal in the plan, with a reason."""
    page = journey.as_("nucleo")
    page.goto("/seleccion/")
    page.get_by_label("Título").fill("Sesión del agua")
    page.get_by_label("Día de la sesión").fill(clock.today().isoformat())
    page.get_by_label("Quién decide").fill("Grupo Núcleo, por consenso")
    choose(page.get_by_label("Sobre qué propuestas decide"), "Ronda del agua")
    page.get_by_role("button", name="Abrir la sesión").click()
    page.get_by_role("link", name=TITLE).click()
    page.get_by_label("En el plan:").check()
    page.get_by_label("Razón pública").fill(DECIDED)
    journey.shot(page, "decision")
    page.get_by_role("button", name="Guardar la decisión").click()
    told(page, "Decisión guardada.")
    guest = journey.open(phone=True)
    guest.goto(f"/propuestas/{journey.folio}")
    expect(guest.get_by_role("heading", name=TITLE)).to_be_visible()
    expect(guest.get_by_text(DECIDED)).to_have_count(0)


def publish(journey: Journey) -> None:
    """The Directorate reads the letters and publishes them together."""
    page = journey.as_("direccion")
    page.goto("/seleccion/")
    page.get_by_role("link", name="Sesión del agua").click()
    page.get_by_role("link", name="Revisar y publicar").click()
    expect(page.get_by_text(DECIDED)).to_be_visible()
    journey.shot(page, "letters")
    page.get_by_text("Publicar todas las decisiones").click()
    page.get_by_role("button", name="Sí, continuar").click()
    told(page, "Se publicó 1 decisión.")
    expect(page.get_by_text(DECIDED)).to_be_visible()


def draft(journey: Journey) -> None:
    """The Directorate writes the commitment out of the proposal, names who is bound and sets two milestones."""
    page = journey.as_("direccion")
    start, end = clock.today() - timedelta(days=20), clock.today() + timedelta(days=360)
    page.goto("/compromisos/?plan=PAGA3")
    page.get_by_role("link", name="Redactar un compromiso").click()
    page.get_by_label(journey.folio).check()
    page.get_by_label("Título", exact=True).fill(COMMITMENT)
    fill(page, DRAFTED)
    page.get_by_label("Inicio").fill(start.isoformat())
    page.get_by_label("Fin", exact=True).fill(end.isoformat())
    page.get_by_label("Presupuesto").fill("12500,50")
    journey.shot(page, "draft")
    page.get_by_role("button", name="Guardar").click()
    told(page, "Se guardó el borrador.")
    journey.reference = re.findall(r"PAGA3-\d+", page.url)[0]
    page.get_by_role("link", name="Participantes").click()
    bind(page, "Ministerio de Ambiente y Energía", "Responsable", leads=True)
    bind(page, "Fundación Ejemplo Agua Común", "Contraparte", leads=False)
    page.get_by_role("link", name="Volver al compromiso").click()
    publish_it = "Publicar los análisis de cada mes", "Página con los análisis de las cinco juntas", "Implementación"
    set_milestone(page, *publish_it, start + timedelta(days=200))
    weigh_it = "Evaluar con las familias qué cambió", "Informe leído en asamblea", "Evaluación"
    set_milestone(page, *weigh_it, start + timedelta(days=340))


def set_milestone(page: Page, title: str, output: str, kind: str, end: date) -> None:
    """Add a milestone on the page of the commitment."""
    page.get_by_role("link", name="Añadir un hito").click()
    page.get_by_label("¿Qué se hará?").fill(title)
    page.get_by_label("Producto que se podrá comprobar").fill(output)
    page.get_by_label(kind).check()
    page.get_by_label("Fin", exact=True).fill(end.isoformat())
    press(page, "Guardar")
    told(page, "El hito se añadió.")


def bind(page: Page, organisation: str, role: str, *, leads: bool) -> None:
    """Name who is bound, on the page of participants."""
    choose(page.get_by_label("Organización"), organisation)
    page.get_by_label(role).check()
    if leads:
        page.get_by_label("Coordina el compromiso").check()
    press(page, "Guardar")
    told(page, "Se guardó la participación.")


def agree(journey: Journey) -> None:
    """The Directorate prepares the agreement with its PDF; each side signs with its own account."""
    page = journey.as_("direccion")
    page.goto(f"/compromisos/{journey.reference}")
    expect(page.get_by_text("No tiene acuerdo.")).to_be_visible()
    page.get_by_role("link", name="Acuerdo").click()
    (journey.files / "acuerdo.pdf").write_bytes(PDF)
    page.get_by_label("Texto del acuerdo").fill(AGREED)
    page.get_by_label("Documento en PDF").set_input_files(journey.files / "acuerdo.pdf")
    page.get_by_role("button", name="Guardar el acuerdo").click()
    told(page, "El acuerdo está listo para firmar.")
    for account, name, post in (
        ("institucion", "Gladys Modelo Pazmiño", "Punto focal"),
        ("contraparte", "Saúl Ficticio Caluña", "Coordinador"),
    ):
        page = journey.as_(account)
        page.goto(f"/compromisos/{journey.reference}")
        page.get_by_role("link", name="Leer y firmar el acuerdo").click()
        expect(page.get_by_text(AGREED)).to_be_visible()
        page.get_by_label("Nombre de quien firma").fill(name)
        page.get_by_label("Cargo").fill(post)
        page.get_by_label("Fecha de la firma").fill(clock.today().isoformat())
        page.get_by_role("button", name="Registrar la firma").click()
        told(page, "La firma quedó registrada.")
    journey.shot(page, "agreement")


def formalize(journey: Journey) -> None:
    """The Directorate confirms and formalizes."""
    page = journey.as_("direccion")
    page.goto(f"/compromisos/{journey.reference}")
    page.get_by_text("Confirmar el compromiso").first.click()
    page.locator("#motivo-confirm").fill("Las familias lo acordaron en asamblea.")
    press(page, "Confirmar el compromiso")
    told(page, "El cambio quedó registrado.")
    page.get_by_text("Formalizar el compromiso").click()
    press(page, "Sí, continuar")
    told(page, "El cambio quedó registrado.")
    expect(page.get_by_text("Formalizado", exact=True).first).to_be_visible()
    journey.shot(page, "formalized")


def report(journey: Journey) -> None:
    """The institution tells what it did, with a file and a link."""
    page = journey.as_("institucion")
    page.goto(f"/compromisos/{journey.reference}")
    page.get_by_role("link", name="Reportar avance del hito 1").click()
    (journey.files / "analisis.csv").write_bytes(CSV)
    page.get_by_label("Ejecución").check()
    page.get_by_label("Avance (de 0 a 100)").fill("40")
    page.get_by_label("¿Qué se hizo?").fill(REPORTED)
    first, second = (page.get_by_role("group", name=f"Evidencia {n}") for n in (1, 2))
    first.get_by_label("¿Qué es?").fill("Análisis de las juntas")
    first.get_by_label("o archivo").set_input_files(journey.files / "analisis.csv")
    second.get_by_label("¿Qué es?").fill("Cartelera de febrero")
    second.get_by_label("Enlace").fill(LINK)
    journey.shot(page, "report")
    page.get_by_role("button", name="Publicar el reporte").click()
    told(page, "Su reporte ya es público.")


def dispute(journey: Journey) -> None:
    """The counterpart does not agree, and says why."""
    page = journey.as_("contraparte")
    page.goto(f"/compromisos/{journey.reference}")
    page.get_by_role("link", name="Responder a este reporte").click()
    expect(page.get_by_text(REPORTED)).to_be_visible()
    page.get_by_label("Disputado").check()
    page.get_by_label("Su explicación").fill(DISPUTED)
    journey.shot(page, "dispute")
    page.get_by_role("button", name="Publicar la respuesta").click()
    told(page, "Su respuesta ya es pública")


def read_all(journey: Journey, page: Page) -> None:
    """The guest reads the whole story of the proposal, and both voices on the commitment, with the files' hashes."""
    page.goto(f"/propuestas/{journey.folio}")
    journey.shot(page, "proposal")
    story = page.get_by_role("list", name="Historia de la propuesta")
    for words in ("Recibida", ADMITTED, "3 de 3 revisiones enviadas.", DECIDED, f"Compromiso {journey.reference}"):
        expect(story).to_contain_text(words)
    expect(page.get_by_role("heading", name="En el plan", exact=True)).to_be_visible()
    expect(page.get_by_text("Grupo Núcleo, por consenso")).to_be_visible()
    page.get_by_role("link", name=f"{journey.reference}: {COMMITMENT}").click()
    expect(page).to_have_url(re.compile(rf"/compromisos/{journey.reference}$"))
    journey.shot(page, "commitment")
    expect(page.get_by_role("heading", name=COMMITMENT)).to_be_visible()
    expect(page.get_by_text("Formalizado", exact=True).first).to_be_visible()
    expect(page.get_by_text("USD 12.500,50")).to_be_visible()
    milestone = page.get_by_role("article", name="Hito 1")
    expect(milestone.get_by_role("link", name=LINK)).to_have_attribute("href", LINK)
    voices = ("Lo que dice la institución", REPORTED, "Lo que dice la contraparte ciudadana", DISPUTED)
    expect(milestone).to_contain_text(DISPUTED)
    said = milestone.text_content() or ""
    places = [said.index(words) for words in voices]
    assert places == sorted(places)
    assert "Disputado" in said[places[2] : places[3]]
    for content in (CSV, PDF):
        digest = hashlib.sha256(content).hexdigest()
        page.get_by_text(f"Huella SHA-256: {digest[:12]}…").click()
        expect(page.get_by_text(digest, exact=True)).to_be_visible()
    with page.expect_download() as kept:
        page.get_by_role("link", name="analisis.csv").click()
    assert kept.value.path().read_bytes() == CSV
    page.get_by_role("link", name=journey.folio).click()
    expect(page.get_by_role("heading", name=TITLE)).to_be_visible()


def search(page: Page, words: str) -> None:
    """Look for words in the list on the page."""
    box = page.get_by_role("search", name="Buscar y filtrar")
    box.get_by_label("Buscar", exact=True).fill(words)
    with page.expect_navigation():
        box.get_by_role("button", name="Aplicar").click()


def press(page: Page, name: str) -> None:
    """Press a button and wait for the page that follows: it may say the same as the one before."""
    with page.expect_navigation():
        page.get_by_role("button", name=name).click()


def told(page: Page, words: str) -> None:
    """The page says so, in a region that screen readers read out."""
    expect(page.get_by_role("status").filter(has_text=words)).to_be_visible()


def choose(select: Locator, words: str) -> None:
    """Choose the option that has these words."""
    option = select.get_by_role("option").filter(has_text=words)
    select.select_option(value=option.get_attribute("value"))


def fill(page: Page, texts: dict[str, str]) -> None:
    """Type each text in the field with that label."""
    for label, text in texts.items():
        page.get_by_label(label).first.fill(text)
