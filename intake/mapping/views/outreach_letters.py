"""Bulk invitations: choosing, seeing exactly what goes out and to how many, sending, going on."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.outreach import LetterForm
from intake.core.errors import Conflict, NotFound
from intake.core.i18n import LANGUAGES, ngettext
from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission
from intake.mapping import mailings
from intake.mapping.inputs_outreach import LetterInput
from intake.mapping.queries import letters
from intake.mapping.queries import outreach as rows
from intake.mapping.queries.letters import Audience
from intake.mapping.views import common
from intake.mapping.views.blueprint import bp
from intake.web.access import principal, requires
from models import Campaign

if TYPE_CHECKING:
    from models import Mailing


@bp.route("/acercamiento/<slug:slug>/cartas/nueva", methods=["GET", "POST"])
@requires(Permission.OUTREACH_EDIT, load=rows.campaign, form=True)
def new_mailing(found: Campaign) -> ResponseReturnValue:
    """Choose the letter; see it as it goes out; send it."""
    g.plan = found.plan
    campaign = mailings.for_letters(found.id)
    why = mailings.obstacle(campaign)
    form = LetterForm()
    if request.method == "GET" or why is not None or not form.validate():
        status = common.status() if why is None else 200
        return render_template("mapping/outreach_letter.html", campaign=campaign, form=form, why=why), status
    given = form.to_input()
    audience = letters.audience(campaign, given.steps)
    number, count = form.seen
    changed = "enviar" in request.form and count != audience.letters
    if "enviar" in request.form and not changed and audience.letters:
        return _send(campaign, given, number)
    return _preview(campaign, form, given, audience, changed=changed), 200


def _preview(campaign: Campaign, form: LetterForm, given: LetterInput, audience: Audience, *, changed: bool) -> str:
    samples = [
        SimpleNamespace(
            language=LANGUAGES.get(locale, locale),
            lang=locale,
            number=audience.locales[locale],
            mail=mailings.preview(campaign, given, reader),
            to=reader.name,
        )
        for locale, reader in sorted(audience.first.items(), key=lambda pair: -audience.locales[pair[0]])
    ]
    return render_template(
        "mapping/outreach_preview.html",
        campaign=campaign,
        form=form,
        given=given,
        audience=audience,
        samples=samples,
        number=letters.next_number(campaign),
        changed=changed,
    )


def _send(campaign: Campaign, given: LetterInput, number: int) -> ResponseReturnValue:
    slug = campaign.slug
    mailing = mailings.start(campaign, given, number=number, by=principal())
    return _go_on(slug, mailing)


def _go_on(slug: str, mailing: Mailing) -> ResponseReturnValue:
    done = mailings.continue_mailing(mailing, by=principal(), pieces=mailings.PIECES_A_PRESS)
    words = ngettext("%(num)s carta en la cola de correo.", "%(num)s cartas en la cola de correo.", done.queued)
    flash(words, "success")
    if not done.finished:
        flash(str(_l("Quedan cartas por preparar: pulse «Continuar».")), "warning")
    return redirect(url_for("mapping.campaign", slug=slug, _anchor="cartas"))


def _mailing(slug: str, number: int) -> Mailing:
    found = letters.mailing(rows.campaign(slug), number)
    if found is None:
        raise NotFound(_l("No existe un envío con ese número."))
    return found


@bp.route("/acercamiento/<slug:slug>/cartas/<int:number>/continuar", methods=["POST"])
@requires(Permission.OUTREACH_EDIT, load=_mailing)
def continue_mailing(found: Mailing) -> ResponseReturnValue:
    """Go on with a mailing that stopped half way."""
    slug = (request.view_args or {})["slug"]
    try:
        return _go_on(slug, found)
    except Conflict as error:
        flash(str(error.message), "warning")
        return redirect(url_for("mapping.campaign", slug=slug, _anchor="cartas"))
