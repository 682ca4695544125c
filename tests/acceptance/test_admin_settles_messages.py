"""An admin settles messages that nobody receives, and processes that could not begin."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NoReturn

import pytest
from click.testing import CliRunner
from staff_for_tests import DRAFT, Browser, DemoOffice, open_demo_office
from unit.engine.drawing_board import diagram, end, node, path, properties, start, user
from unit.engine.walked import MESSAGES, REPLY, catch, throw

from engine import SYSTEM, SystemClock
from engine.errors import NoWayOn
from engine.messages import Message, keep
from engine.steps import Step
from handlers.organisation import Organisation
from webapp.commands import commands

FORMS = {"form": '{"type": "default", "components": []}'}
MONDAY = (
    "<bpmn:timerEventDefinition><bpmn:timeDuration>PT1H</bpmn:timeDuration>"
    "</bpmn:timerEventDefinition>"
)


@pytest.fixture
def demo(prepared_demo: Path, tmp_path: Path) -> Iterator[DemoOffice]:
    demo = open_demo_office(prepared_demo, tmp_path)
    yield demo
    demo.office.database.close()


def kept(demo: DemoOffice, scope: str = "dpmptsp") -> Browser:
    """An admin before a message that nobody waits for."""
    demo.office.engine.publish_message("jawaban", "surat-1", {}, SYSTEM, scope=scope)
    return demo.sign_in("staf_dasi").get("/messages")


def deployed(demo: DemoOffice, begins: str) -> None:
    source = diagram(
        begins, user("a"), end(), path("asked", "a", "done"), layout=MESSAGES,
    )  # fmt: skip
    demo.office.engine.deploy(source, FORMS, SYSTEM)


def sent(demo: DemoOffice, admin: Browser, **values: str) -> dict[str, str]:
    [message] = demo.office.engine.post.kept()
    return {"csrf_token": admin.token, "message": message.id, **values}


def test_an_admin_discards_a_message_with_a_reason(demo: DemoOffice) -> None:
    admin = kept(demo)
    assert "jawaban · surat-1 Belum ada yang menunggunya." in admin.text

    refused = admin.client.post("/messages/discard", data=sent(demo, admin, reason=" "))
    admin.submit("/messages/discard", reason="Suratnya sudah dibatalkan.")

    assert refused.status_code == 422
    assert "Alasan Anda tercatat" in admin.text
    assert "Semua pesan sudah diterima." in admin.text
    assert "Suratnya sudah dibatalkan." in admin.text
    admin.submit("/language", language="en")
    assert "Every message was received." in admin.get("/messages").text
    [gone] = demo.office.engine.post.discarded()
    assert gone.discarded_by == demo.office.organisation.person("staf_dasi").name


def test_an_admin_learns_why_a_message_began_nothing_and_tries_again(demo: DemoOffice) -> None:
    deployed(demo, node("startEvent", "asked", REPLY))
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(Step, "start", _break)
        demo.office.engine.publish_message("reply", "surat-1", {}, SYSTEM, scope="dpmptsp")
        for day in range(1, 8):
            later = datetime.now(UTC) + timedelta(days=day)
            broken.setattr(SystemClock, "now", lambda _clock, at=later: at)
            demo.office.engine.fire_due_timers()
    assert "Terhenti: Pesan reply" in demo.sign_in("staf_dasi").get("/notices").text
    admin = demo.sign_in("staf_dasi").get("/incidents")
    assert "1 terhenti" in admin.text
    assert "RuntimeError: selengkapnya ada dalam log server." in admin.get("/messages").text
    assert "6 kali dicoba" in admin.text
    assert "the disk is full" not in admin.text

    admin.submit("/messages/retry")

    assert "Pesan diterima." in admin.text
    [instance_id] = demo.office.engine.instance_ids()
    assert demo.office.engine.history(instance_id)[0].person == "staf_dasi"


def test_a_message_that_nobody_wants_stays_after_a_try(demo: DemoOffice) -> None:
    admin = kept(demo)

    admin.submit("/messages/retry")

    assert "Belum ada yang menerima pesan ini." in admin.text
    assert len(demo.office.engine.post.kept()) == 1


def test_an_admin_begins_a_process_that_could_not_begin_by_itself(demo: DemoOffice) -> None:
    deployed(
        demo,
        node("startEvent", "asked", properties(scope="dpmptsp", calendar="elapsed") + MONDAY),
    )
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(Step, "start", _break)
        later = datetime.now(UTC) + timedelta(days=1)
        broken.setattr(SystemClock, "now", lambda _clock: later)
        demo.office.engine.fire_due_timers()
        admin = demo.sign_in("staf_dasi").get("/messages")
        assert "RuntimeError" in admin.text
        assert "the disk is full" not in admin.text
        assert "RuntimeError" not in demo.sign_in("kasubbag_umpeg").get("/messages").text
        admin.submit("/messages/starts/retry")
        assert "Proses belum dapat dimulai." in admin.text

    admin.submit("/messages/starts/retry")

    assert "Proses dimulai." in admin.text
    assert len(demo.office.engine.instance_ids()) == 1


def test_only_an_admin_of_the_office_settles_its_messages(demo: DemoOffice) -> None:
    admin = kept(demo)

    for username, refused in (("kasubbag_umpeg", 404), ("staf_yan", 403)):
        person = demo.sign_in(username)
        assert "surat-1" not in person.get("/messages").text
        for way in ("retry", "discard"):
            data = sent(demo, person, reason="Saya ingin.")
            assert person.client.post(f"/messages/{way}", data=data).status_code == refused
    without_token = {**sent(demo, admin), "csrf_token": "", "reason": "Tanpa token."}
    assert admin.client.post("/messages/discard", data=without_token).status_code == 400

    assert len(demo.office.engine.post.kept()) == 1
    assert "jawaban · surat-1" in kept(demo, "").text
    assert "surat-1" in demo.sign_in("kasubbag_umpeg").get("/messages").text  # that of no office


def test_what_concerns_a_secret_letter_is_hidden_as_among_the_incidents(demo: DemoOffice) -> None:
    deployed(demo, node("startEvent", "asked", REPLY))
    secret = secret_letter(demo)
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(Step, "start", _refuse)
        demo.office.engine.publish_message("reply", secret, {}, SYSTEM)
        demo.office.engine.publish_message("reply", "permohonan-1", {}, SYSTEM)
    admin = demo.sign_in("staf_dasi").get("/messages")

    assert secret not in admin.text
    assert "Rahasia: isi tidak ditampilkan" in admin.text
    assert "reply · permohonan-1" in admin.text
    assert admin.text.count("Pemeriksaan Budi") == 1
    assert admin.text.count("1 kali dicoba") == 2
    [message] = [each for each in demo.office.engine.post.kept() if each.correlation == secret]
    values = {"csrf_token": admin.token, "message": message.id, "reason": "Budi sudah diperiksa."}
    assert admin.client.post("/messages/discard", data=values).status_code == 303
    assert "Pesan yang dibuang" in admin.get("/messages").text
    assert secret not in admin.text
    assert "sudah diperiksa" not in admin.text


def test_what_a_secret_letter_says_to_others_is_hidden(demo: DemoOffice) -> None:
    secret = secret_letter(demo)
    source = diagram(
        start(), throw("tell", properties(correlationKey="code") + REPLY), end(),
        path("begin", "tell", "done"), layout=MESSAGES,
    )  # fmt: skip
    demo.office.engine.deploy(source, FORMS, SYSTEM)
    for business_key, code in ((secret, "Budi"), ("permohonan-1", "Citra")):
        demo.office.engine.start("p", business_key, "dpmptsp", {"code": code}, SYSTEM)
    demo.work()

    text = demo.sign_in("staf_dasi").get("/messages").text

    assert "2 pesan" in text
    assert "reply · Citra" in text
    assert "Budi" not in text


def secret_letter(demo: DemoOffice) -> str:
    drafter = demo.sign_in("staf_yan").get("/letters/new").submit("/letters/new")
    drafter.submit(drafter.path, **{**DRAFT, "sifat": "rahasia"})
    return drafter.path.rpartition("/")[2]


def test_the_messages_of_another_office_crowd_out_nobody(demo: DemoOffice) -> None:
    for number in range(201):
        new = Message(f"far-{number}", "jawaban", f"jauh-{number}", "kec", {})
        with demo.office.database.transaction() as session:
            keep(session, new, datetime(2026, 1, 1, tzinfo=UTC))
    demo.office.engine.publish_message("jawaban", "surat-1", {}, SYSTEM, scope="dpmptsp")
    admin = demo.sign_in("staf_dasi").get("/messages")
    assert "surat-1" in admin.text

    admin.submit("/messages/retry")
    assert "Belum ada yang menerima pesan ini." in admin.text
    admin.submit("/messages/discard", reason="Keliru.")

    assert "Alasan Anda tercatat" in admin.text
    assert len(demo.office.engine.post.kept(limit=300)) == 201


def test_a_page_asks_once_which_offices_there_are(
    demo: DemoOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        demo.office.engine.publish_message("jawaban", f"surat-{number}", {}, SYSTEM)
    admin = demo.sign_in("staf_dasi")
    asked: list[None] = []
    offices = Organisation.offices
    monkeypatch.setattr(
        Organisation, "offices", lambda organisation: asked.append(None) or offices(organisation)
    )

    assert "surat-2" in admin.get("/messages").text

    assert len(asked) == 1


def test_a_message_comes_from_outside(demo: DemoOffice, tmp_path: Path) -> None:
    source = diagram(
        start(), catch("wait", REPLY, properties(outputs="answer")), user("a"), end(),
        path("begin", "wait", "a", "done"), layout=MESSAGES,
    )  # fmt: skip
    demo.office.engine.deploy(source, FORMS, SYSTEM)
    letter = demo.office.engine.start("p", "surat-1", "dpmptsp", {}, SYSTEM)
    said = tmp_path / "said.json"
    said.write_text(json.dumps({"answer": "setuju"}))

    received = told(demo, "reply", "--correlation", "surat-1", "--data", str(said))
    unwanted = told(
        demo, "reply", "--correlation", "surat-2", "--data", str(said), "--scope", "dpmptsp"
    )

    assert received == (0, f"Pesan diterima oleh proses {letter}.\n")
    assert demo.office.engine.instance(letter).data["answer"] == "setuju"
    assert unwanted[0] == 0
    assert "disimpan" in unwanted[1]
    [message] = demo.office.engine.post.kept()
    assert (message.correlation, message.scope) == ("surat-2", "dpmptsp")


def test_a_message_from_outside_that_cannot_be_kept_is_refused(
    demo: DemoOffice, tmp_path: Path
) -> None:
    said = tmp_path / "said.json"
    for text, more, sentence in (
        ("{", (), "bukan JSON"),
        ("[]", (), "satu objek JSON"),
        ("[" * 100_000, (), "bersarang terlalu dalam"),
        ("{}", ("--scope", "nirwana"), "tidak dikenal"),
        (json.dumps({"text": "x" * 70_000}), (), "bytes of payload"),
    ):
        said.write_text(text)

        code, printed = told(demo, "reply", "--correlation", "x", "--data", str(said), *more)

        assert code == 1
        assert sentence in printed
    assert demo.office.engine.post.kept() == []


def told(demo: DemoOffice, *words: str) -> tuple[int, str]:
    """Run ``alur publish-message``; return its exit code and what it printed."""
    settings = demo.office.settings
    environment = {"ALUR_HOME": str(settings.home), "ALUR_DATABASE_URL": settings.database_url}
    done = CliRunner().invoke(commands, ("publish-message", *words), env=environment)
    return done.exit_code, done.output + (str(done.exception) if done.exit_code else "")


def _refuse(*_arguments: object, **_named: object) -> NoReturn:
    raise NoWayOn("Pemeriksaan Budi tidak ada.")


def _break(*_arguments: object, **_named: object) -> NoReturn:
    raise RuntimeError("the disk is full")
