"""What everybody reads: the list of commitments, one commitment, and the same as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g, jsonify, render_template, request, url_for

from forms.accountability import FilterForm
from forms.base import with_rows
from intake.accountability import progress, queries, serializers, services
from intake.accountability.lifecycle import COMMITMENT
from intake.accountability.queries import Filters
from intake.accountability.views.common import bp, readable
from intake.core import mail
from intake.core.i18n import lazy_gettext as _l
from intake.core.i18n import localized
from intake.core.pagination import number_from
from intake.core.permissions import Permission, can
from intake.plans import queries as plans
from intake.web.access import principal, public, requires
from intake.web.listing import Listing
from models.enums import CommitmentStatus, MilestoneKind, PartyRole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask import Response

    from models import Commitment, Plan

#: Texts of the template in the order of the page: the column, and the question it answers.
QUESTIONS = (
    ("problem", _l("¿Qué problema aborda?")),
    ("causes", _l("¿Cuáles son sus causas?")),
    ("done_so_far", _l("¿Qué se ha hecho hasta ahora?")),
    ("description", _l("¿En qué consiste el compromiso?")),
    ("contribution", _l("¿Cómo contribuye a resolver el problema?")),
    ("expected_results", _l("¿Qué resultados se esperan?")),
    ("transparency", _l("¿Cómo promueve la transparencia?")),
    ("participation", _l("¿Cómo promueve la participación ciudadana?")),
    ("accountability", _l("¿Cómo promueve la rendición de cuentas?")),
    ("ogp_values", _l("Relación con los valores de Gobierno Abierto")),
    ("planning_links", _l("Vinculación con la planificación")),
    ("additional", _l("Información adicional")),
    ("technical_note", _l("Nota técnica")),
)


@bp.route("/compromisos/")
@public(reusable=True)
def index() -> str:
    """Commitments of every plan, filtered; above them each plan's computed and published progress."""
    found = plans.all_plans()
    form = _filter_form(found)
    filters = _filters(form)
    chosen = [p for p in found if p.code == filters.plan] if filters.plan else list(found)
    g.plan = chosen[0] if filters.plan and chosen else next((p for p in found if p.is_current), None)
    page = queries.commitments(principal(), filters, number=number_from(request.args.get("pagina")))
    disputed = queries.disputed_in(page.items)
    return render_template(
        "accountability/index.html",
        form=form,
        active=sum(bool(v) for v in (filters.plan, filters.theme, filters.status, filters.institution, filters.q)),
        page=Listing(page),
        summaries=queries.plan_progress(chosen),
        figures={c.id: progress.figure_of(c, disputed.get(c.id, ())) for c in page.items},
        leads={c.id: _leads(c) for c in page.items},
        current_plan=g.plan,
    )


def _filter_form(found: Sequence[Plan]) -> FilterForm:
    form = FilterForm(request.args)
    themes = queries.themes()
    with_rows(form.plan, [(p.code, f"{p.code} · {localized(p, 'title')}") for p in found], blank=_l("Todos"))
    with_rows(form.tema, [(t.code, localized(t, "name")) for t in themes], blank=_l("Todos"))
    with_rows(form.institucion, queries.institutions(principal()), blank=_l("Todas"))
    form.validate()
    return form


def _filters(form: FilterForm) -> Filters:
    """The filters that hold; a value that is not offered filters nothing."""

    def valid(name: str) -> str:
        return str(form[name].data or "") if name not in form.errors else ""

    status = valid("estado")
    return Filters(
        plan=valid("plan"),
        theme=valid("tema"),
        status=CommitmentStatus(status) if status else None,
        institution=valid("institucion"),
        q=valid("q"),
    )


def _leads(commitment: Commitment) -> list[str]:
    bound = [p for p in commitment.parties if p.role is PartyRole.RESPONSIBLE and p.until is None]
    return [p.actor.name for p in sorted(bound, key=lambda p: not p.is_lead)]


@bp.route("/compromisos/<commitment:reference>")
@requires(Permission.COMMITMENT_READ, load=readable)
def show(commitment: Commitment) -> str:
    """The public page of a commitment: where it comes from, who is bound, what was done, both voices."""
    who = principal()
    reports = queries.in_order(commitment)
    over = progress.is_over(commitment)
    return render_template(
        "accountability/show.html",
        c=commitment,
        figure=progress.figure_of(commitment, (m.number for m in commitment.milestones if progress.is_disputed(m))),
        late={m.id for m in commitment.milestones if progress.is_late(m, over=over)},
        without_news={m.id for m in commitment.milestones if progress.is_without_news(m, over=over)},
        dropped=queries.dropped(commitment) if commitment.status is CommitmentStatus.DROPPED else None,
        known={m.id: progress.known_pct(m) for m in commitment.milestones},
        ordinals={r.id: n for n, r in enumerate(reports, start=1)},
        roles=[(role, [p for p in commitment.parties if p.role is role]) for role in PartyRole],
        questions=[(words, text) for name, words in QUESTIONS if (text := getattr(commitment, name))],
        scale=queries.scale_of(commitment.plan),
        moves=[t for t in COMMITMENT.open_to(who, commitment) if t.button],
        obstacles=services.obstacles(commitment) if can(who, Permission.COMMITMENT_MOVE, commitment) else [],
        checks=services.checklist(commitment),
        consulted=services.was_consulted(commitment),
        only_designs=lacks_implementation(commitment),
        open_to_change=services.is_open(commitment),
        signs=can(who, Permission.AGREEMENT_SIGN, commitment),
    )


def lacks_implementation(commitment: Commitment) -> bool:
    """Whether every milestone has a kind and none is of implementation: what the IRM criticised in the First Plan."""
    kinds = {m.kind for m in commitment.milestones}
    return bool(kinds) and None not in kinds and MilestoneKind.IMPLEMENTATION not in kinds


@bp.route("/compromisos/<commitment:reference>.json")
@requires(Permission.COMMITMENT_READ, load=readable)
def show_json(commitment: Commitment) -> Response:
    """The same as data: only fields that are public by name."""
    address = mail.url_of(url_for("accountability.show", reference=commitment.reference))  # not what Host claims
    return jsonify(serializers.commitment(commitment, address=address))
