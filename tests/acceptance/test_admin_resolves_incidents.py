"""An admin finds what stopped, and lets it go on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NoReturn

import pytest
from sqlalchemy import insert
from staff_for_tests import DRAFT, DemoOffice, open_demo_office

from engine import SENT_BACK, SKIPPED, Kind, SystemClock
from engine.steps import Step
from handlers.composing import Composer
from handlers.organisation.tables import person, person_role
from webapp.proof import prove


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


def test_an_admin_sends_back_what_stopped_and_the_drafter_reads_why(demo: DemoOffice) -> None:
    instance_id = stop_a_letter(demo, "Undangan yang kembali")
    reason = "Lampirannya rusak; unggah ulang."

    admin = demo.sign_in("staf_dasi").get("/incidents")
    assert "Naskah ditolak penyusun" in admin.text
    assert not admin.page.xpath("//form[contains(@action, '/skip')]")
    (back,) = admin.page.xpath("//form[contains(@action, '/send-back')]/@action")
    admin.submit(back, reason=reason)

    assert "Alasan Anda dibaca" in admin.text
    assert "Tidak ada kendala." in admin.get("/incidents").text
    assert reason in demo.sign_in("staf_yan").open("Undangan yang kembali").text
    assert resolutions(demo, instance_id) == [("staf_dasi", reason, SENT_BACK)]
    letter = demo.office.engine.instance(instance_id).business_key
    assert "Dikembalikan oleh admin" in demo.sign_in("staf_yan").get(f"/letters/{letter}").text
    assert prove(demo.office) == []


def test_an_admin_gives_a_reason_or_changes_nothing(demo: DemoOffice) -> None:
    stop_a_letter(demo, "Undangan tanpa alasan")
    (incident,) = demo.office.engine.incidents()
    admin = demo.sign_in("staf_dasi").get("/incidents")

    for way in ("send-back", "skip"):
        path = f"/incidents/{incident.id}/{way}"
        answer = admin.client.post(path, data={"csrf_token": admin.token, "reason": "  "})
        assert answer.status_code == 422
    assert demo.office.engine.incidents() == [incident]


def test_an_admin_skips_only_what_the_diagram_can_do_without(demo: DemoOffice) -> None:
    instance_id = stop_a_deadline(demo)

    admin = demo.sign_in("staf_dasi").get("/incidents")
    assert "tugasnya tetap berjalan" in admin.text
    assert not admin.page.xpath("//form[contains(@action, '/send-back')]")
    (skip,) = admin.page.xpath("//form[contains(@action, '/skip')]/@action")
    admin.submit(skip, reason="Kepala sedang dinas luar.")

    assert "Dilewati." in admin.text
    assert demo.office.engine.incidents() == []
    assert resolutions(demo, instance_id) == [("staf_dasi", "Kepala sedang dinas luar.", SKIPPED)]
    replayed = admin.get(f"/audit/{instance_id}").text
    assert "dilewati" in replayed
    assert "dinas luar" not in replayed  # the admin resolves; the letter is not for him to read
    assert demo.office.engine.tasks_of(instance_id)
    assert prove(demo.office) == []


@pytest.mark.parametrize("way", ["retry", "skip", "send-back"])
def test_only_an_admin_of_the_office_resolves_an_incident(demo: DemoOffice, way: str) -> None:
    stop_a_letter(demo, "Undangan yang terjaga")
    (incident,) = demo.office.engine.incidents()
    path = f"/incidents/{incident.id}/{way}"

    for username, refused in (("kasubbag_umpeg", 404), ("staf_yan", 403)):
        person = demo.sign_in(username)
        sent = {"csrf_token": person.token, "reason": "Saya ingin."}
        assert person.client.post(path, data=sent).status_code == refused
    admin = demo.sign_in("staf_dasi")
    assert admin.client.post(path, data={"reason": "Tanpa token."}).status_code == 400

    assert demo.office.engine.incidents() == [incident]


def resolutions(demo: DemoOffice, instance_id: str) -> list[tuple[str, str, object]]:
    """Who resolved incidents of the letter, why and how."""
    return [
        (event.person, event.reason, event.details["how"])
        for event in demo.office.engine.history(instance_id)
        if event.kind is Kind.INCIDENT_RESOLVED
    ]


def stop_a_deadline(demo: DemoOffice) -> str:
    """Start a letter whose first deadline breaks for a reason nobody foresaw."""
    drafter = demo.sign_in("staf_yan").get("/letters/new")
    position = drafter.page.xpath("//*[@name='position']/@value")[0]
    process = drafter.page.xpath("//*[@name='process']/@value")[0]
    drafter.submit("/letters/new", position=position, process=process)
    (instance_id,) = demo.office.engine.instance_ids()[-1:]
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(SystemClock, "now", lambda _clock: datetime.now(UTC) + timedelta(days=30))
        broken.setattr(Step, "fire_timer", _break)
        assert demo.office.engine.fire_due_timers() == 0
    return instance_id


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


def _break(*_arguments: object) -> NoReturn:
    raise RuntimeError("the disk is full")


@pytest.fixture
def demo(prepared_demo: Path, tmp_path: Path) -> Iterator[DemoOffice]:
    demo = open_demo_office(prepared_demo, tmp_path)
    yield demo
    demo.office.database.close()
