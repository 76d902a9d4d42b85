"""What the page that a citizen writes on and the sheet of paper that somebody keys ask alike.

Each form gives the fields its own words: a citizen is asked, whoever keys says what stands there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # the stubs lag
from wtforms.validators import ValidationError

from forms.base import choices, optional_text
from forms.territory import TerritoryFields
from intake.core.addresses import email_of, phone_of
from intake.core.i18n import lazy_gettext as _l
from intake.reception.inputs import ContactInput, ProposalInput
from models.enums import Branch, ProposerKind, PublicName

if TYPE_CHECKING:
    from collections.abc import Sequence

BRANCHES = {
    Branch.SUBNATIONAL: _l("A un gobierno local: junta parroquial, municipio o prefectura"),
    Branch.EXECUTIVE: _l("Al Gobierno nacional: ministerios y otras instituciones"),
    Branch.LEGISLATIVE: _l("A la Asamblea Nacional (parlamento abierto)"),
    Branch.JUDICIAL: _l("A la Función Judicial (justicia abierta)"),
}
PUBLIC_NAMES = {
    PublicName.ANONYMOUS: _l("No mostrar ningún nombre"),
    PublicName.NAME: _l("Mostrar mi nombre"),
    PublicName.ORGANISATION: _l("Mostrar el nombre de la organización"),
}


class ProposalFields(TerritoryFields):
    """Mixin of a form with what a proposal says, in the fields that `to_proposal` names.

    ``reviewing``: whether what is incomplete is refused, or kept for later.
    """

    reviewing: bool

    def offer_vocabularies(self: Any, *, before: Sequence[Any] = (), after: Sequence[Any] = ()) -> None:
        """Give the fields that choose their words. ``before``, ``after``: what else there is beside the branches."""
        branches = [SelectChoice(b.value, words) for b, words in BRANCHES.items()]
        self.branch.choices = [*before, *branches, *after]
        self.proposer_kind.choices = choices(ProposerKind)
        self.public_name.choices = [SelectChoice(p.value, words) for p, words in PUBLIC_NAMES.items()]

    def to_proposal(self: Any, **more: Any) -> ProposalInput:
        """What was written, with ``more`` that only one of the forms knows."""
        return ProposalInput(
            title=self.title.data or "",
            problem=self.problem.data or "",
            solution=self.solution.data or "",
            expected_result=self.expected_result.data or "",
            theme_code=optional_text(self.theme.data),
            territory_code=self.territory_code(),
            branch=self.branch.data or None,
            proposer_kind=self.proposer_kind.data or ProposerKind.PERSON,
            public_name=self.public_name.data or PublicName.ANONYMOUS,
            organisation_name=optional_text(self.organisation_name.data),
            **more,
        )


class ContactFields:
    """Mixin of a form: ``contact_name contact_email contact_phone consent``; checked where ``reviewing``."""

    def validate_contact_email(self: Any, field: Any) -> None:
        """Refuse what is no address; who mistypes a provider is not told."""
        if self.reviewing and field.data and email_of(field.data) is None:
            raise ValidationError(_l("Escriba un correo como nombre@ejemplo.org, o déjelo vacío."))

    def validate_contact_phone(self: Any, field: Any) -> None:
        """Accept what Ecuadorians write, and numbers of other countries with their prefix."""
        if self.reviewing and field.data and phone_of(field.data) is None:
            raise ValidationError(_l("Ese número no parece correcto. Escríbalo como 099 123 4567, o déjelo vacío."))

    def to_contact(self: Any) -> ContactInput:
        """Who to answer to."""
        return ContactInput(
            name=optional_text(self.contact_name.data),
            email=optional_text(self.contact_email.data),
            phone=phone_of(self.contact_phone.data or ""),
            consent=bool(self.consent.data),
        )
