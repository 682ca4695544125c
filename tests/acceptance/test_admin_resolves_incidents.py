"""An admin finds what stopped, and lets it go on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert
from staff_for_tests import DRAFT, DemoOffice, open_demo_office

from engine import Kind
from handlers.composing import ComposedPdf, Composer
from handlers.organisation.tables import person, person_role


def test_an_admin_reads_what_stopped_and_lets_it_go_on(demo: DemoOffice) -> None:
    instance_id = stop_a_letter(demo, "Undangan macet")

    told = demo.sign_in("staf_dasi").get("/notices")
    assert "Terhenti: Menyusun naskah PDF surat" in told.text
    assert "Undangan macet" not in told.text
    (link,) = told.page.xpath("//li//a[@href='/incidents']/@href")[-1:]
    admin = told.get(link)
    assert "Menyusun naskah PDF surat" in admin.text
    assert "Undangan macet" in admin.text
    (retry,) = admin.page.xpath("//form[contains(@action, '/retry')]/@action")
    admin.submit(retry)
    demo.work()

    assert demo.office.engine.incidents() == []
    assert "Tidak ada kendala." in admin.get("/incidents").text
    resolved = [
        event
        for event in demo.office.engine.history(instance_id)
        if event.kind is Kind.INCIDENT_RESOLVED
    ]
    assert [event.person for event in resolved] == ["staf_dasi"]


def test_the_admin_of_another_office_sees_no_incident(demo: DemoOffice) -> None:
    stop_a_letter(demo, "Undangan macet lain")
    (incident,) = demo.office.engine.incidents()

    stranger = demo.sign_in("kasubbag_umpeg").get("/incidents")
    assert "Undangan macet lain" not in stranger.text
    assert "Terhenti:" not in stranger.get("/notices").text
    answer = stranger.client.post(
        f"/incidents/{incident.id}/retry", data={"csrf_token": stranger.token}
    )

    assert answer.status_code == 404
    assert demo.office.engine.incidents() == [incident]


def test_an_admin_without_a_position_tries_again_what_stopped(demo: DemoOffice) -> None:
    instance_id = stop_a_letter(demo, "Undangan macet untuk operator")
    with demo.office.database.transaction() as session:
        session.execute(insert(person).values(id="op", name="Operator Rekaan", username="op"))
        session.execute(insert(person_role).values(person="op", office="dpmptsp", role="admin"))
    demo.office.accounts.open("op", "op", "operator-2026")

    admin = demo.sign_in("op", "operator-2026").get("/incidents")
    (retry,) = admin.page.xpath("//form[contains(@action, '/retry')]/@action")
    admin.submit(retry)
    demo.work()

    assert "Dicoba lagi." in admin.text
    assert demo.office.engine.incidents() == []
    assert "op" in {each.person for each in demo.office.engine.history(instance_id)}


def stop_a_letter(demo: DemoOffice, subject: str) -> str:
    """Take a letter to the composing, which breaks once for a reason nobody foresaw."""
    drafter = demo.sign_in("staf_yan").get("/letters/new")
    position = drafter.page.xpath("//*[@name='position']/@value")[0]
    process = drafter.page.xpath("//*[@name='process']/@value")[0]
    drafter.submit("/letters/new", position=position, process=process)
    drafter.submit(drafter.path, **{**DRAFT, "subject": subject})
    for reviewer in ("kasi_usaha", "kabid_yan"):
        demo.sign_in(reviewer).answer(subject, decision="approve")
    demo.sign_in("pengelola_surat").answer(subject, letter_date="2026-11-23")
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(Composer, "compose", _break)
        demo.work()
    (incident,) = demo.office.engine.incidents()
    return incident.instance_id


def _break(*_arguments: object) -> ComposedPdf:
    raise RuntimeError("the disk is full")


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[DemoOffice]:
    demo = open_demo_office(tmp_path)
    yield demo
    demo.office.database.close()
