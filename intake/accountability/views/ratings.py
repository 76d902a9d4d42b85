"""The Directorate records what the Independent Reporting Mechanism found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for

from forms.accountability import RatingForm
from forms.base import with_rows
from intake.accountability import queries, services
from intake.accountability.views.common import UNPROCESSABLE, argument, attach, bp, readable
from intake.core.errors import Invalid
from intake.core.i18n import gettext as _
from intake.core.i18n import localized
from intake.core.permissions import Permission
from intake.web.access import principal, requires
from models.enums import IrmDimension

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from models import Commitment, IrmRating, IrmScaleValue


@bp.route("/compromisos/<commitment:reference>/valoraciones", methods=["GET", "POST"])
@requires(Permission.IRM_RATE, load=readable, form=True)
def rate(commitment: Commitment) -> ResponseReturnValue:
    """One form a dimension, with the values of the plan's own scale."""
    scale = queries.scale_of(commitment.plan)
    sent = request.form.get("dimension") if request.method == "POST" else None
    rated = {r.dimension: r for r in commitment.ratings}
    forms = {d: _form(d, values, rated.get(d), sent) for d, values in scale.items()}
    chosen = next((d for d in forms if d.value == sent), None)
    if chosen is not None and _saved(commitment, chosen, forms[chosen]):
        flash(_("La valoración se guardó."), "success")
        return redirect(url_for("accountability.rate", reference=argument("reference")))
    fresh = readable(argument("reference"))
    body = render_template("accountability/rate.html", c=fresh, forms=forms)
    return (body, UNPROCESSABLE) if request.method == "POST" else body


def _form(
    dimension: IrmDimension, values: list[IrmScaleValue], known: IrmRating | None, sent: str | None
) -> RatingForm:
    """The form of a dimension: with what was sent if it is the one sent, else with what stands."""
    mine = sent == dimension.value
    first = {"dimension": dimension.value}
    if known is not None:
        first |= {"value": known.value.key if known.value else "", "note": known.note}
        first |= {"source_url": known.source_url or "", "rated_on": known.rated_on}  # type: ignore[dict-item]
    prefix = f"{dimension.value}-"
    form = RatingForm(data=first) if mine else RatingForm(formdata=None, data=first)
    for field in form:
        field.id = prefix + field.id
        field.label.field_id = field.id
    with_rows(form.value, [(v.key, localized(v, "label")) for v in values], blank=_("No se encontró"))
    return form


def _saved(commitment: Commitment, dimension: IrmDimension, form: RatingForm) -> bool:
    if not form.validate():
        return False
    url = form.source_url.data or None
    try:
        services.rate(
            commitment,
            dimension,
            form.value.data or None,
            form.note.data or "",
            url,
            by=principal(),
            rated_on=form.rated_on.data,
        )
    except Invalid as error:
        attach(form, error)
        return False
    return True
