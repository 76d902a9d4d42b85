"""Tables that people bring and take: CSV and XLSX in, row by row with line numbers; CSV, XLSX and JSON out, as streams.

Knows nothing of what the rows mean: `intake.mapping.importing` and `intake.reception.services.importing` do.
"""

from intake.core.tabular.problems import Problem, Problems, Refused
from intake.core.tabular.reading import PAGE_LIMITS, Columns, Limits, Row, rows
from intake.core.tabular.source import Source
from intake.core.tabular.writing import FORMATS, MEDIA_TYPES, as_csv, as_json, as_xlsx, csv_lines, stream

__all__ = [
    "FORMATS",
    "MEDIA_TYPES",
    "PAGE_LIMITS",
    "Columns",
    "Limits",
    "Problem",
    "Problems",
    "Refused",
    "Row",
    "Source",
    "as_csv",
    "as_json",
    "as_xlsx",
    "csv_lines",
    "rows",
    "stream",
]
