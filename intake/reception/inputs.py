"""What reception is told: values that forms, files and the demonstration hand to the services."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from models.enums import Approach, Branch, Channel, ProposalStatus, ProposerKind, PublicName, Stance

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

E_ = TypeVar("E_", bound=StrEnum)

#: Characters of a title; words of the problem, of the solution and of the expected result. Told on the form beforehand.
TITLE_CHARACTERS = (15, 150)
TEXT_WORDS = (10, 600)
RESULT_WORDS = (0, 300)

#: The version of the sentence that people agree to when they leave a contact. A new sentence gets a new version.
CONSENT_VERSION = "2026-11"
CONSENT_PURPOSE = "proposal_contact"


@dataclass(frozen=True, kw_only=True)
class ProposalInput:
    """What a proposal says. Codes are those of the reference tables; ``language`` is the one its author reads."""

    title: str
    problem: str = ""
    solution: str = ""
    expected_result: str = ""
    theme_code: str | None = None
    territory_code: str | None = None
    approaches: tuple[Approach, ...] = ()
    branch: Branch | None = None
    proposer_kind: ProposerKind = ProposerKind.PERSON
    public_name: PublicName = PublicName.ANONYMOUS
    organisation_name: str | None = None
    language: str = "es"
    point: tuple[float, float] | None = None  # latitude and longitude, WGS 84, within Ecuador


@dataclass(frozen=True, kw_only=True)
class ContactInput:
    """Who proposes and how to answer. Kept only with ``consent``."""

    name: str | None = None
    email: str | None = None
    phone: str | None = None  # E.164
    consent: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing was left."""
        return not (self.name or self.email or self.phone)


@dataclass(frozen=True, kw_only=True)
class SheetInput:
    """What stands on a sheet of paper. Without consent a contact counts as not written: it is not kept."""

    data: ProposalInput
    dated_on: date
    contact: ContactInput | None = None

    def fields(self) -> dict[str, str]:
        """Each field as text, to be compared with another keying; "" where nothing stands."""
        data = self.data
        kept = self.contact if self.contact is not None and self.contact.consent else ContactInput()
        return {
            "title": data.title,
            "problem": data.problem,
            "solution": data.solution,
            "expected_result": data.expected_result,
            "theme": data.theme_code or "",
            "territory": data.territory_code or "",
            "branch": data.branch.value if data.branch else "",
            "proposer_kind": data.proposer_kind.value,
            "organisation_name": data.organisation_name or "",
            "public_name": data.public_name.value,
            "contact_name": kept.name or "",
            "contact_email": kept.email or "",
            "contact_phone": kept.phone or "",
            "dated_on": self.dated_on.isoformat(),
        }


@dataclass(frozen=True, kw_only=True)
class CommentInput:
    """What somebody says. ``replies_to`` is a comment's number; ``key`` the random one that the form carries."""

    text: str
    stance: Stance = Stance.NEUTRAL
    replies_to: int | None = None
    official: bool = False
    key: str = ""


@dataclass(frozen=True)
class Receipt:
    """What the author takes home. ``claim_code`` is None where it was handed out before and cannot be told again."""

    folio: str
    claim_code: str | None


#: How a state is written in addresses and in open data. A refusal that waits for its second signature is not public.
STATUS_SLUGS: dict[ProposalStatus, str] = {
    ProposalStatus.SUBMITTED: "recibida",
    ProposalStatus.REFUSAL_PROPOSED: "recibida",
    ProposalStatus.NOT_ADMITTED: "no-admitida",
    ProposalStatus.ADMITTED: "admitida",
    ProposalStatus.IN_EVALUATION: "en-evaluacion",
    ProposalStatus.EVALUATED: "evaluada",
    ProposalStatus.SELECTED: "en-el-plan",
    ProposalStatus.RESERVE: "en-reserva",
    ProposalStatus.OUTSIDE_PLAN: "fuera-del-plan",
    ProposalStatus.NEXT_PLAN: "proximo-plan",
    ProposalStatus.WITHDRAWN: "retirada",
    ProposalStatus.JOINED: "unida",
}
#: ``?modo=alguna``: one of the words is enough.
ANY_WORD = "alguna"
#: ``?sin=colectivas``: without what was made of several others, as every count of what came in.
WITHOUT_COLLECTIVE = "colectivas"
#: ``?orden=``. A random order stays the same under its seed, ``?semilla=``; that of a search needs its words.
RANDOM, NEWEST_FIRST, MOST_SUPPORTED, RELEVANT_FIRST = "azar", "recientes", "apoyadas", "parecidas"
ORDERS = (RELEVANT_FIRST, RANDOM, NEWEST_FIRST, "antiguas", MOST_SUPPORTED, "comentadas", "titulo")
SEEDS = 1_000_000_000


def public_status(status: ProposalStatus) -> ProposalStatus:
    """The state as the public may know it: a refusal is one only with its second signature."""
    return ProposalStatus.SUBMITTED if status is ProposalStatus.REFUSAL_PROPOSED else status


#: Whose proposals: an account or None, and what the browser opened by code, with the mark of each code.
Own = tuple[int | None, frozenset[tuple[int, str]]]


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What a list of proposals is narrowed to. None and "" mean no condition.

    ``own`` is None for the public list, else the pair (account or None, what was opened by code) whose
    proposals, drafts included, are listed.
    """

    query: str = ""
    any_word: bool = False  # one of the words is enough
    plan: str = ""
    status: str = ""  # one of STATUS_SLUGS' values
    theme: str = ""
    territory: str = ""  # INEC code of any level
    approach: Approach | None = None
    branch: Branch | None = None
    channel: Channel | None = None
    event: str = ""  # slug
    sent: bool = False  # what people sent, without what joins several of them
    order: str = NEWEST_FIRST
    seed: int = 0  # of the random order, below SEEDS
    own: Own | None = None

    @classmethod
    def parse(cls, values: Mapping[str, str], own: Own | None = None) -> Filters:
        """Read an address; what is not understood is left out rather than refused."""

        def text(name: str, most: int = 120) -> str:
            return values.get(name, "").strip().replace("\x00", "")[:most]

        order, status, seed = text("orden"), text("estado"), text("semilla", 20)
        return cls(
            query=text("q", 200),
            any_word=text("modo") == ANY_WORD,
            plan=text("plan").upper(),
            status=status if status in STATUS_SLUGS.values() else "",
            theme=text("tema"),
            territory=text("provincia"),
            approach=_member(Approach, text("enfoque")),
            branch=_member(Branch, text("ambito")),
            channel=_member(Channel, text("canal")),
            event=text("mesa"),
            sent=text("sin") == WITHOUT_COLLECTIVE,
            order=order if order in ORDERS else NEWEST_FIRST,
            seed=int(seed) % SEEDS if seed.isascii() and seed.isdecimal() else 0,
            own=own,
        )


def _member(kind: type[E_], value: str) -> E_ | None:
    try:
        return kind(value)
    except ValueError:
        return None
