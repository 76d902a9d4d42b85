"""Stage 2: proposals."""

from __future__ import annotations

from enum import StrEnum


class Channel(StrEnum):
    """How a proposal came in."""

    WEB = "web"
    TABLE = "mesa"
    PAPER = "papel"
    COURSE = "curso"


class ProposalKind(StrEnum):
    """Whose words: one citizen's, or out of several, by a working group (First Plan, stage 2) or by their authors."""

    CITIZEN = "citizen"
    INTEGRATED = "integrated"
    COLLECTIVE = "collective"  # several authors joined theirs by consent


class ProposalStatus(StrEnum):
    """The life of a proposal, across the stages."""

    DRAFT = "draft"
    HELD = "held"  # received, with folio, and set aside before anybody else sees it
    DISCARDED = "discarded"  # an analyst confirmed that it is no proposal
    SUBMITTED = "submitted"
    REFUSAL_PROPOSED = "refusal_proposed"
    NOT_ADMITTED = "not_admitted"
    ADMITTED = "admitted"
    IN_EVALUATION = "in_evaluation"
    EVALUATED = "evaluated"
    SELECTED = "selected"
    RESERVE = "reserve"
    OUTSIDE_PLAN = "outside_plan"
    NEXT_PLAN = "next_plan"
    WITHDRAWN = "withdrawn"
    JOINED = "joined"  # its author accepted that a collective proposal speaks for it


class ProposerKind(StrEnum):
    """In whose name a proposal is made."""

    PERSON = "person"
    ORGANISATION = "organisation"


class PublicName(StrEnum):
    """What the public reads as the proposer."""

    NAME = "name"
    ORGANISATION = "organisation"
    ANONYMOUS = "anonymous"


class HoldReason(StrEnum):
    """Why a proposal was held before anybody else saw it."""

    TRAP = "trap"  # the hidden field was filled in
    TOO_FAST = "too_fast"
    STALE_FORM = "stale_form"
    DUPLICATE_TEXT = "duplicate_text"
    LINKS = "links"
    PROBE = "probe"  # looks like an attack on the site
    TEST = "test"
    FLOOD = "flood"
    BY_HAND = "by_hand"


class CoAuthorStatus(StrEnum):
    """What somebody who was named as a co-author said."""

    INVITED = "invited"
    ACCEPTED = "accepted"
    DECLINED = "declined"


class JoinStatus(StrEnum):
    """What an author said to having a proposal joined with others; silence links without joining."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    NUANCED = "nuanced"
    DECLINED = "declined"
    SILENT = "silent"
    UNDONE = "undone"


class Stance(StrEnum):
    """How a comment stands to the proposal."""

    FOR = "for"
    AGAINST = "against"
    NEUTRAL = "neutral"


class ModerationReason(StrEnum):
    """The published rules by which a comment is hidden."""

    INSULT = "insult"
    THREAT = "threat"
    PERSONAL_DATA = "personal_data"
    OFF_TOPIC = "off_topic"
    SPAM = "spam"
    UNLAWFUL = "unlawful"


class AppealStatus(StrEnum):
    """What became of an author's appeal against moderation."""

    OPEN = "open"
    GRANTED = "granted"
    REFUSED = "refused"


class ProposalFileKind(StrEnum):
    """What is attached to a proposal."""

    DOCUMENT = "document"
    PICTURE = "picture"
    SCAN = "scan"  # the sheet of paper, for the team alone


class SpoiltReason(StrEnum):
    """Why a printed sheet will bring no proposal."""

    UNUSED = "unused"
    BLANK = "blank"  # handed out, came back empty
    DAMAGED = "damaged"
    LOST = "lost"
    ILLEGIBLE = "illegible"  # several people could not read it
    LATE = "late"  # dated outside the days of reception
    NOT_PROPOSAL = "not_proposal"


class ScanMatch(StrEnum):
    """How a picture was recognised as that of a sheet."""

    QR = "qr"
    NAME = "name"
    ORDER = "order"
    NONE = "none"
