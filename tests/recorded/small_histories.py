"""Small diagrams, and a letter's way through each: what the histories of the SOPs do not hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from diagrams_for_tests import DiagramBuilder
from engine_for_tests import (
    DRAFTER,
    FORMS,
    HEAD,
    OFFICER,
    REVIEWING,
    SmallOffice,
    World,
    at_the_sending,
)
from moving_for_tests import OWNER, at_review, line, publish
from unit.engine import decision_board as table
from unit.engine import drawing_board as board
from unit.engine.walked import ESCALATIONS, HOUR, LATE, MESSAGES, REPLY, catch, each, edge, throw

from engine import BusinessError, Database

_ACTORS = {"staff": DRAFTER, "head": HEAD, "officer": OFFICER}
_REASON = "SOP berubah."


class RecordedOffice(SmallOffice):
    """An office whose sending a history directs."""

    def __init__(self, database: Database) -> None:
        self.world = World(sent=True)
        super().__init__(
            database,
            **REVIEWING,
            queued={"letter.send": self.world},
            notices={"notice.remind": World()},
        )

    def begun(self, source: bytes, **data: Any) -> str:
        """Deploy the diagram and start a letter on it."""
        deployed = self.engine.deploy(source, FORMS, DRAFTER)
        return self.engine.start(deployed.process_id, "letter-1", "office", data, DRAFTER)

    def do(self, letter: str, element: str, **answers: Any) -> None:
        """Seven minutes later, the first open task at the element is done."""
        self.clock.pass_time(minutes=7)
        task = next(t for t in self.engine.tasks_of(letter) if t.element == element)
        actor = _ACTORS[task.candidates[0]]
        self.engine.complete_task(task.id, actor, answers)

    def send(self, *failures: Exception) -> None:
        """Half a minute later the job runs, and fails with these, one after the other."""
        self.world.fails += failures
        self.clock.pass_time(seconds=30)
        self.run_jobs()


def moved(office: RecordedOffice) -> str:
    """A letter gets a limit and a further task while it is reviewed."""
    letter = at_review(office, line("draft", "review"))
    office.clock.pass_time(minutes=5)
    target = publish(office, line("draft", "review", "check", limit="PT1H"))
    office.engine.moves.move(letter, target, OWNER, _REASON)
    office.clock.pass_time(hours=2)
    office.engine.fire_due_timers()
    office.do(letter, "review", decision="approve")
    office.do(letter, "check")
    return letter


def moved_and_undone(office: RecordedOffice) -> str:
    """A letter goes back to the version on which it began, and ends there."""
    letter = at_review(office, line("draft", "review"))
    target = publish(office, line("draft", "review", "check", limit="PT1H"))
    office.engine.moves.move(letter, target, OWNER, _REASON)
    office.clock.pass_time(minutes=9)
    office.engine.moves.undo(letter, OWNER, "Keliru.")
    office.do(letter, "review", decision="approve")
    return letter


def skipped(office: RecordedOffice) -> str:
    """An operator lets a letter go on without its job."""
    letter = at_the_sending(office)
    office.send(ValueError("no address"))
    [incident] = office.engine.incidents()
    office.engine.skip_incident(incident.id, HEAD, "Dikirim lewat kurir.")
    office.do(letter, "confirm")
    return letter


def sent_back(office: RecordedOffice) -> str:
    """An operator takes the drawn way of failure; the second sending succeeds."""
    letter = at_the_sending(office)
    office.send(ValueError("no address"))
    [incident] = office.engine.incidents()
    office.engine.send_back_incident(incident.id, HEAD, "Alamat salah.")
    office.do(letter, "draft")
    office.send()
    office.do(letter, "confirm")
    return letter


def error_caught(office: RecordedOffice) -> str:
    """A failure that was foreseen leads back to the draft."""
    letter = at_the_sending(office)
    office.send(BusinessError("SENDING_FAILED", "Kotak surat penuh."))
    office.do(letter, "draft")
    office.send()
    office.do(letter, "confirm")
    return letter


def sub_process(office: RecordedOffice) -> str:
    """An embedded sub-process tells of itself, comes again, and is interrupted by its limit."""
    inside = board.start("in") + board.user("a") + throw("tell", LATE) + board.user("b")
    inside += board.end("out") + board.path("in", "a", "tell", "b", "out")
    letter = office.begun(
        board.diagram(
            board.start(), board.choice("merge"), board.node("subProcess", "work", inside),
            edge("heard", "work", LATE, interrupting=False), board.notice("note"),
            board.end("noted"), board.path("heard", "note", "noted"),
            edge("late", "work", HOUR), board.user("after"), board.end(),
            board.path("begin", "merge", "work", "after", "done"), board.path("late", "merge"),
            layout=ESCALATIONS,
        )
    )  # fmt: skip
    office.do(letter, "a")
    office.clock.pass_time(days=2)
    office.engine.fire_due_timers()
    for element in ("a", "b", "after"):
        office.do(letter, element)
    return letter


def parallel_instances(office: RecordedOffice) -> str:
    """Two of three units at the same time are enough."""
    repeated = each("units", "unit", "nrOfCompletedInstances &gt;= 2")
    return _consented(office, repeated, ("hukum", "umum"))


def sequential_instances(office: RecordedOffice) -> str:
    """One unit after the other."""
    in_turn = each("units", "unit", sequential="true")
    return _consented(office, in_turn, ("umum", "arsip", "hukum"))


def _consented(office: RecordedOffice, repeated: str, units: tuple[str, ...]) -> str:
    kept = board.properties(outputs="opinion", collect="opinions")
    letter = office.begun(
        board.diagram(
            board.start(), board.user("consent", kept + repeated), board.user("after"),
            board.end(), board.path("begin", "consent", "after", "done"),
        ),
        units=["umum", "arsip", "hukum"],
    )  # fmt: skip
    for unit in units:
        office.clock.pass_time(minutes=7)
        [task] = [t for t in office.engine.tasks_of(letter) if t.data["unit"] == unit]
        office.engine.complete_task(task.id, DRAFTER, {"opinion": f"Setuju, {unit}."})
    office.do(letter, "after")
    return letter


def called(office: RecordedOffice) -> str:
    """A process is called with data of its own; a newer version of it changes nothing."""
    checking = board.diagram(
        board.start(), board.user("check", board.properties(outputs="verdict")), board.end(),
        board.path("begin", "check", "done"), process="checking",
    )  # fmt: skip
    office.engine.deploy(checking, FORMS, DRAFTER)
    mapping = (
        '<bpmn:extensionElements><camunda:in source="subject" target="about"/>'
        '<camunda:out source="verdict" target="outcome"/></bpmn:extensionElements>'
    )
    letter = office.begun(
        board.diagram(
            board.start(), board.node("callActivity", "call", mapping, calledElement="checking"),
            board.user("after"), board.end(), board.path("begin", "call", "after", "done"),
        ),
        subject="undangan",
    )  # fmt: skip
    office.engine.deploy(checking.replace(b'"check"', b'"look"'), FORMS, DRAFTER)
    office.do(letter, "call!check", verdict="baik")
    office.do(letter, "after")
    return letter


def early_message(office: RecordedOffice) -> str:
    """A reply comes before anybody waits for it."""
    letter = office.begun(
        board.diagram(
            board.start(), board.user("a"),
            catch("reply", REPLY, board.properties(outputs="number", correlationKey="agenda")),
            board.user("after"), board.end(), board.path("begin", "a", "reply", "after", "done"),
            layout=MESSAGES,
        ),
        agenda="A-7",
    )  # fmt: skip
    office.engine.publish_message("reply", "A-7", {"number": 12, "text": "Balasan."}, OFFICER)
    office.do(letter, "a")
    office.do(letter, "after")
    return letter


def race(office: RecordedOffice) -> str:
    """A message comes before a moment does, and the second time after it."""
    more = board.flow("again", "merge", "more = true")
    letter = office.begun(
        board.diagram(
            board.start(), board.choice("merge"), board.node("eventBasedGateway", "race"),
            catch("reply", REPLY), catch("late", HOUR), board.choice("met"),
            board.user("a", board.properties(outputs="more")),
            board.choice("again", "again_to_done"), board.end(),
            board.path("begin", "merge", "race", "reply", "met", "a", "again", "done"),
            board.path("race", "late", "met"), more, layout=MESSAGES,
        )
    )  # fmt: skip
    office.clock.pass_time(minutes=7)
    office.engine.publish_message("reply", "letter-1", {}, OFFICER)
    office.do(letter, "a", more=True)
    office.clock.pass_time(days=1)
    office.engine.fire_due_timers()
    office.do(letter, "a", more=False)
    return letter


def decided(office: RecordedOffice) -> str:
    """A table picks the way, and another adds up."""
    ways = table.one_table(
        [table.column("urgency"), table.result("way")],
        ['"segera" -> "kurir"', '- -> "pos"'],
        "FIRST",
    )
    costs = table.dmn(
        table.decision(
            table.table(
                [table.column("way"), table.result("cost", "number")],
                ["- -> 5", '"kurir" -> 20'],
                "COLLECT",
                "SUM",
            ),
            "costs",
        )
    )
    drawn = (
        DiagramBuilder()
        .start()
        .user("draft", "drafter", outputs="urgency")
        .rule("pick", "d", "way")
        .rule("add_up", "costs", "cost")
        .decide("by_courier", "no_courier")
        .user("hand_over", "drafter")
        .end()
        .path("begin", "draft", "pick", "add_up", "by_courier")
        .flow("by_courier", "hand_over", 'way = "kurir"')
        .flow("by_courier", "done", name="no_courier")
        .path("hand_over", "done")
    )
    files = {"ways": ways.decode(), "costs": costs.decode()}
    office.engine.deploy(drawn.source(), FORMS, DRAFTER, files)
    letter = office.engine.start("letter", "letter-1", "office", {}, DRAFTER)
    office.do(letter, "draft", urgency="segera")
    office.do(letter, "hand_over")
    return letter


#: What is recorded of small diagrams, by name.
SMALL: tuple[Callable[[RecordedOffice], str], ...] = (
    moved, moved_and_undone, skipped, sent_back, error_caught, sub_process, parallel_instances,
    sequential_instances, called, early_message, race, decided,
)  # fmt: skip
