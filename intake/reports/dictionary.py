"""The dictionary of the published tables: name, meaning and unit of each column, in the order of the queries."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

from intake.core.i18n import CATALOGUES, Text, force_locale
from intake.core.i18n import lazy_gettext as _l
from intake.core.labels import label
from intake.reception.inputs import public_status

_ISO_DATE = _l("fecha AAAA-MM-DD")
_ISO_INSTANT = _l("fecha y hora ISO 8601, UTC")
_LIST = _l("lista separada por «;»")


class Column(NamedTuple):
    """A published column: its name, what it means, its unit or format where it has one, and how a value is put."""

    name: str
    meaning: Text
    unit: Text | str = ""
    words: Callable[[Any], Any] | None = None


@lru_cache(maxsize=1_000, typed=True)  # members of two vocabularies may be equal as text
def spanish(code: Any) -> str:
    """The words of a code, in Spanish whoever downloads: a file keeps one language."""
    with force_locale(CATALOGUES["es"]):
        return label(code)


def _status(code: Any) -> str:
    return spanish(public_status(code))


def yes_or_no(value: Any) -> str:
    """A truth as a spreadsheet's reader expects it."""
    return "sí" if value else "no"


_FICTIONAL = Column("ficticio", _l("Si es inventado para la demostración"), "sí, no", yes_or_no)


PROPOSALS = (
    Column("folio", _l("Referencia pública de la propuesta")),
    Column("plan", _l("Código del plan de acción")),
    _FICTIONAL,
    Column("tipo", _l("Propuesta ciudadana o integrada por un grupo de trabajo"), "citizen, integrated"),
    Column("tipo_texto", _l("El tipo, en palabras"), "", spanish),
    Column("estado", _l("Estado actual")),
    Column("estado_texto", _l("El estado, en palabras"), "", _status),
    Column("titulo", _l("Título")),
    Column("problema", _l("El problema, como lo escribió quien propone")),
    Column("solucion", _l("La solución propuesta")),
    Column("resultado_esperado", _l("El resultado que se espera")),
    Column("tema", _l("Código del tema")),
    Column("tema_nombre", _l("Nombre del tema")),
    Column("territorio", _l("Código INEC del territorio"), _l("texto de 2, 4 o 6 cifras; EC es el país")),
    Column("territorio_nombre", _l("Nombre del territorio")),
    Column("ambito", _l("Función del Estado o nivel de gobierno")),
    Column("ambito_texto", _l("El ámbito, en palabras"), "", spanish),
    Column("canal", _l("Cómo llegó"), "web, mesa, papel, curso"),
    Column("enfoques", _l("Enfoques transversales"), _LIST),
    Column("organizacion", _l("Organización que propone, si eligió que se la nombre")),
    Column("fecha", _l("Cuándo se recibió"), _ISO_INSTANT),
    Column("decision", _l("Categoría de la decisión publicada"), "in_plan, reserve, outside_plan, next_plan"),
    Column("decision_texto", _l("La decisión, en palabras"), "", spanish),
    Column("decision_motivo", _l("Motivo público de la decisión")),
    Column("fuente", _l("Dónde se publicó, para planes anteriores")),
)

COMMENTS = (
    Column("folio", _l("Referencia pública de la propuesta")),
    Column("plan", _l("Código del plan de acción")),
    _FICTIONAL,
    Column("numero", _l("Número del comentario dentro de la propuesta")),
    Column("responde_a", _l("Número del comentario al que responde")),
    Column("oficial", _l("Si es una respuesta oficial del equipo"), "sí, no", yes_or_no),
    Column("postura", _l("Cómo se ubica frente a la propuesta"), "for, against, neutral"),
    Column("postura_texto", _l("La postura, en palabras"), "", spanish),
    Column("texto", _l("Lo que dice; vacío si se ocultó")),
    Column("fecha", _l("Cuándo se publicó"), _ISO_INSTANT),
    Column("editado", _l("Cuándo lo corrigió su autor"), _ISO_INSTANT),
    Column("oculto", _l("Cuándo se ocultó"), _ISO_INSTANT),
    Column("regla", _l("Regla publicada por la que se ocultó")),
    Column("regla_texto", _l("La regla, en palabras"), "", spanish),
    Column("por_maquina", _l("Si lo ocultó una máquina"), "sí, no", yes_or_no),
    Column("apelacion", _l("Qué fue de la apelación de su autor"), "open, granted, refused"),
)

