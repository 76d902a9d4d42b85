"""From what was told to the row: texts, place, theme, contact and what must be there before it is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from intake.core import clock
from intake.core.errors import Invalid
from intake.core.i18n import lazy_gettext as _l
from intake.core.search import stems
from intake.core.text import clean
from intake.extensions import db
from intake.reception import points
from intake.reception.attached import NO_WORDS
from intake.reception.inputs import CONSENT_PURPOSE, CONSENT_VERSION, ContactInput, ProposalInput
from intake.reception.queries import attached
from models import Consent, Proposal, ProposalApproach, ProposalContact, Territory, Theme
from models.enums import Channel, PublicName

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from intake.core.identity import Principal
    from models import Plan

TEXTS = ("title", "problem", "solution", "expected_result")


def new_proposal(plan: Plan, data: ProposalInput, *, by: Principal, at: datetime | None = None) -> Proposal:
    """A row not yet in the session, with what was told. One statement, for theme and place."""
    made = Proposal(
        plan_id=plan.id,
        channel=Channel.WEB,
        author_id=by.user_id,
        created_at=at or clock.now(),
        language=data.language,
        approaches=[],
        contact=None,
    )
    write(made, data)
    made.updated_at = made.created_at
    return made


def write(proposal: Proposal, data: ProposalInput) -> None:
    """Put what was told into the row. Raises `Invalid` on an unknown theme or place. One statement."""
    beside = _beside(data)
    for name in TEXTS:
        setattr(proposal, name, clean(getattr(data, name)))
    proposal.theme_id, proposal.territory_id = beside.theme_id, beside.territory_id
    proposal.branch = data.branch
    proposal.proposer_kind, proposal.public_name = data.proposer_kind, data.public_name
    proposal.organisation_name = clean(data.organisation_name) or None
    proposal.latitude, proposal.longitude = points.kept(data.point, data.public_name) or (None, None)
    _set_approaches(proposal, data)
    proposal.search_stems = search_words(proposal, beside.names)
    proposal.updated_at = clock.now()


class _Beside(NamedTuple):
    """Keys of theme and place, and the names of the theme, the place and those above it."""

    theme_id: int | None
    territory_id: int | None
    names: list[str]


def _beside(data: ProposalInput) -> _Beside:
    """Look up what was chosen. INEC codes begin with those of the places above. One statement."""
    theme, place = data.theme_code or "", data.territory_code or ""
    above = [place[:n] for n in (2, 4, 6) if n <= len(place)]
    themes = sa.select(sa.literal("theme"), Theme.code, Theme.id, Theme.name_es).where(Theme.code == theme)
    places = sa.select(sa.literal("place"), Territory.code, Territory.id, Territory.name)
    with db.session.no_autoflush:
        rows = db.session.execute(themes.union_all(places.where(Territory.code.in_([*above, place])))).all()
    keys = {(kind, code): key for kind, code, key, _name in rows}
    if theme and ("theme", theme) not in keys:
        raise Invalid(_l("Elija un tema de la lista."), field="theme")
    if place and ("place", place) not in keys:
        raise Invalid(_l("Elija un lugar de la lista."), field="provincia")
    names = [row[3] for row in rows if row[0] == "theme" or row[1] in above]
    return _Beside(keys.get(("theme", theme)), keys.get(("place", place)), names)


def search_words(texts: Any, beside: Iterable[str]) -> str:
    """The stems by which a proposal is found: those of its texts, then of its theme and of its place and those above.

    ``texts`` has the attributes of `TEXTS`; ``beside`` are those names, sorted so that they can be worked out again.
    """
    return stems(*(getattr(texts, name) for name in TEXTS), *sorted(beside))


def _set_approaches(proposal: Proposal, data: ProposalInput) -> None:
    kept = {row.approach: row for row in proposal.approaches}
    wanted = dict.fromkeys(data.approaches)
    if kept.keys() != wanted.keys():
        proposal.approaches = [kept.get(a) or ProposalApproach(approach=a) for a in wanted]


def keep_contact(proposal: Proposal, contact: ContactInput | None) -> None:
    """Keep, change or forget who proposes. Without consent nothing is kept; what was kept is then deleted."""
    kept = proposal.contact
    if contact is None or contact.is_empty or not contact.consent:
        if kept is not None:
            if kept.consent is not None:
                kept.consent.revoked_at = clock.now()
            proposal.contact = None
        return
    if kept is None:
        consent = Consent(purpose=CONSENT_PURPOSE, text_version=CONSENT_VERSION, given_at=clock.now())
        kept = proposal.contact = ProposalContact(proposal_id=proposal.id, consent=consent)
    kept.name = clean(contact.name) or None
    kept.email = (contact.email or "").strip().lower() or None
    kept.phone = contact.phone or None


class Codes(NamedTuple):
    """The public codes of a proposal's theme and place at this moment."""

    theme: str | None
    territory: str | None


def codes_of(proposal: Proposal) -> Codes:
    """One statement."""
    theme = sa.select(Theme.code).where(Theme.id == proposal.theme_id).scalar_subquery()
    place = sa.select(Territory.code).where(Territory.id == proposal.territory_id).scalar_subquery()
    with db.session.no_autoflush:
        return Codes(*db.session.execute(sa.select(theme, place)).one())


def content(proposal: Proposal, codes: Codes | None = None) -> dict[str, Any]:
    """What a version keeps. ``theme`` and ``territory`` are public codes. One statement beside `codes_of`.

    ``files`` (name and words of each) and ``point`` (never finer than `points.COARSE`) are there only if it has some.
    """
    codes = codes or codes_of(proposal)
    with db.session.no_autoflush:
        kept = [[row.file.name, row.description] for row in attached.files_of(proposal)]
    point = points.of(proposal)
    return {
        **{name: getattr(proposal, name) for name in TEXTS},
        "theme": codes.theme,
        "territory": codes.territory,
        "approaches": sorted(a.approach.value for a in proposal.approaches),
        "branch": proposal.branch.value if proposal.branch else None,
        "public_name": proposal.public_name.value,
        "organisation_name": proposal.organisation_name,
        **({"files": kept} if kept else {}),
        **({"point": list(points.coarse(point))} if point else {}),
    }


def require_described(content: dict[str, Any]) -> None:
    """Raise `Invalid` where a picture of ``content`` lacks the words for those who cannot see it."""
    if any(words == NO_WORDS for _name, words in content.get("files", ())):
        raise Invalid(_l("Diga qué se ve en cada imagen, para quien no puede verla."), field="file")


def require_complete(proposal: Proposal) -> None:
    """Raise `Invalid` for the first thing without which nobody could examine it. Lengths are the form's business."""
    missing = {
        "title": _l("Escriba un título."),
        "problem": _l("Cuente el problema."),
        "solution": _l("Cuente su propuesta de solución."),
    }
    for name, message in missing.items():
        if not getattr(proposal, name).strip():
            raise Invalid(message, field=name)
    if proposal.public_name is PublicName.ORGANISATION and not proposal.organisation_name:
        raise Invalid(_l("Escriba el nombre de la organización."), field="organisation_name")
    named = proposal.author_id is not None or (proposal.contact is not None and proposal.contact.name)
    if proposal.public_name is PublicName.NAME and not named:
        raise Invalid(_l("Para mostrar su nombre escríbalo en sus datos y acepte su uso."), field="contact_name")
