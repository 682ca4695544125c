"""What stopped, and what an operator does about it: try again, skip, send back."""

from __future__ import annotations

from collections.abc import Mapping
from errno import EIO, ENOENT
from smtplib import SMTPException
from typing import Any

import pytest
from diagrams_for_tests import DiagramBuilder
from engine_for_tests import (
    DRAFTER,
    OFFICER,
    REVIEWING,
    SigningWorld,
    SmallOffice,
    World,
    at_the_sending,
    escalating,
    nobody_to_tell,
    sending,
)
from sqlalchemy.orm import Session

from engine import (
    SENT_BACK,
    SKIPPED,
    BusinessError,
    Database,
    Incident,
    Kind,
    NoWayBack,
    NoWayOn,
    ReasonMissing,
    Secret,
    SecretNeeded,
    SkipForbidden,
    SomebodyNeeded,
    StepCall,
    UnknownIncident,
    WaysOut,
)


@pytest.fixture
def world() -> World:
    return World(undelivered=0)


@pytest.fixture
def office(database: Database, world: World) -> SmallOffice:
    return SmallOffice(database, **REVIEWING, queued={"letter.send": world})


def test_a_defect_is_an_incident_that_an_operator_retries(
    office: SmallOffice, world: World
) -> None:
    world.fails = [FileNotFoundError(ENOENT, "No such file or directory", "Nama Rahasia.docx")]
    letter = at_the_sending(office)
    office.run_jobs()
    [incident] = office.engine.incidents()
    assert (incident.kind, incident.element) == ("job", "send")
    assert incident.sentence == "FileNotFoundError: No such file or directory"
    assert office.engine.queued_job_keys() == []
    assert office.engine.verify_instance(letter) == []

    office.engine.retry_incident(incident.id, OFFICER)
    [again] = office.engine.queued_job_keys()
    office.run_jobs()

    assert again != incident.reference  # a queue takes a key once; the handler sees the first one
    assert {call.key for call in world.calls} == {f"{letter}:send:1"}
    assert office.engine.incidents() == []
    [resolved] = [e for e in office.engine.history(letter) if e.kind is Kind.INCIDENT_RESOLVED]
    assert resolved.name == "Dewi"
    assert office.task(letter, "confirm")
    assert office.engine.verify_instance(letter) == []


@pytest.mark.parametrize(
    "error",
    [
        OSError(EIO, "cannot write «Undangan rahasia»"),  # a number of the system, other words
        SMTPException("550", "«Undangan rahasia» looks like spam"),  # a library's own use of both
    ],
)
def test_words_where_the_systems_reason_stands_are_not_told(
    office: SmallOffice, world: World, error: OSError
) -> None:
    world.fails = [error]
    at_the_sending(office)

    office.run_jobs()

    [incident] = office.engine.incidents()
    assert incident.sentence == f"{type(error).__name__}: selengkapnya ada dalam log server."


def test_an_error_that_nobody_catches_is_an_incident(office: SmallOffice, world: World) -> None:
    diagram = (
        DiagramBuilder()
        .start()
        .user("draft", "drafter")
        .service("send", "letter.send")
        .end()
        .path("begin", "draft", "send", "done")
    )
    world.fails = [BusinessError("SENDING_FAILED", "Penuh."), ValueError("x")]
    letter = office.begin(diagram)
    office.engine.complete_task(office.task(letter), DRAFTER, {})

    office.run_jobs()

    [incident] = office.engine.incidents()
    assert incident.sentence == "SENDING_FAILED: Penuh."
    office.engine.retry_incident(incident.id, OFFICER)
    office.run_jobs()
    [second] = office.engine.incidents()
    office.engine.retry_incident(second.id, OFFICER)
    office.run_jobs()
    assert office.engine.instance(letter).status == "completed"
    assert office.engine.verify_instance(letter) == []


def stopped(
    office: SmallOffice, world: World, diagram: DiagramBuilder | None = None
) -> tuple[str, Incident]:
    """A letter whose sending met a defect."""
    world.fails = [ValueError("no such font")]
    letter = office.begin(diagram or sending(), {"recipient": "camat"})
    office.engine.complete_task(office.task(letter), DRAFTER, {})
    office.run_jobs()
    [incident] = office.engine.incidents()
    return letter, incident


def plain(diagram: DiagramBuilder) -> DiagramBuilder:
    """Draft, then the one service of the diagram, called send."""
    return diagram.start().user("draft", "drafter").end().path("begin", "draft", "send", "done")


