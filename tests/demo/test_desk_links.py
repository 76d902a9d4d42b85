"""Every number of the Directorate's desk that is a link leads to a list that counts the same."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from intake.extensions import db
from models import Post, PostHolding, User
from models.enums import Role

if TYPE_CHECKING:
    from tests.conftest import SignIn

_LINK = re.compile(r'<a(?: class="row-note")? href="([^"]+)">([^<]*)</a>')
_COUNT = re.compile(r'<p class="count"[^>]*>([\d.]+) resultado')
#: Links whose text holds a number that is not a count: the reference of a commitment, a stage.
_NAMES = re.compile(r"/compromisos/|/planes/|/seleccion/$")


def person(role: Role) -> User:
    query = sa.select(User).join(PostHolding, PostHolding.user_id == User.id).join(Post, Post.id == PostHolding.post_id)
    return db.session.scalars(query.where(Post.role == role).order_by(User.id).limit(1)).one()


def number(text: str) -> int | None:
    found = re.search(r"\d[\d.]*", text)
    return int(found.group().replace(".", "")) if found else None


@pytest.mark.parametrize("role", [Role.DIRECTORATE, Role.OBSERVER])
def test_every_linked_number_is_what_its_list_counts(sign_in: SignIn, role: Role) -> None:
    browser = sign_in(person(role))
    page = browser.get("/direccion/").text
    main = page[page.index("<main") : page.index("</main>")]
    compared, wrong = 0, []
    for raw, text in _LINK.findall(main):
        url = html.unescape(raw)
        answer = browser.get(url)
        assert answer.status_code == 200, url
        shown, counted = number(text), _COUNT.search(answer.text)
        if shown is None or _NAMES.search(url) or "/direccion/correo/" in url:
            continue
        listed = int(counted.group(1).replace(".", "")) if counted else 0
        compared += 1
        if shown != listed:
            wrong.append((url, shown, listed))
    assert wrong == []
    assert compared > 20
