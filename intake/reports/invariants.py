"""What must always hold of the data, by name; ``flask check`` asks all of them.

Each invariant answers with the public references (or table names with ids) that break it; nothing when it holds.
What the database itself refuses (unique folios, dated states, two people for a refusal) is not asked again here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from intake.reports import invariants_answers as answers
from intake.reports import invariants_attached as beside
from intake.reports import invariants_commitments as commitments
from intake.reports import invariants_conversation as conversation
from intake.reports import invariants_council as council
from intake.reports import invariants_decisions as decisions
from intake.reports import invariants_evaluation as evaluation
from intake.reports import invariants_events as events
from intake.reports import invariants_figures as figures
from intake.reports import invariants_folios as folios
from intake.reports import invariants_imports as imports
from intake.reports import invariants_joining as joining
from intake.reports import invariants_outreach as outreach
from intake.reports import invariants_paper as paper
from intake.reports import invariants_promises as promises
from intake.reports import invariants_reception as reception
from intake.reports import invariants_registry as registry
from intake.reports import kept, recomputed

Find = Callable[[], Sequence[Any]]


@dataclass(frozen=True)
class Invariant:
    """A rule with its name for machines, its words for people, and how to find what breaks it."""

    name: str
    words: str
    find: Find


INVARIANTS: tuple[Invariant, ...] = (
    Invariant("folios_match", "a folio is its plan's code and its number", folios.folios_match),
    Invariant(
        "folios_contiguous", "a plan's folios run from 1 to its counter without a hole", folios.folios_contiguous
    ),
    Invariant("one_current_plan", "at most one plan is under way", folios.one_current_plan),
    Invariant("admissions", "admitted and refused proposals have the examination that says so", evaluation.admissions),
    Invariant("evaluated_have_reviews", "an evaluated proposal has a review", evaluation.evaluated_have_reviews),
    Invariant("review_totals", "a review's total is that of its scores", recomputed.review_totals),
    Invariant("open_reviews_can_be_sent", "nobody owes a review that cannot be sent", kept.open_reviews_can_be_sent),
    Invariant("own_reviews", "nobody reviews an own proposal", evaluation.own_reviews),
    Invariant("participation_adds_up", "each dimension of a count adds up to its total", figures.participation_adds_up),
    Invariant("people_once", "nobody is counted twice in a plan's figure", figures.people_once),
    Invariant("parts_make_the_figure", "the parts of a plan's figure add up", figures.parts_make_the_figure),
    Invariant("people_have_one_plan", "who is on a list is of the plan of the event", figures.people_have_one_plan),
    Invariant("nobody_worked_out", "no withheld number follows from what is told", figures.nobody_worked_out),
    Invariant("published_together", "decisions are public exactly with their session", decisions.published_together),
    Invariant("decisions_agree", "a proposal's state is that of its published decision", decisions.decisions_agree),
    Invariant("progress_is_reported", "a milestone stands as its latest report says", commitments.progress_is_reported),
    Invariant(
        "agreements_signed", "an agreement is signed exactly when every party has signed", commitments.agreements_signed
    ),
    Invariant(
        "formalized_are_signed", "nothing is confirmed or formalized unsigned", commitments.formalized_are_signed
    ),
    Invariant(
        "commitments_from_selected",
        "commitments come from proposals in the plan",
        commitments.commitments_from_selected,
    ),
    Invariant("states_are_traced", "the trace's last state is the present one", recomputed.states_are_traced),
    Invariant("authors_are_told", "every move that notifies has queued its mail", recomputed.authors_are_told),
    Invariant("versions_are_kept", "the last version says what the proposal says", recomputed.versions_are_kept),
    Invariant("search_in_step", "the search index holds the words of the texts", recomputed.search_in_step),
    Invariant("files_are_intact", "a stored file gives the SHA-256 that was recorded", kept.files_are_intact),
    Invariant("departures_are_explained", "a departure from the order says why", kept.departures_are_explained),
    Invariant("files_have_a_place", "something points at each stored file", beside.files_have_a_place),
    Invariant("bytes_have_their_row", "the store holds no bytes without a row", beside.bytes_have_their_row),
    Invariant("files_within_limits", "no proposal holds more files than it may", beside.proposals_keep_to_the_limits),
    Invariant("pictures_are_described", "a picture says what it shows", beside.pictures_say_what_they_show),
    Invariant("homes_are_not_shown", "a point is no finer than is told", beside.homes_are_not_shown),
    Invariant("named_by_their_word", "nobody is shown as an author unasked", beside.named_only_by_their_word),
    Invariant("held_for_a_reason", "what is set aside has one open reason", reception.held_for_a_reason),
    Invariant("formalized_plans_answered", "a formalized plan left nobody unanswered", kept.formalized_plans_answered),
    Invariant("outreach_steps", "an actor's step is the furthest of its log", outreach.steps_are_the_furthest),
    Invariant("invitations_sent", "every invitation has its letter", outreach.invitations_have_letters),
    Invariant("letters_invited", "every letter of outreach is an invitation", outreach.letters_have_invitations),
    Invariant("stopped_in_peace", "who wants no letters gets none", outreach.stopped_are_left_in_peace),
    Invariant("contacts_have_consent", "contacts are kept and shown with consent", registry.contacts_have_consent),
    Invariant("batches_are_whole", "a file's batch holds what it brought in", imports.batches_are_whole),
    Invariant("joined_lead_on", "a joined record leads to a live one", registry.joined_lead_on),
    Invariant("joined_hold_nothing", "nothing points at a joined record", registry.joined_hold_nothing),
    Invariant("state_is_of_the_state", "only the State has functions and levels", registry.state_is_of_the_state),
    Invariant("trace_is_guarded", "the database refuses to change the trace", kept.trace_is_guarded),
    Invariant("nothing_personal_is_public", "no published field is personal", recomputed.nothing_personal_is_public),
    Invariant("lists_agree", "a list's figures are those of the people on it", events.lists_agree),
    Invariant("counts_have_no_list", "nobody is counted both by numbers and by list", events.counts_have_no_list),
    Invariant("closed_have_their_act", "a closed event has its act as it was signed", events.closed_have_their_act),
    Invariant("photographs_described", "a photograph says what it shows", events.photographs_are_described),
    Invariant("attendance_was_possible", "only what was held has attendance", events.attendance_was_possible),
    Invariant("events_counted_once", "an event is counted in one that counts for itself", events.counted_once),
    Invariant("profiles_lead_to_nobody", "no key joins people and profiles", events.profiles_lead_to_nobody),
    Invariant("seats_sit_in_their_body", "who sat at a meeting held a seat of it that day", council.seats_sit),
    Invariant("present_seats_vote", "at a meeting exactly the present seats vote", council.present_seats_vote),
    Invariant("no_lone_resolution", "no authority and no member decides alone", council.no_lone_resolution),
    Invariant("one_speaks_for_a_seat", "no seat has two principals or alternates at a time", council.one_speaks),
    Invariant("public_minutes_are_written", "published meetings have minutes", council.minutes_are_written),
    Invariant("supports_add_up", "a proposal's supports are the confirmed ones", conversation.supports_add_up),
    Invariant("comments_add_up", "a proposal's comments are those that are shown", conversation.comments_add_up),
    Invariant("hidden_and_told", "whoever is hidden is told why", conversation.hidden_for_a_told_reason),
    Invariant("appeals_by_another", "nobody decides about an own hiding", conversation.appeals_decided_by_another),
    Invariant("replies_in_thread", "a reply stands in its own thread", conversation.replies_stay_in_their_thread),
    Invariant("joined_by_consent", "nothing is joined without its author's yes", joining.joined_by_consent),
    Invariant("joined_once", "no proposal is part of two", joining.joined_once),
    Invariant("parts_have_a_whole", "a part belongs to a live collective proposal", joining.parts_have_a_live_whole),
    Invariant("families_led_by_others", "who led a family does not examine it", joining.examined_by_others),
    Invariant("family_authors_once", "a family's authors stand once each", joining.family_authors_once),
    Invariant("family_supports_once", "a family's supports are distinct people", joining.family_supports_once),
    Invariant("families_are_told", "every author of a part is answered", joining.families_are_told),
    Invariant("promises_counted_once", "each promise to an author is counted once", promises.counted_once),
    Invariant("promises_kept_after_made", "no promise is kept before it is made", promises.kept_after_made),
    Invariant("one_open_question", "an author is asked one thing at a time", answers.one_open_question),
    Invariant("replies_in_their_term", "a reply follows its decision in its days", answers.replies_in_their_term),
    Invariant("replies_by_another", "nobody answers a reply to an own decision", answers.replies_answered_by_another),
    Invariant(
        "sheets_keep_their_folio", "a keyed sheet and its proposal have one folio", paper.sheets_keep_their_folio
    ),
    Invariant("no_folio_twice", "no folio is on a sheet and on another proposal", paper.no_folio_twice),
    Invariant("a_tenth_is_drawn", "a tenth of each packet is keyed twice", paper.a_tenth_is_drawn),
    Invariant("clerks_are_no_authors", "nobody is the author of a sheet they keyed", paper.clerks_are_no_authors),
    Invariant("codes_are_on_paper", "no code of a sheet that came back can be made", paper.codes_are_on_paper),
    Invariant("calendars_are_evidenced", "a published calendar has its frozen copy", council.calendars_are_evidenced),
)


def broken() -> dict[str, list[str]]:
    """Every invariant by name with what breaks it, as text."""
    return {one.name: [str(found) for found in one.find()] for one in INVARIANTS}