def resolution(office: SmallOffice, letter: str) -> tuple[str, str, object]:
    """Who resolved the incident, why and how, as the history has it."""
    [event] = [e for e in office.engine.history(letter) if e.kind is Kind.INCIDENT_RESOLVED]
    return event.name, event.reason, event.details["how"]


def test_an_operator_skips_a_job_and_says_why(office: SmallOffice, world: World) -> None:
    letter, incident = stopped(office, world)
    before = office.engine.instance(letter).data

    office.engine.skip_incident(incident.id, OFFICER, "  Diantar sendiri.  ")

    assert office.task(letter, "confirm")
    assert office.engine.instance(letter).data == before
    assert world.recorded == []
    assert resolution(office, letter) == ("Dewi", "Diantar sendiri.", SKIPPED)
    assert office.engine.incidents() == office.engine.queued_job_keys() == []
    assert ("JOB_FINISHED", "send") not in office.kinds(letter)
    assert office.engine.verify_instance(letter) == []
    office.engine.complete_task(office.task(letter), OFFICER, {})
    assert office.engine.instance(letter).status == "completed"
    assert office.engine.verify_instance(letter) == []


def test_the_result_of_a_job_that_was_skipped_comes_too_late(
    office: SmallOffice, world: World
) -> None:
    letter, incident = stopped(office, world)
    office.engine.skip_incident(incident.id, OFFICER, "Diantar sendiri.")
    before = office.engine.history(letter)

    with office.database.transaction() as session:
        assert not office.engine.finish_job(session, incident.reference, {})

    assert office.engine.history(letter) == before
    assert office.engine.verify_instance(letter) == []


def test_an_operator_sends_a_letter_back_along_the_drawn_way(
    office: SmallOffice, world: World
) -> None:
    letter, incident = stopped(office, world)

    office.engine.send_back_incident(incident.id, OFFICER, "Tujuannya salah.")

    task = office.engine.task(office.task(letter, "draft"))
    assert task.occurrence == 2
    assert task.data["error"] == {"code": "SENDING_FAILED", "sentence": "Tujuannya salah."}
    assert resolution(office, letter) == ("Dewi", "Tujuannya salah.", SENT_BACK)
    assert office.engine.incidents() == office.engine.queued_job_keys() == []
    assert office.engine.verify_instance(letter) == []
    office.engine.complete_task(task.id, DRAFTER, {})
    office.run_jobs()
    assert office.task(letter, "confirm")
    assert office.engine.verify_instance(letter) == []


def test_without_a_drawn_way_back_an_operator_is_told_what_to_draw(
    office: SmallOffice, world: World
) -> None:
    diagram = plain(DiagramBuilder().service("send", "letter.send"))
    letter, incident = stopped(office, world, diagram)
    before = office.engine.history(letter)

    with pytest.raises(NoWayBack, match="attach an error boundary event"):
        office.engine.send_back_incident(incident.id, OFFICER, "Salah.")

    assert office.engine.ways_out(incident) == WaysOut(skip=True, send_back="")
    assert office.engine.history(letter) == before
    assert office.engine.incidents() == [incident]


@pytest.mark.parametrize("reason", ["", "  \n "])
@pytest.mark.parametrize("act", ["skip_incident", "send_back_incident"])
def test_whoever_resolves_an_incident_says_why(
    office: SmallOffice, world: World, act: str, reason: str
) -> None:
    letter, incident = stopped(office, world)
    before = office.engine.history(letter)

    with pytest.raises(ReasonMissing):
        getattr(office.engine, act)(incident.id, OFFICER, reason)

    assert office.engine.history(letter) == before
    assert office.engine.incidents() == [incident]


def test_two_operators_resolve_one_incident_once(office: SmallOffice, world: World) -> None:
    letter, incident = stopped(office, world)
    office.engine.skip_incident(incident.id, OFFICER, "Diantar sendiri.")

    for act in (office.engine.skip_incident, office.engine.send_back_incident):
        with pytest.raises(UnknownIncident):
            act(incident.id, OFFICER, "Saya juga.")
    with pytest.raises(UnknownIncident):
        office.engine.retry_incident(incident.id, OFFICER)

    assert resolution(office, letter)[1] == "Diantar sendiri."


