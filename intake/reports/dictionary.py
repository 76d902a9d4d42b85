"""The dictionary of the published tables: name, meaning and unit of each column, in the order of the queries."""

from __future__ import annotations

from typing import NamedTuple

from intake.core.i18n import Text
from intake.core.i18n import lazy_gettext as _l

_ISO_DATE = _l("fecha AAAA-MM-DD")
_ISO_INSTANT = _l("fecha y hora ISO 8601, UTC")
_LIST = _l("lista separada por «;»")


class Column(NamedTuple):
    """A published column: its name, what it means, and its unit or format where it has one."""

    name: str
    meaning: Text
    unit: Text | str = ""


PROPOSALS = (
    Column("folio", _l("Referencia pública de la propuesta")),
    Column("plan", _l("Código del plan de acción")),
    Column("tipo", _l("Propuesta ciudadana o integrada por un grupo de trabajo"), "citizen, integrated"),
    Column("estado", _l("Estado actual")),
    Column("titulo", _l("Título")),
    Column("problema", _l("El problema, como lo escribió quien propone")),
    Column("solucion", _l("La solución propuesta")),
    Column("resultado_esperado", _l("El resultado que se espera")),
    Column("tema", _l("Código del tema")),
    Column("territorio", _l("Código INEC del territorio"), _l("texto de 2, 4 o 6 cifras; EC es el país")),
    Column("ambito", _l("Función del Estado o nivel de gobierno")),
    Column("canal", _l("Cómo llegó"), "web, mesa, papel, curso"),
    Column("enfoques", _l("Enfoques transversales"), _LIST),
    Column("organizacion", _l("Organización que propone, si eligió que se la nombre")),
    Column("fecha", _l("Cuándo se recibió"), _ISO_INSTANT),
    Column("decision", _l("Categoría de la decisión publicada"), "in_plan, reserve, outside_plan, next_plan"),
    Column("decision_motivo", _l("Motivo público de la decisión")),
    Column("fuente", _l("Dónde se publicó, para planes anteriores")),
)

COMMITMENTS = (
    Column("referencia", _l("Referencia pública del compromiso")),
    Column("plan", _l("Código del plan de acción")),
    Column("numero", _l("Número dentro del plan")),
    Column("estado", _l("Estado actual")),
    Column("titulo", _l("Título en castellano; vacío si ninguna fuente pública lo da")),
    Column("titulo_en", _l("Título en inglés")),
    Column("nota_titulo", _l("Por qué falta el título")),
    Column("tema", _l("Código del tema, según nuestra clasificación")),
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
    Column("numero", _l("Número dentro del compromiso")),
    Column("tipo", _l("Qué produce")),
    Column("estado", _l("Estado actual")),
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
    Column("sector", _l("Código del sector")),
    Column("sitio_web", _l("Sitio web")),
    Column("territorios", _l("Códigos INEC donde actúa"), _LIST),
    Column("temas", _l("Códigos de sus temas"), _LIST),
    Column("ficticio", _l("Si es inventado para la demostración"), "true, false"),
)

PARTICIPATION = (
    Column("plan", _l("Código del plan de acción")),
    Column("mesa", _l("Identificador de la mesa o encuentro; vacío si la cifra es de todo el plan")),
    Column("total", _l("Personas en total"), _l("personas")),
    Column("dimension", _l("Por qué se contó")),
    Column("categoria", _l("Categoría dentro de la dimensión")),
    Column(
        "personas",
        _l("Personas de esa categoría; vacío si en una mesa son menos de cinco y se las podría reconocer"),
        _l("personas"),
    ),
    Column("fuente", _l("De dónde viene la cifra")),
)

FIGURES = (
    Column("plan", _l("Código del plan de acción")),
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
