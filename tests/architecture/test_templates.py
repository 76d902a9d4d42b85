"""Templates: they compile, carry no inline code, import only what they use, and every word can be translated."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask import Flask

from config import ROOT

FOLDER = Path(ROOT, "templates")
NAMES = sorted(str(p.relative_to(FOLDER)) for p in FOLDER.rglob("*.html"))
#: Names of our own, marks that are the same in every language, and attributes that a macro writes as text.
SAME_EVERYWHERE = re.compile(
    r"data-i18n[\w.-]*|govuk-[\w-]+|gap(?=EXPR)|Intake|PAGA\d?|SHA-256|CSV|JSON|XLSX|PDF|OGP|IRM|ODS|URL|RUC|TOTP|QR|"
    r"CC BY 4\.0|MIT|USD|INEC|WCAG 2\.2 AA|API|ICS|KB|MB|EXPR|&[a-z]+;"
)
SPOKEN = {"title", "aria-label", "placeholder", "alt", "aria-description", "aria-roledescription", "label"}


class Words(HTMLParser):
    """Collects text and spoken attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        self.found.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.extend(v for k, v in attrs if k in SPOKEN and v)

    handle_startendtag = handle_starttag


def markup_of(app: Flask, name: str) -> str:
    """The template's own markup, a mark where an expression stands; comments, statements, trans blocks left out."""
    parts, in_trans, depth = [], False, None
    for _line, kind, value in app.jinja_env.lex((FOLDER / name).read_text(encoding="utf-8")):
        if kind == "block_begin":
            depth = []
        elif kind == "block_end":
            words = [w for w in depth or [] if w.strip()]
            if words and words[0] == "trans":
                in_trans = True
            elif words and words[0] == "endtrans":
                in_trans = False
            depth = None
        elif kind == "variable_begin":
            parts.append("EXPR")
        elif depth is not None and kind == "name":
            depth.append(value)
        elif kind == "data" and not in_trans:
            parts.append(value)
    return "".join(parts)


@pytest.mark.parametrize("name", NAMES)
class TestTemplate:
    def test_compiles_without_inline_code(self, session_app: Flask, name: str) -> None:
        session_app.jinja_env.get_template(name)
        markup = markup_of(session_app, name)
        assert re.findall(r"<style|\sstyle\s*=|\son[a-z]+\s*=|javascript:|<script(?![^>]*\ssrc=)", markup) == []

    def test_every_word_can_be_translated(self, session_app: Flask, name: str) -> None:
        parser = Words()
        parser.feed(markup_of(session_app, name))
        bare = [w.strip() for w in parser.found if re.search(r"[A-Za-zÁÉÍÓÚÑáéíóúñ]{2,}", SAME_EVERYWHERE.sub("", w))]
        assert bare == []

    def test_imports_only_what_it_uses(self, session_app: Flask, name: str) -> None:
        source = (FOLDER / name).read_text(encoding="utf-8")
        unused = []
        for names in re.findall(r"{%-? from [^%]+ import ([^%]+?)(?: with context)? -?%}", source):
            for one in names.split(","):
                local = one.split(" as ")[-1].strip()
                if len(re.findall(rf"\b{re.escape(local)}\b", source)) < 2:
                    unused.append(local)
        assert unused == []
