"""What sets a proposal aside before anybody else sees it: signs of machines, probes and tests, each with a weight.

In a real city's intake one proposal in twenty is none (domain dossier, peers.md B16). Signs only add up to a pause: a
person looks and lets through with one key, so a sign may be wrong. No sign alone that an honest person gives (a fast
writer, a shared network, a few links, a letter that neighbours send together) is enough.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from intake.core.text import plain
from models.enums import HoldReason

#: Signs that weigh this much together set a proposal aside.
ENOUGH = 3
#: Nobody reads and answers four questions in less (seconds).
QUICKEST = 4
#: A form open for longer (seconds) was not kept by a person, or its time was made up. Offline drafts wait for days.
OLDEST = 60 * 24 * 3600
#: As many copies of one text within a week are held; fewer only beside another sign.
COPIES = 3
MANY_LINKS = 5
SOME_LINKS = 3

_LINK = re.compile(r"https?://|www\.[a-z0-9-]+\.|\[url|<a\s", re.IGNORECASE)
#: What is typed to find holes in a site and never to propose anything (OWASP testing guide's first payloads).
_PROBES = re.compile(
    r"<\s*(?:script|iframe|img|svg|object)\b|javascript:|on(?:error|load|mouseover)\s*=|"
    r"'\s*(?:or|and)\s+['\d(]|union\s+(?:all\s+)?select\b|;\s*(?:drop|delete|insert|update)\s+\w+|"
    r"(?:\.\./){2,}|/etc/passwd|c:\\windows|\$\{jndi:|\{\{\s*\d+\s*[*+]\s*\d+\s*\}\}|<\?php|"
    r"\bsleep\(\d+\)|\bwaitfor\s+delay\b|xp_cmdshell|%00|\x00",
    re.IGNORECASE,
)
_TEST_WORDS = frozenset(
    [
        "prueba",
        "pruebas",
        "test",
        "testing",
        "tests",
        "probando",
        "asdf",
        "asdfg",
        "qwerty",
        "lorem",
        "ipsum",
        "hola",
        "xxx",
        "abc",
        "demo",
    ]
)
_FEW_WORDS = 12


@dataclass(frozen=True)
class Pace:
    """How the form was filled in. ``seconds`` None: its time of opening is missing or was made up."""

    seconds: float | None
    trap: bool = False


@dataclass(frozen=True)
class Arrival:
    """What is known when a proposal is sent.

    ``copies``: how often the same text came within a week; ``from_network``: sent from the network within the hour.
    """

    title: str
    texts: Sequence[str]
    copies: int = 0
    from_network: int = 0


#: Sent from one network within an hour: a class at school is fewer.
CROWD = 30

Findings = Mapping[HoldReason, tuple[int, str]]


def of_pace(pace: Pace) -> Findings:
    """Signs in how the form was filled in: reason → (weight, evidence)."""
    found: dict[HoldReason, tuple[int, str]] = {}
    if pace.trap:
        found[HoldReason.TRAP] = (3, "")
    if pace.seconds is None:
        found[HoldReason.STALE_FORM] = (1, "")
    elif pace.seconds > OLDEST:
        found[HoldReason.STALE_FORM] = (1, f"{pace.seconds / 86400:.0f} d")
    elif pace.seconds < QUICKEST:
        found[HoldReason.TOO_FAST] = (2, f"{pace.seconds:.0f} s")
    return found


def of_content(arrival: Arrival) -> Findings:
    """Signs in what was written and from where: reason → (weight, evidence)."""
    whole = "\n".join((arrival.title, *arrival.texts))
    found: dict[HoldReason, tuple[int, str]] = {}
    if probe := _PROBES.search(whole):
        found[HoldReason.PROBE] = (3, probe.group(0)[:40])
    if _is_test(arrival):
        found[HoldReason.TEST] = (3, arrival.title[:40])
    if links := len(_LINK.findall(whole)):
        weight = 3 if links >= MANY_LINKS else 2 if links >= SOME_LINKS else 0
        if weight:
            found[HoldReason.LINKS] = (weight, str(links))
    if arrival.from_network > CROWD:
        found[HoldReason.FLOOD] = (1, str(arrival.from_network))
    return with_copies(found, arrival.copies)


def with_copies(findings: Findings, copies: int) -> Findings:
    """The signs with that of so many copies, told before that of a crowd."""
    if not copies:
        return findings
    found = dict(findings)
    crowd = found.pop(HoldReason.FLOOD, None)
    found[HoldReason.DUPLICATE_TEXT] = (3 if copies >= COPIES else 2, str(copies))
    return found if crowd is None else {**found, HoldReason.FLOOD: crowd}


def _is_test(arrival: Arrival) -> bool:
    """Whether the words are those that people type to see what happens, or no words at all."""
    words = re.findall(r"[a-zñ]+", plain("\n".join((arrival.title, *arrival.texts))))
    if not words:
        return True
    if len(set(words)) < _FEW_WORDS and set(words) & _TEST_WORDS:
        return True
    real = [w for w in words if len(w) > 1 and re.search(r"[aeiou]", w) and not re.search(r"(.)\1{3}", w)]
    return len(real) * 2 < len(words)


def weighed_with(findings: Findings, from_network: int, *, proven: bool | None) -> Findings:
    """The signs once a proof of work was asked for: with it the crowd is none, without it the crowd is enough."""
    if proven is None:
        return findings
    others = dict(findings)
    others.pop(HoldReason.FLOOD, None)
    return others if proven else {**others, HoldReason.FLOOD: (ENOUGH, str(from_network))}


def is_enough(findings: Findings) -> bool:
    """Whether these signs together set a proposal aside."""
    return sum(weight for weight, _evidence in findings.values()) >= ENOUGH


def weightiest(findings: Findings) -> HoldReason:
    """The reason that is told first; of equal ones the first that was found."""
    return max(findings, key=lambda reason: findings[reason][0])