def test_a_diagram_may_forbid_to_go_on_without_a_step(office: SmallOffice, world: World) -> None:
    diagram = plain(DiagramBuilder().service("send", "letter.send", skip="refuse"))
    diagram.error("failed", "send", "SENDING_FAILED").flow("failed", "draft")
    letter, incident = stopped(office, world, diagram)

    with pytest.raises(SkipForbidden):
        office.engine.skip_incident(incident.id, OFFICER, "Lewati saja.")

    assert office.engine.ways_out(incident) == WaysOut(skip=False, send_back="failed")
    assert office.engine.incidents() == [incident]
    assert office.engine.verify_instance(letter) == []


def test_what_needs_a_passphrase_is_not_skipped_but_sent_back(database: Database) -> None:
    signing = SigningWorld()
    signing.fails = [ValueError("x")]
    office = SmallOffice(database, attended={"letter.sign": signing})
    diagram = plain(DiagramBuilder().service("send", "letter.sign")).error(
        "failed", "send", "SIGNING_FAILED"
    )
    letter = office.begin(diagram.flow("failed", "draft"))
    office.engine.complete_task(office.task(letter), DRAFTER, {}, secret=Secret("x"))
    [incident] = office.engine.incidents()

    with pytest.raises(SecretNeeded):
        office.engine.skip_incident(incident.id, OFFICER, "Sudah ditandatangani di kertas.")
    office.engine.send_back_incident(incident.id, OFFICER, "Silakan tanda tangani ulang.")

    assert office.engine.task(office.task(letter)).occurrence == 2
    assert office.engine.verify_instance(letter) == []


def test_what_misses_the_result_of_a_skipped_job_stops_the_skipping(
    database: Database, world: World
) -> None:
    def register(call: StepCall, session: Session) -> Mapping[str, Any]:
        return {"registered": call.data["receipt"]}

    office = SmallOffice(
        database, queued={"letter.send": world}, immediate={"letter.register": register}
    )
    diagram = (
        DiagramBuilder()
        .start()
        .user("draft", "drafter")
        .service("send", "letter.send")
        .service("register", "letter.register")
        .end()
        .path("begin", "draft", "send", "register", "done")
    )
    letter, incident = stopped(office, world, diagram)
    before = office.engine.history(letter)

    with pytest.raises(NoWayOn):
        office.engine.skip_incident(incident.id, OFFICER, "Lewati saja.")

    assert office.engine.history(letter) == before
    assert office.engine.incidents() == [incident]
    assert office.engine.verify_instance(letter) == []


def test_a_task_without_performers_is_not_skipped(office: SmallOffice) -> None:
    office.positions.of["drafter"] = ()
    letter = office.begin(sending())
    [incident] = office.engine.incidents()

    with pytest.raises(SomebodyNeeded):
        office.engine.skip_incident(incident.id, OFFICER, "Tidak ada orangnya.")

    assert office.engine.ways_out(incident) == WaysOut(skip=False, send_back="")
    assert office.engine.incidents() == [incident]
    assert office.engine.verify_instance(letter) == []


def test_a_task_without_performers_is_sent_back_along_the_drawn_way(office: SmallOffice) -> None:
    office.positions.of["head"] = ()
    diagram = (
        DiagramBuilder()
        .start()
        .user("draft", "drafter")
        .user("review", "head")
        .error("nobody", "review", "NOBODY")
        .end()
        .path("begin", "draft", "review", "done")
        .flow("nobody", "draft")
    )
    letter = office.begin(diagram)
    office.engine.complete_task(office.task(letter), DRAFTER, {})
    [incident] = office.engine.incidents()

    office.engine.send_back_incident(incident.id, OFFICER, "Pilih pemeriksa lain.")

    assert office.engine.task(office.task(letter)).element == "draft"
    assert office.engine.incidents() == []
    assert office.engine.verify_instance(letter) == []


def test_a_deadline_that_failed_is_dropped_and_its_task_goes_on(database: Database) -> None:
    office = SmallOffice(database, immediate={"letter.escalate": nobody_to_tell})
    letter = office.begin(escalating())
    office.clock.pass_time(hours=3)
    office.engine.fire_due_timers()
    [incident] = office.engine.incidents()
    with pytest.raises(NoWayBack):
        office.engine.send_back_incident(incident.id, OFFICER, "x")

    office.engine.skip_incident(incident.id, OFFICER, "Kepala sedang dinas luar.")

    assert office.engine.incidents() == []
    assert office.engine.fire_due_timers() == 0
    assert resolution(office, letter) == ("Dewi", "Kepala sedang dinas luar.", SKIPPED)
    assert office.engine.verify_instance(letter) == []
    office.engine.complete_task(office.task(letter), DRAFTER, {})
    assert office.engine.instance(letter).status == "completed"
    assert office.engine.verify_instance(letter) == []
