"""Commands of plans."""

from __future__ import annotations

import json
from datetime import timedelta

from intake.extensions import db
from intake.plans import queries
from tests import factories as make


def run(app, *arguments):
    return app.test_cli_runner().invoke(args=["plans", *arguments])


def test_list_prints_one_document(app):
    plan = make.plan()
    db.session.commit()
    found = json.loads(run(app, "list", "--json").stdout)
    assert [p["code"] for p in found] == [plan.code]
    assert [s["number"] for s in found[0]["stages"]] == [1, 2, 3, 4, 5]


def test_reschedule_by_name_and_by_number(app):
    plan = make.plan()
    code, closes = plan.code, queries.stages_of(plan.id)[1].closes_on
    db.session.commit()
    for name, days in (("reception", 1), ("2", 2)):
        wanted = closes + timedelta(days=days)
        done = run(app, "reschedule", code, name, "--closes", wanted.isoformat(), "--reason", "Lluvias")
        assert done.exit_code == 0, done.output
        db.session.expire_all()
        assert queries.stages_of(plan.id)[1].closes_on == wanted
    assert [r.reason for r in queries.reschedules(plan)] == ["Lluvias", "Lluvias"]


def test_a_refusal_is_one_line_on_stderr(app):
    plan = make.plan()
    db.session.commit()
    for arguments in (("PAGA99", "2"), (plan.code, "9"), (plan.code, "2")):  # no plan, no stage, the same dates
        done = run(app, "reschedule", *arguments, "--reason", "x")
        assert done.exit_code == 1
        assert done.stdout == ""
        assert len(done.stderr.strip().splitlines()) == 1


TITLES = ("--title-es", "Cuarto Plan", "--title-en", "Fourth Plan")


def test_create_makes_a_plan_with_five_planned_stages(app):
    dates = ("--starts-on", "2027-06-01", "--ends-on", "2029-05-31")
    done = run(app, "create", "paga4", "--number", "4", *TITLES, *dates, "--json")
    assert done.exit_code == 0, done.output
    made = json.loads(done.stdout)
    assert (made["code"], made["number"], made["status"], made["is_current"]) == ("PAGA4", 4, "preparing", False)
    assert (made["starts_on"], made["ends_on"]) == ("2027-06-01", "2029-05-31")
    assert [(s["number"], s["status"], s["opens_on"]) for s in made["stages"]] == [
        (n, "planned", None) for n in range(1, 6)
    ]
    assert run(app, "create", "PAGA5", "--number", "5", *TITLES).stdout == "PAGA5: /planes/PAGA5/\n"


def test_create_refuses_in_one_line(app):
    assert run(app, "create", "PAGA4", "--number", "4", *TITLES).exit_code == 0
    for code in ("PAGA4", "no"):  # taken, no code
        done = run(app, "create", code, "--number", "4", *TITLES)
        assert (done.exit_code, done.stdout) == (1, "")
        assert len(done.stderr.strip().splitlines()) == 1
