"""The Directorate writes a commitment out of selected proposals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import flash, g, redirect, render_template, request, url_for

from forms.accountability import CommitmentForm
from forms.base import with_rows
from intake.accountability import queries, services
from intake.accountability.views.common import UNPROCESSABLE, attach, bp, changeable, refuse, show_bar, to_page
from intake.core.errors import Conflict, Invalid, NotFound
from intake.core.i18n import gettext as _
from intake.core.i18n import lazy_gettext as _l
from intake.core.i18n import localized
from intake.core.permissions import Permission
from intake.plans import queries as plans
from intake.web.access import principal, requires
from models.enums import CommitmentStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask.typing import ResponseReturnValue

    from models import Commitment, Plan, Proposal


@bp.route("/compromisos/nuevo", methods=["GET", "POST"])
@requires(Permission.COMMITMENT_DRAFT, form=True)
def new() -> ResponseReturnValue:
    """Choose among the selected proposals of a plan and write the first draft."""
    plan = _plan()
    proposals = queries.selectable_proposals(plan)
    asked = request.args.get("propuestas", "").upper().split(",")
    form = _with_choices(CommitmentForm(data={"proposals": asked} if request.method == "GET" else None))
    with_rows(form.proposals, _offered(proposals))
    if form.validate_on_submit():
        chosen = [p for p in proposals if p.folio in (form.proposals.data or ())]
        try:
            made = services.draft(plan, form.to_input(), chosen, by=principal())
        except Invalid as error:
            attach(form, error)
        else:
            flash(_("Se guardó el borrador. Ahora nombre a quienes participan y añada los hitos."), "success")
            return to_page(made)
    body = render_template("accountability/edit.html", form=form, plan=_plan(), commitment=None)
    return (body, UNPROCESSABLE) if form.errors else body


def _offered(proposals: Sequence[Proposal]) -> list[tuple[str, str]]:
    """Folio and words of each proposal; those that a living commitment already carries say so and stand last."""
    carried = {
        key: [c.reference for c in found if c.status is not CommitmentStatus.DROPPED]
        for key, found in queries.carried_by([p.id for p in proposals]).items()
    }
    rows = [(carried.get(p.id) or [], p.folio or "", f"{p.folio} · {p.title}") for p in proposals]
    return [
        (folio, _("%(title)s (ya en %(references)s)", title=words, references=", ".join(where)) if where else words)
        for where, folio, words in sorted(rows, key=lambda row: bool(row[0]))
    ]


def _plan() -> Plan:
    code = request.args.get("plan", "").upper()
    plan = plans.by_code(code) if code else plans.current()
    if plan is None:
        raise NotFound(_l("No hay un plan en curso."))
    g.plan = plan
    return plan


def _with_choices(form: CommitmentForm) -> CommitmentForm:
    themes, goals, areas = queries.vocabularies()
    with_rows(form.theme_code, [(t.code, localized(t, "name")) for t in themes], blank=_("Sin tema"))
    with_rows(form.sdgs, [(str(s.number), f"{s.number}. {localized(s, 'name')}") for s in goals])
    with_rows(form.policy_areas, [(a.code, localized(a, "name")) for a in areas])
    return form


@bp.route("/compromisos/<commitment:reference>/editar", methods=["GET", "POST"])
@requires(Permission.COMMITMENT_EDIT, load=changeable, form=True)
def edit(commitment: Commitment) -> ResponseReturnValue:
    """Change what the draft says, while nobody has signed."""
    if request.method == "GET":
        commitment = services.editable(commitment, by=principal())
    form = _with_choices(CommitmentForm(data=_written(commitment) if request.method == "GET" else None))
    with_rows(form.proposals, [])
    reference = commitment.reference
    if form.validate_on_submit():
        try:
            version = int(form.version.data or 0)
            services.edit(commitment, form.to_input(), by=principal(), lock_version=version)
        except Invalid as error:
            attach(form, error)
        except Conflict as error:
            _say_who_changed(form, error, reference)
        else:
            flash(_("Los cambios se guardaron."), "success")
            return redirect(url_for("accountability.show", reference=reference))
    fresh = show_bar(queries.named(reference))
    body = render_template("accountability/edit.html", form=form, plan=g.plan, commitment=fresh)
    return (body, UNPROCESSABLE) if form.errors else body


def _say_who_changed(form: CommitmentForm, error: Conflict, reference: str) -> None:
    """Keep what was typed, say who changed what meanwhile, and let the next attempt go ahead knowingly."""
    refuse(form, error)
    now = queries.named(reference)
    if form.version.data == str(now.lock_version):
        return
    if (last := queries.last_change("commitment", now.id)) is not None:
        form.form_errors.append(
            _(
                "Último cambio: %(who)s, campos: %(fields)s. Revise y vuelva a guardar si lo suyo debe quedar.",
                who=last.who,
                fields=", ".join(_words_of(form, last.fields)) or "—",
            )
        )
    form.version.data = str(now.lock_version)


#: Columns that the form holds under another name, or that other pages change.
_ELSEWHERE = {
    "theme_id": _l("Tema"),
    "status": _l("Estado"),
    "consultation_opens_on": _l("Fechas de la consulta"),
    "consultation_closes_on": _l("Fechas de la consulta"),
}


def _words_of(form: CommitmentForm, names: list[str]) -> list[str]:
    """What the page calls these columns, each once; those that no page shows are left out."""
    labels = [str(_ELSEWHERE.get(n) or form[n].label.text) for n in names if n in _ELSEWHERE or n in form]
    return list(dict.fromkeys(labels))


def _written(commitment: Commitment) -> dict[str, Any]:
    """What the form shows first: the commitment as it stands."""
    return {
        **{name: getattr(commitment, name) for name in CommitmentForm.SAME},
        "version": str(commitment.lock_version),
        "title_en": commitment.title_en,
        "cluster": commitment.cluster,
        "theme_code": commitment.theme.code if commitment.theme else "",
        "approaches": [a.approach.value for a in commitment.approaches],
        "sdgs": [str(s.number) for s in commitment.sdgs],
        "policy_areas": [a.code for a in commitment.policy_areas],
    }
