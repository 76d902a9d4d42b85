"""The words of printed sheets in Spanish and, where speakers have translated them, Kichwa; and of their states."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from intake.core.i18n import CATALOGUES, force_locale
from intake.core.i18n import lazy_gettext as _l
from intake.reception.sheets import SheetState

if TYPE_CHECKING:
    from intake.core.i18n import Text

STATES: dict[SheetState, tuple[Text, str]] = {
    SheetState.WAITING: (_l("Sin digitar"), "neutral"),
    SheetState.SCANNED: (_l("Escaneada, sin digitar"), "progress"),
    SheetState.ILLEGIBLE: (_l("No se pudo leer"), "warning"),
    SheetState.SPOILT: (_l("Anulada"), "neutral"),
    SheetState.KEYED: (_l("Digitada"), "good"),
    SheetState.SECOND: (_l("Espera la segunda digitación"), "progress"),
    SheetState.DISPUTED: (_l("Con diferencias por resolver"), "warning"),
    SheetState.CHECKED: (_l("Digitada dos veces"), "good"),
}

FIELD_WORDS: dict[str, Text] = {
    "title": _l("Título"),
    "problem": _l("Problema"),
    "solution": _l("Propuesta"),
    "expected_result": _l("Qué cambiaría"),
    "theme": _l("Tema"),
    "territory": _l("Lugar"),
    "branch": _l("A quién se dirige"),
    "proposer_kind": _l("Quién propone"),
    "organisation_name": _l("Nombre de la organización"),
    "public_name": _l("Nombre que verá el público"),
    "contact_name": _l("Nombre de la persona"),
    "contact_email": _l("Correo"),
    "contact_phone": _l("Teléfono"),
    "dated_on": _l("Fecha escrita en la hoja"),
}

#: What is printed. A line without Kichwa in the catalogue leaves room for a speaker's hand: nobody invents Kichwa.
PRINTED: dict[str, Text] = {
    "heading": _l("Su propuesta para el Gobierno Abierto"),
    "title": _l("En pocas palabras, ¿qué propone?"),
    "problem": _l("¿Qué problema hay? ¿Dónde y a quién afecta?"),
    "solution": _l("¿Qué propone? ¿Quién tendría que hacerlo?"),
    "result": _l("¿Qué cambiaría si se hace?"),
    "theme": _l("Tema (número)"),
    "place": _l("Lugar (provincia, cantón)"),
    "branch": _l("¿A quién se dirige?"),
    "who": _l("¿Quién propone?"),
    "person": _l("Yo, a título personal"),
    "organisation": _l("Organización:"),
    "shown": _l("¿Qué nombre se publica?"),
    "shown_none": _l("Ninguno"),
    "shown_mine": _l("El mío"),
    "shown_organisation": _l("De la organización"),
    "contact": _l("Si quiere respuesta: nombre, teléfono, correo"),
    "consent": _l("Acepto que guarden estos datos solo para responderme sobre esta propuesta."),
    "date": _l("Fecha"),
    "receipt": _l("Su comprobante: córtelo y guárdelo"),
    "folio": _l("Folio"),
    "code": _l("Código"),
    "promise": _l("Su propuesta se podrá leer a más tardar el"),
    "where": _l("Véala con el folio y el código en"),
}


class Printed(NamedTuple):
    """A line in two languages; ``qu`` is None where the catalogue has no Kichwa for it."""

    es: str
    qu: str | None


def printed() -> dict[str, Printed]:
    """Every line of a sheet, whatever language the reader of the page has chosen."""
    with force_locale(CATALOGUES["es"]):
        spanish = {name: str(text) for name, text in PRINTED.items()}
    with force_locale(CATALOGUES["qu"]):
        kichwa = {name: str(text) for name, text in PRINTED.items()}
    return {name: Printed(es, kichwa[name] if kichwa[name] != es else None) for name, es in spanish.items()}
