"""Files and people that come with a POST of the form: each is kept at once, whatever becomes of the rest."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flask import g, request

from forms.reception_pieces import ADD_PERSON, ATTACH, BUTTONS, DESCRIPTION, DETACH, DROP_PERSON, TOO_HEAVY
from forms.uploads import FILE_LIMIT, upload_of
from intake.core.errors import Invalid
from intake.core.i18n import lazy_gettext as _l
from intake.core.text import clean, number_of
from intake.reception.services import attachments, inviting
from intake.web.access import principal

if TYPE_CHECKING:
    from collections.abc import Callable

    from intake.core.i18n import Text
    from models import Proposal


@dataclass
class Outcome:
    """What became of them: ``errors`` by the name of the field; ``asked`` whether the POST brought any."""

    asked: bool = False
    kept: set[str] = field(default_factory=set)
    errors: dict[str, Text] = field(default_factory=dict)

    def attempt(self, what: str, call: Callable[[], object]) -> None:
        """Do it, or note why not; the fields of ``what`` are empty afterwards only if it was done."""
        self.asked = True
        try:
            call()
        except Invalid as error:
            self.errors[error.field or what] = error.message
        else:
            self.kept.add(what)

    def show_on(self, form: Any) -> None:
        """Empty the fields of what was kept, and put on the others what is wrong."""
        emptied = {"file": ("file_description",), "person_name": ("person_name", "person_email")}
        for what in self.kept:
            for name in emptied.get(what, ()):
                form[name].data = ""
        for name, message in self.errors.items():
            form[name].errors = [*form[name].errors, message]


def is_forged() -> bool:
    """Whether the POST is good for nothing but showing its text again: too old, or refused just now (`again`)."""
    return bool(g.get("csrf_failed", False) or g.get("refusal"))


def asks(form: Any) -> bool:
    """Whether a POST brings a file or a person, or presses a button of theirs."""
    typed = "person_name" in form and (form.person_name.data or form.person_email.data)
    return bool(_has_file(form) or typed) or any(name in request.form for name in (*BUTTONS, TOO_HEAVY))


def _has_file(form: Any) -> bool:
    return bool(getattr(form.file.data, "filename", ""))


def keep(proposal: Proposal, form: Any) -> Outcome:
    """Do what the POST asks for. ``form`` is only read; load the proposal again where something was asked."""
    done = Outcome()
    if is_forged():
        if _has_file(form) and not g.get("refusal"):
            done.errors["file"] = _l("La página llevaba mucho tiempo abierta: elija el archivo otra vez.")
        return done
    by = principal()
    words = {n.removeprefix(DESCRIPTION): text for n, text in request.form.items() if n.startswith(DESCRIPTION)}
    if words:
        done.attempt("descriptions", lambda: attachments.describe(proposal, words, by=by))
    if DETACH in request.form:
        done.attempt("detached", lambda: attachments.detach(proposal, request.form[DETACH], by=by))
    _keep_file(proposal, form, done)
    if "person_name" in form:
        _keep_people(proposal, form, done)
    return done


def _keep_file(proposal: Proposal, form: Any, done: Outcome) -> None:
    by, upload = principal(), upload_of(form.file)
    if upload is not None:
        said, address = form.file_description.data or "", request.remote_addr or ""
        done.attempt("file", lambda: attachments.attach(proposal, upload, said, by=by, address=address))
        form.file.data.close()
        if "file" in done.errors:
            done.errors["file"] = _not_taken(upload.name, done.errors["file"])
    elif heavy := request.form.get(TOO_HEAVY, ""):
        done.asked, done.errors["file"] = True, _not_taken(heavy, FILE_LIMIT["data-too-large"])
    elif ATTACH in request.form:
        done.asked, done.errors["file"] = True, _l("Elija primero un archivo.")


def _not_taken(name: str, why: Text) -> Text:
    """Which file it was, and why: beside it the page may say that the rest is kept."""
    told: Text = _l("No se adjuntó «%(name)s». %(why)s", name=clean(name)[:120], why=why)
    return told


def _keep_people(proposal: Proposal, form: Any, done: Outcome) -> None:
    by = principal()
    dropped = number_of(request.form.get(DROP_PERSON))
    if dropped is not None:
        done.attempt("dropped", lambda: inviting.take_back(proposal, dropped, by=by))
    name, email = form.person_name.data or "", form.person_email.data or ""
    if name or email:
        address = request.remote_addr or ""
        done.attempt("person_name", lambda: inviting.invite(proposal, name, email, by=by, address=address))


def anchor() -> str | None:
    """Where on the page the person was, after a button of a piece; None for the other buttons."""
    if any(name in request.form for name in (ADD_PERSON, DROP_PERSON)):
        return "personas"
    return "archivos" if any(name in request.form for name in BUTTONS) else None