COMMITMENTS = (
    Column("referencia", _l("Referencia pública del compromiso")),
    Column("plan", _l("Código del plan de acción")),
    _FICTIONAL,
    Column("numero", _l("Número dentro del plan")),
    Column("estado", _l("Estado actual")),
    Column("estado_texto", _l("El estado, en palabras"), "", spanish),
    Column("titulo", _l("Título en castellano; vacío si ninguna fuente pública lo da")),
    Column("titulo_en", _l("Título en inglés")),
    Column("nota_titulo", _l("Por qué falta el título")),
    Column("tema", _l("Código del tema, según nuestra clasificación")),
    Column("tema_nombre", _l("Nombre del tema")),
    Column("empieza", _l("Inicio"), _ISO_DATE),
    Column("termina", _l("Fin vigente"), _ISO_DATE),
    Column("avance", _l("Media del avance de sus hitos"), _l("por ciento, 0 a 100")),
    Column("avance_publicado", _l("Avance que publicó la fuente oficial"), _l("por ciento, 0 a 100")),
    Column("responsables", _l("Identificadores de las instituciones responsables"), _LIST),
    Column("contrapartes", _l("Identificadores de las contrapartes"), _LIST),
    Column("propuestas", _l("Folios de las propuestas de las que nació"), _LIST),
)

MILESTONES = (
    Column("compromiso", _l("Referencia del compromiso")),
    _FICTIONAL,
    Column("numero", _l("Número dentro del compromiso")),
    Column("tipo", _l("Qué produce")),
    Column("tipo_texto", _l("El tipo, en palabras"), "", spanish),
    Column("estado", _l("Estado actual")),
    Column("estado_texto", _l("El estado, en palabras"), "", spanish),
    Column("hito", _l("Descripción")),
    Column("producto", _l("Producto verificable")),
    Column("empieza", _l("Inicio vigente"), _ISO_DATE),
    Column("termina", _l("Fin vigente"), _ISO_DATE),
    Column("terminaba", _l("Fin antes de la reprogramación"), _ISO_DATE),
    Column("avance", _l("Avance del último reporte, o de la fuente"), _l("por ciento, 0 a 100")),
    Column("avance_al", _l("Día de ese avance"), _ISO_DATE),
)

ACTORS = (
    Column("identificador", _l("Parte final de su dirección en este sitio")),
    Column("nombre", _l("Nombre")),
    Column("siglas", _l("Siglas")),
    Column("tipo", _l("Qué es")),
    Column("tipo_texto", _l("El tipo, en palabras"), "", spanish),
    Column("sector", _l("Código del sector")),
    Column("sitio_web", _l("Sitio web")),
    Column("territorios", _l("Códigos INEC donde actúa"), _LIST),
    Column("territorios_nombres", _l("Nombres de esos lugares"), _LIST),
    Column("temas", _l("Códigos de sus temas"), _LIST),
    _FICTIONAL,
)

PARTICIPATION = (
    Column("plan", _l("Código del plan de acción")),
    _FICTIONAL,
    Column("mesa", _l("Identificador de la mesa o encuentro; vacío si la cifra es de todo el plan")),
    Column("total", _l("Personas en total"), _l("personas")),
    Column("dimension", _l("Por qué se contó")),
    Column("dimension_texto", _l("La dimensión, en palabras"), "", spanish),
    Column("categoria", _l("Categoría dentro de la dimensión")),
    Column("categoria_texto", _l("La categoría, en palabras"), "", spanish),
    Column("personas", _l("Personas de esa categoría; vacío si en una mesa no se publica"), _l("personas")),
    Column(
        "reserva",
        _l("Por qué está vacío: son de una a cuatro personas, o con ese número se las podría calcular"),
        "menos de 5, no se publica",
    ),
    Column("fuente", _l("De dónde viene la cifra")),
)

FIGURES = (
    Column("plan", _l("Código del plan de acción")),
    _FICTIONAL,
    Column("clave", _l("Nombre de la cifra para máquinas")),
    Column("etiqueta", _l("Qué dice la cifra")),
    Column("etiqueta_en", _l("Qué dice la cifra, en inglés")),
    Column("valor", _l("El número publicado")),
    Column("unidad", _l("Unidad del número")),
    Column("al", _l("Día al que corresponde"), _ISO_DATE),
    Column("fuente", _l("Quién la publicó")),
    Column("direccion", _l("Dirección de la fuente"), "URL"),
    Column("nota", _l("Aclaración")),
)
