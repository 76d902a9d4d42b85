"""What a telephone needs to write without a network: its worker, the form without anybody's secrets, and one door.

The service worker (`frontend/js/sw.js`) keeps two pages and our files, fetched without cookies. What was written
waits on the telephone and comes in through `receive` when the network is back.
"""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Response, current_app, jsonify, make_response, render_template, request, session, url_for
from flask_wtf.csrf import generate_csrf

from forms.reception import ProposalForm
from intake.core import calendar, keyed, tokens
from intake.core.errors import Invalid, StageClosed, TooMany
from intake.core.i18n import LANGUAGES, ngettext
from intake.core.i18n import gettext as _
from intake.core.i18n import lazy_gettext as _l
from intake.reception import services
from intake.reception.blueprint import bp
from intake.reception.inputs import CONSENT_VERSION
from intake.reception.refused import blame
from intake.reception.screening import Pace
from intake.reception.services.crowding import ProofNeeded
from intake.reception.underway import plan_under_way
from intake.reception.views_write import RECEIPT, closed, prepared
from intake.web import errors
from intake.web.access import principal, public, remember_claim
from intake.web.security import WITH_LOCATION
from models.enums import StageKind

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from forms.base import Form
    from intake.reception.services import Arrived
    from models import Plan

#: Says which build a page was drawn for: the worker keeps only those of its own.
BUILD = "X-Intake-Build"
#: Built files that no page of the citizen's writing uses.
_UNUSED_OFFLINE = frozenset({"sw.js", "review.js", "proof.js", "proofworker.js"})


@lru_cache(maxsize=1)
def _built(folder: Path) -> tuple[str, str, list[str]]:
    """The worker's text, the version of the build, and the addresses of its files."""
    manifest = (folder / "manifest.json").read_text(encoding="utf-8")
    files: dict[str, str] = json.loads(manifest)
    text = (folder / files["sw.js"]).read_text(encoding="utf-8")
    kept = [f"/static/{file}" for name, file in files.items() if name not in _UNUSED_OFFLINE]
    return text, hashlib.sha256(manifest.encode()).hexdigest()[:12], kept


def _build() -> tuple[str, str, list[str]]:
    return _built(Path(current_app.root_path).parent / "static" / "dist")


@bp.route("/sw.js")
@public()
def worker() -> Response:
    """The service worker, told what it keeps. Asked for anew each time, so that a new build is noticed."""
    text, version, files = _build()
    pages = [
        url_for(page, lang=language) for page in ("reception.device", "reception.form_shell") for language in LANGUAGES
    ]
    told = json.dumps({"version": version, "files": files, "pages": pages})
    answer = Response(f"self.intake={told};\n{text}", mimetype="text/javascript")
    answer.headers["Service-Worker-Allowed"] = f"{request.script_root}/"
    answer.headers["Cache-Control"] = "no-cache"
    return answer


def _marked(page: str) -> Response:
    answer = make_response(page)
    answer.headers[BUILD] = _build()[1]
    return answer


@bp.route("/propuestas/sin-conexion")
@public()
def device() -> Response:
    """What waits on this telephone and what has arrived; also shown in place of any page that needs the network."""
    return _marked(render_template("reception/device.html", for_worker=True))


@bp.route("/propuestas/sin-conexion/formulario")
@public()
def form_shell() -> Response:
    """The form without token, key or session: what the worker keeps for a telephone without a network."""
    plan = plan_under_way()
    reception = calendar.view_of(plan.stages, StageKind.RECEPTION)
    if not reception.is_open:
        return _marked(render_template("reception/closed.html", plan=plan, **closed(plan), key=None, for_worker=True))
    form = prepared(ProposalForm(meta={"csrf": False}))
    form.opened.data = keyed.stamp("proposal_form")
    page = render_template(
        "reception/form.html",
        form=form,
        plan=plan,
        reception=reception,
        proposal=None,
        key=None,
        saved=False,
        unsent=None,
        owner="",
        for_worker=True,
        consent_version=CONSENT_VERSION,
    )
    answer = _marked(page)
    answer.headers["Permissions-Policy"] = WITH_LOCATION  # the point on the map, by a button
    return answer


