"""What two records of actors have in common: name, tax number, the domain of their mail, their web site. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from enum import StrEnum
from urllib.parse import urlsplit

from intake.core.i18n import lazy_gettext as _l
from intake.core.text import plain


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Names at least this alike (0..1, difflib, without the words that many share) may be one organisation.
ALIKE = 0.75
#: The same for the list of every likely pair, which somebody must work through.
ALIKE_IN_LIST = 0.8
#: Names whose pairs of letters overlap less than this are not compared letter by letter, which costs more.
WORTH_COMPARING = 0.6
#: Words that say little about which organisation it is.
COMMON_WORDS = _words(
    "a al de del e el en la las lo los para por un una y asociacion colectivo corporacion ecuador ecuatoriana "
    "ecuatoriano fundacion organizacion cia ltda sa"
)
#: Mail that anybody may have: two addresses there say nothing.
FREE_MAIL = _words(
    "gmail.com googlemail.com hotmail.com hotmail.es outlook.com outlook.es live.com msn.com yahoo.com yahoo.es "
    "yahoo.com.ec ymail.com icloud.com me.com aol.com proton.me protonmail.com gmx.com gmx.net zoho.com mail.com "
    "yandex.com tutanota.com tuta.com andinanet.net"
)
#: Web sites where many have a page: the host alone says nothing.
SHARED_HOSTS = _words(
    "facebook.com m.facebook.com instagram.com twitter.com x.com youtube.com tiktok.com linkedin.com linktr.ee "
    "sites.google.com wordpress.com blogspot.com wixsite.com github.io bit.ly wa.me t.me goo.gl"
)
_SHARED_TAILS = (".wordpress.com", ".blogspot.com", ".wixsite.com", ".github.io", ".weebly.com", ".facebook.com")


class Why(StrEnum):
    """What two records share, the strongest first."""

    RUC = "ruc"
    NAME = "name"
    SITE = "site"
    DOMAIN = "domain"


WORDS = {
    Why.RUC: _l("mismo RUC"),
    Why.NAME: _l("nombre parecido"),
    Why.SITE: _l("mismo sitio web"),
    Why.DOMAIN: _l("mismo dominio de correo"),
}
WEIGHT = {Why.RUC: 8, Why.NAME: 4, Why.SITE: 2, Why.DOMAIN: 1}


def tokens_of(name_plain: str) -> tuple[str, ...]:
    """The telling words of a folded name, in order; all of them where none tells anything."""
    words = re.findall(r"[a-z0-9]+", name_plain)
    return tuple(word for word in words if word not in COMMON_WORDS) or tuple(words)


def host_of(website: str | None) -> str:
    """The host of a web site without ``www.``, "" where many share it or there is none."""
    try:
        host = (urlsplit(website or "").hostname or "").removeprefix("www.")
    except ValueError:
        return ""
    return "" if host in SHARED_HOSTS or host.endswith(_SHARED_TAILS) else host


def domain_of(email: str | None) -> str:
    """The domain of an address, "" for one that anybody may have or none."""
    domain = (email or "").rpartition("@")[2].lower()
    return "" if domain in FREE_MAIL else domain


def name_likeness(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    """How alike two names are by their telling words, 0..1, in the order written or by the alphabet.

    Names with different numbers are not alike at all.
    """
    if {w for w in one if w.isdigit()} != {w for w in other if w.isdigit()}:
        return 0.0
    written = _ratio(one, other)
    return 1.0 if sorted(one) == sorted(other) else max(written, _ratio(sorted(one), sorted(other)))


def _ratio(one: Sequence[str], other: Sequence[str]) -> float:
    return SequenceMatcher(None, " ".join(one), " ".join(other), autojunk=False).ratio()


def pairs_of_letters(words: tuple[str, ...]) -> frozenset[str]:
    """The neighbouring letters of a name: a cheap first look."""
    text = " ".join(words)
    return frozenset(text[i : i + 2] for i in range(len(text) - 1))


def overlap(one: frozenset[str], other: frozenset[str]) -> float:
    """How much two sets have in common, 0..1 (Dice)."""
    return 2 * len(one & other) / (len(one) + len(other) or 1)


def acronym_is(acronym: str | None, typed: str) -> bool:
    """Whether what was typed is the acronym."""
    return bool(acronym) and plain(acronym or "") == typed
