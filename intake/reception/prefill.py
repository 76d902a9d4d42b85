"""What is kept, as a form begins with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from forms.reception import ProposalForm
from forms.reception_pieces import with_files
from forms.territory import fill
from intake.reception import points, queries
from intake.reception.queries import attached
from intake.web.access import principal
from models.enums import TerritoryLevel

if TYPE_CHECKING:
    from models import Proposal


def form_of(proposal: Proposal) -> ProposalForm:
    """A draft as a form, without forgery check: it is only shown, or looked through for what is missing."""
    contact = proposal.contact
    form: ProposalForm = with_files(ProposalForm, attached.files_of(proposal))(
        formdata=None,
        data={
            **text_values(proposal),
            "contact_name": contact.name if contact else "",
            "contact_email": contact.email if contact else "",
            "contact_phone": contact.phone if contact else "",
            "consent": contact is not None,
            "lock_version": proposal.lock_version,
        },
        meta={"csrf": False},
    )
    form.people = attached.people_of(proposal)
    form.place_at(proposal.territory.code if proposal.territory else None)
    form.point_at(points.of(proposal))
    form.signed_in = principal().is_signed_in
    return form


def text_values(proposal: Proposal) -> dict[str, Any]:
    """What a form of texts begins with."""
    names = ("title", "problem", "solution", "expected_result", "branch", "proposer_kind", "public_name")
    return {
        **{name: getattr(proposal, name) for name in names},
        "organisation_name": proposal.organisation_name or "",
        "theme": proposal.theme.code if proposal.theme else "",
        "approaches": [row.approach for row in proposal.approaches],
    }


def fill_places(form: Any) -> None:
    """Give the form its lists of places, as far as they are chosen. One statement."""
    chosen = (form.provincia.data or "", form.canton.data or "")
    found = queries.places(*(c if c.isascii() and c.isdecimal() else "" for c in chosen))
    fill(form, found[TerritoryLevel.PROVINCE], found[TerritoryLevel.CANTON], found[TerritoryLevel.PARISH])