@bp.route("/propuestas/envios.json")
@public()
def sending_token() -> Response:
    """A fresh forgery token, asked for at the moment of sending; and whether there is a network at all."""
    answer = jsonify(csrf_token=generate_csrf(), opened=keyed.stamp("proposal_form"))
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.route("/propuestas/envios.json", methods=["POST"])
@public()
def receive() -> ResponseReturnValue:
    """A proposal written without a network: the same checks, limits and signs as on the page, and one folio a key."""
    plan = plan_under_way()
    form = prepared(ProposalForm())
    form.signed_in = False  # whoever is signed in now: it was written without an account
    key = form.key.data or ""
    if not _is_ready(form, key):
        return _refused(form)
    try:
        return _receipt(_sent(plan, form, key))
    except Invalid as error:
        blame(form, error)
        return _refused(form)
    except (StageClosed, ProofNeeded, TooMany) as error:
        return _not_now(error)


def _sent(plan: Plan, form: ProposalForm, key: str) -> Arrived:
    return services.send_whole(
        plan,
        form.to_input(),
        form.to_contact(),
        key=key,
        pace=Pace(keyed.seconds_since(form.opened.data or "", "proposal_form"), trap=bool(form.website.data)),
        address=request.remote_addr or "",
        proof=request.form.get("altcha"),
    )


def _not_now(error: StageClosed | ProofNeeded | TooMany) -> ResponseReturnValue:
    """Why it goes on waiting on the telephone, and what the telephone does about it."""
    if isinstance(error, StageClosed):
        return _unstored(reason="closed", message=str(error.message), lines=errors.lines_about(error.details)), 409
    if isinstance(error, ProofNeeded):
        return _asked(error.challenge), 429
    return _too_many(int(str(error.details["retry_after_seconds"]))), 429


def _asked(challenge: dict[str, str | int]) -> Response:
    """What the telephone computes by itself before it sends again (frontend/js/device/queue.js)."""
    words = _(
        "Llegaron muchas propuestas desde su misma red. Antes de enviarla, su teléfono hace solo un cálculo de unos "
        "segundos, para distinguir a las personas de los programas. No recoge ningún dato suyo."
    )
    return _unstored(reason="proof", message=str(words), challenge=challenge)


def _too_many(seconds: int) -> Response:
    """Not the words of the page, which has kept a draft and wants a button pressed: here nothing is kept but there."""
    words = ngettext(
        "Desde su red se enviaron muchas propuestas en la última hora. La suya sigue en este teléfono y se enviará "
        "sola en %(num)s minuto.",
        "Desde su red se enviaron muchas propuestas en la última hora. La suya sigue en este teléfono y se enviará "
        "sola en %(num)s minutos.",
        -(-seconds // 60),
    )
    return _unstored(reason="many", message=str(words), seconds=seconds)


def _is_ready(form: ProposalForm, key: str) -> bool:
    if tokens.is_token(key):
        return form.check(reviewing=True)
    form.form_errors.append(_l("El envío llegó incompleto. Vuelva a intentarlo."))
    return False


def _receipt(arrived: Arrived) -> Response:
    """Folio and code for the telephone; this browser goes on as the author's, unless somebody is signed in."""
    folio, code = arrived.receipt.folio, arrived.receipt.claim_code
    if not principal().is_signed_in:
        remember_claim(arrived.proposal)
        if code:
            session[RECEIPT] = {"folio": folio, "code": code}
    return _unstored(
        folio=folio,
        code=tokens.readable(code) if code else None,
        title=arrived.proposal.title,
        as_written=arrived.as_written,
        follow=url_for("reception.follow", folio=folio),
        receipt=url_for("reception.receipt", folio=folio),
        account=url_for("reception.adopt", folio=folio),
    )


def _refused(form: Form) -> ResponseReturnValue:
    fields = [
        {"field": field.name, "id": field.id, "messages": [str(m) for m in field.errors]}
        for field in form
        if field.errors
    ]
    return _unstored(reason="invalid", errors=fields, messages=[str(m) for m in form.form_errors]), 422


def _unstored(**told: Any) -> Response:
    """An answer with somebody's code or text: kept in no memory on its way."""
    answer = jsonify(**told)
    answer.headers["Cache-Control"] = "no-store"
    return answer
