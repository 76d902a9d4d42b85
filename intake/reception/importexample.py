"""The row of the file that is offered to be filled in and imported."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from intake.core.tabular import Row

#: By the columns of `importrows.COLUMNS`; what it says is made up, and says so.
EXAMPLE: Mapping[str, str] = {
    "titulo": "Ejemplo: publicar cada mes los análisis del agua potable",
    "problema": "Ejemplo: el agua llega turbia y nadie sabe si se puede beber.",
    "solucion": "Ejemplo: publicar los resultados del laboratorio en la cartelera y en internet.",
    "resultado_esperado": "Ejemplo: cada familia sabe qué agua bebe.",
    "tema": "datos-abiertos",
    "provincia": "Azuay",
    "enfoques": "ambiente",
    "ambito": "subnacional",
    "canal": "papel",
    "proponente": "Persona de Ejemplo",
    "correo": "persona@ejemplo.example",
    "id_externo": "ejemplo-1",
}


def is_example(row: Row) -> bool:
    """Whether it is the example that nobody deleted."""
    return all(row[name] == EXAMPLE[name] for name in ("titulo", "problema", "solucion"))
