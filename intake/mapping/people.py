"""Which registrations of a list are one person, and under which key the plan knows that person.

Nobody shows a document, so what was written decides. In one list, the same name with a mailbox or a telephone in common
is one person, however often it stands there; another name under the same mailbox or telephone is another person, for
families and communities share them; the same name with nothing in common is another person too.

Across the lists of a plan somebody is known by the mailbox (else the telephone) and the given name: Ana Vera is Ana
María Vera there, and Luis, who comes alone the next time, is not taken for Ana. Where two of one given name share the
contact in a list, each is known by the whole name. Whoever left neither is known by that one registration.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain

from intake.core.keyed import keyed_hash
from intake.core.text import plain
from models import Registration
from models.enums import RegistrationStatus


def person_key(plan_id: int, contact: str, name: str) -> str:
    """The key under which a plan knows whoever of that ``name`` is reached at ``contact``: 64 hexadecimal digits."""
    return keyed_hash("person_profile", str(plan_id), f"{contact.strip()}#{plain(name)}".casefold())


def who_came(rows: Sequence[Registration], plan_id: int) -> dict[str, list[Registration]]:
    """The registrations of each person who came, by the person's key, in an order that tells nothing of the list.

    ``rows`` are all of the list, in order: also one that was given back shows that a telephone and a mailbox belong
    together.
    """
    each = [(_contact(group), group) for group in _one_by_one(rows)]
    shared = Counter((contact, given_name(group[0].name)) for contact, group in each)
    found = {}
    for contact, group in each:
        came = [row for row in group if row.status is RegistrationStatus.ATTENDED]
        given = given_name(group[0].name)
        name = given if shared[contact, given] == 1 else group[0].name
        if came:
            found[person_key(plan_id, contact, name)] = came
    return dict(sorted(found.items()))


def given_name(name: str) -> str:
    """The first word that is no abbreviated title: "Lcda. Ana Vera" → "ana"."""
    words = plain(name).split()
    return next((word for word in words if not word.endswith(".")), " ".join(words))


def _one_by_one(rows: Iterable[Registration]) -> list[list[Registration]]:
    """The registrations of each person, in their order."""
    of: dict[tuple[str, str], list[Registration]] = {}
    for row in rows:
        before = {id(group): group for at in _marks(row) if (group := of.get(at)) is not None}
        group = sorted([*chain.from_iterable(before.values()), row], key=lambda one: one.id)
        of.update((at, group) for one in group for at in _marks(one))
    return list({id(group): group for group in of.values()}.values())


def _marks(row: Registration) -> list[tuple[str, str]]:
    """What shows another registration to be of the same person: the name with each way to reach it."""
    name = " ".join(plain(row.name).split())
    return [(name, contact) for contact in _ways(row)] or [(name, f"registration:{row.reference}")]


def _ways(row: Registration) -> list[str]:
    return [contact.lower() for contact in (row.email, row.phone) if contact]


def _contact(group: Sequence[Registration]) -> str:
    """The first mailbox that the person wrote, else the telephone, else the registration."""
    mailboxes, telephones = ([way for row in group if (way := getattr(row, kind))] for kind in ("email", "phone"))
    return next(chain(mailboxes, telephones), f"registration:{group[0].reference}").lower()
