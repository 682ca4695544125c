"""What SpiffWorkflow 3.2.0 gets wrong as it comes, and the same diagram in our engine.

The first half of each test holds the library's misbehaviour fast: an upgrade that repairs it turns
the test red, and one reason for our own specs is gone.
"""

from __future__ import annotations

from datetime import datetime

import pytest
from engine_for_tests import DRAFTER
from stock.library import Stock
from stock.office import Ours
from unit.engine.drawing_board import (
    catch_error,
    choice,
    diagram,
    end,
    flow,
    fork,
    path,
    properties,
    service,
    start,
    timer,
    user,
)

from engine import Database, DefinitionRejected, TaskNotOpen

# Most of the time passes in the library, and other tests reach what these reach of ours.
pytestmark = pytest.mark.no_cover

JOIN_IN_A_LOOP = diagram(
    start(), choice("again"), user("a"), fork("split"), user("b"), user("c"), fork("join"),
    user("d"), choice("more", "more_to_done"), end(),
    path("begin", "again", "a", "split", "b", "join", "d", "more", "done"),
    path("split", "c", "join"), flow("more", "again", 'decision = "again"'),
)  # fmt: skip

REVIEW = diagram(
    start(), choice("again"), user("draft", properties(outputs="attachment")), user("review"),
    choice("approved", "approved_to_done"), end(),
    timer("late", "review", interrupting=True), user("escalation"),
    path("begin", "again", "draft", "review", "approved", "done"),
    path("late", "escalation", "again"), flow("approved", "again", 'decision = "return"'),
)  # fmt: skip


def test_a_join_in_a_loop_waits_for_every_branch(sqlite_database: Database) -> None:
    orders = ("a", "c", "b", "d", "a", "b")

    stock = Stock(JOIN_IN_A_LOOP)
    for element in orders:
        stock.complete(element, decision="again")
    assert stock.ready() == ["c", "d"], "d is offered although c is not done"

    ours = Ours(sqlite_database, JOIN_IN_A_LOOP)
    for element in orders:
        ours.complete(element, decision="again")
    assert ours.ready() == ["c"]
    ours.complete("c")
    assert ours.ready() == ["d"]
    assert ours.in_order()


@pytest.mark.parametrize(
    ("attachment", "restored"),
    [
        ({"typename": "x"}, None),
        ({"typename": "datetime", "value": "2026-01-01"}, datetime(2026, 1, 1)),  # noqa: DTZ001
    ],
)
def test_user_data_cannot_pose_as_a_type(
    sqlite_database: Database, attachment: dict[str, str], restored: datetime | None
) -> None:
    stock = Stock(REVIEW)
    stock.complete("draft", attachment=attachment, decision="")
    saved = stock.save()
    if restored is None:
        with pytest.raises(TypeError):
            stock.load(saved)
    else:
        stock.load(saved)
        assert stock.workflow.last_task.data["attachment"] == restored

    ours = Ours(sqlite_database, REVIEW)
    ours.complete("draft", attachment=attachment)
    ours.complete("review", decision="return")
    assert ours.ready() == ["draft"]
    assert ours.data["attachment"] == attachment
    assert ours.in_order()


def test_a_task_is_completed_once(sqlite_database: Database) -> None:
    stock = Stock(REVIEW)
    task = stock.task("draft")
    task.run()
    stock.run()
    assert stock.state_of("draft") == "COMPLETED"
    task.run()
    stock.run()
    assert stock.state_of("draft") == "COMPLETED", "the second completion raised nothing"

    ours = Ours(sqlite_database, REVIEW)
    task_id = ours.task("draft")
    ours.complete("draft")
    length = len(ours.engine.history(ours.id))
    with pytest.raises(TaskNotOpen) as refused:
        ours.engine.complete_task(task_id, DRAFTER, {})
    assert refused.value.details["completed_by"] == "Ani"
    assert len(ours.engine.history(ours.id)) == length
    assert ours.ready() == ["review"]


def test_a_task_that_was_not_reached_cannot_be_done(sqlite_database: Database) -> None:
    stock = Stock(REVIEW)
    assert stock.state_of("review") == "FUTURE"
    stock.task("review").run()
    assert stock.state_of("review") == "COMPLETED"

    ours = Ours(sqlite_database, REVIEW)
    with pytest.raises(TaskNotOpen):
        ours.engine.complete_task(f"{ours.id}.review.1", DRAFTER, {})
    assert ours.ready() == ["draft"]


def test_who_comes_after_the_deadline_comes_too_late(sqlite_database: Database) -> None:
    stock = Stock(REVIEW)
    stock.complete("draft", decision="")
    stock.let_time_pass()
    assert stock.state_of("review") == "CANCELLED"
    stock.task("review").complete()
    assert stock.state_of("review") == "COMPLETED", "a cancelled task was completed"

    ours = Ours(sqlite_database, REVIEW)
    ours.complete("draft")
    task_id = ours.task("review")
    assert ours.let_time_pass() == 1
    with pytest.raises(TaskNotOpen):
        ours.engine.complete_task(task_id, DRAFTER, {})
    assert ours.ready() == ["escalation"]
    assert ours.in_order()


def test_going_back_past_a_pending_timer_leaves_an_instance_that_can_go_on(
    sqlite_database: Database,
) -> None:
    stock = Stock(REVIEW)
    stock.complete("draft", decision="")
    stock.workflow.reset_from_task_id(stock.task("draft").id)
    with pytest.raises(AttributeError):
        stock.run()

    # With us going back is drawn: the task, its timer and all that was armed go in one step.
    ours = Ours(sqlite_database, REVIEW)
    ours.complete("draft")
    ours.complete("review", decision="return")
    assert ours.ready() == ["draft"]
    assert ours.let_time_pass() == 0
    ours.complete("draft")
    ours.complete("review", decision="approve")
    assert ours.completed
    assert ours.in_order()


def test_moving_a_shape_on_the_page_changes_nothing(sqlite_database: Database) -> None:
    # Both conditions hold; a stands first in the file.
    parts = (
        start(), choice("way", "way_to_c"), user("a"), user("b"), user("c"), choice("merge"), end(),
        path("begin", "way"), flow("way", "a", "decision = kind"),
        flow("way", "b", "decision = unit"), path("way", "c", "merge", "done"),
        path("a", "merge"), path("b", "merge"),
    )  # fmt: skip
    pages = [{"a": 100, "b": 300, "c": 500}, {"a": 300, "b": 100, "c": 50}]
    drawn = [diagram(*parts, layout=_page(page)) for page in pages]
    data = {"decision": "x", "kind": "x", "unit": "x"}

    assert [Stock(source, **data).ready() for source in drawn] == [["a"], ["b"]]

    assert [Ours(sqlite_database, source, **data).ready() for source in drawn] == [["a"], ["a"]]


def test_a_letter_returned_any_number_of_times_stays_alive(sqlite_database: Database) -> None:
    source = diagram(
        start(), choice("again"), user("draft"), user("review"), user("sign"),
        choice("signed", "signed_to_done"), end(),
        path("begin", "again", "draft", "review", "sign", "signed", "done"),
        flow("signed", "again", 'decision = "return"'),
    )  # fmt: skip

    stock = Stock(source)
    rounds = 0
    while stock.ready():
        for element in ("draft", "review", "sign"):
            if element in stock.ready():
                stock.complete(element, decision="return")
        rounds += 1
        assert rounds < 300, "the library no longer loses sight of deep tasks"
    assert stock.active() != [], "a task is ready, but below the depth that the library looks at"
    assert stock.workflow.is_completed(), "the library reports the frozen instance as completed"

    ours = Ours(sqlite_database, source)
    for _ in range(rounds + 20):
        for element in ("draft", "review", "sign"):
            ours.complete(element, decision="return")
    assert ours.ready() == ["draft"]
    assert not ours.completed
    assert ours.in_order()


def test_reminders_on_a_letter_returned_often_do_not_exhaust_the_stack(
    sqlite_database: Database,
) -> None:
    stock = Stock(REVIEW)
    with pytest.raises(RecursionError):
        _return_often(stock)

    ours = Ours(sqlite_database, REVIEW)
    _return_often(ours)
    assert ours.ready() == ["draft"]
    assert ours.in_order()


def test_an_error_is_caught_where_it_was_thrown(sqlite_database: Database) -> None:
    source = diagram(
        start(), fork("split"), service("one"), service("two"), user("repair_one"),
        user("repair_two"), choice("after_one"), choice("after_two"), fork("join"), end(),
        catch_error("one_failed", "one"), catch_error("two_failed", "two"),
        path("begin", "split", "one", "after_one", "join", "done"),
        path("split", "two", "after_two", "join"), path("one_failed", "repair_one", "after_one"),
        path("two_failed", "repair_two", "after_two"),
        errors={"Error_1": "FAILED"},
    )  # fmt: skip

    stock = Stock(source)
    stock.throw("FAILED")
    assert stock.ready() == ["repair_one", "repair_two"], "nobody threw anything at two"

    ours = Ours(sqlite_database, source)
    with sqlite_database.transaction() as session:
        key = f"{ours.id}:one:1"
        assert ours.engine.business_error(session, key, "FAILED", "Gagal.")
    assert ours.ready() == ["repair_one"]
    assert ours.in_order()


def test_what_two_branches_write_is_never_mixed(sqlite_database: Database) -> None:
    source = diagram(
        start(), fork("split"), user("a", properties(outputs="copies")),
        user("b", properties(outputs="copies")), fork("join"), user("read"), end(),
        path("begin", "split", "a", "join", "read", "done"), path("split", "b", "join"),
    )  # fmt: skip
    camat, bupati = [{"to": "camat", "by": "post"}, {"to": "arsip"}], [{"to": "bupati"}]

    stock = Stock(source)
    stock.complete("a", copies=camat)
    stock.complete("b", copies=bupati)
    assert stock.task("read").data["copies"] == camat[:1], "neither what a wrote nor what b did"

    ours = Ours(sqlite_database, source)
    ours.complete("a", copies=camat)
    ours.complete("b", copies=bupati)
    assert ours.data["copies"] == bupati, "the last one to write is right, as a whole"
    assert ours.in_order()


def test_a_gateway_that_leads_nowhere_leaves_the_task_to_do(sqlite_database: Database) -> None:
    source = diagram(
        start(), user("a"), choice("way"), user("b"), user("c"), choice("merge"), end(),
        path("begin", "a", "way"), flow("way", "b", 'decision = "b"'),
        flow("way", "c", 'decision = "c"'), path("b", "merge", "done"), path("c", "merge"),
    )  # fmt: skip

    stock = Stock(source)
    with pytest.raises(Exception, match="No conditions satisfied"):
        stock.complete("a", decision="d")
    assert stock.state_of("a") == "COMPLETED"
    assert stock.ready() == []

    with pytest.raises(DefinitionRejected):
        Ours(sqlite_database, source)


@pytest.mark.parametrize(
    ("parts", "lost"),
    [
        ([timer("late", "nowhere"), user("remind"), path("late", "remind")], "remind"),
        ([user("nobody_comes")], "nobody_comes"),
        ([flow("a", "done", "False", "unless")], ""),
    ],
    ids=["a deadline of a missing task", "a task nobody comes to", "a condition behind a task"],
)
def test_nothing_that_is_drawn_is_dropped_without_a_word(
    sqlite_database: Database, parts: list[str], lost: str
) -> None:
    ways = [] if parts[0].startswith("<bpmn:sequenceFlow") else [flow("a", "done")]
    source = diagram(start(), user("a"), end(), path("begin", "a"), *ways, *parts)

    stock = Stock(source)
    assert lost not in stock.workflow.spec.task_specs
    stock.complete("a")
    assert stock.workflow.is_completed()

    with pytest.raises(DefinitionRejected):
        Ours(sqlite_database, source)


def test_a_condition_cannot_run_code(sqlite_database: Database) -> None:
    witness = "__import__('os').environ.setdefault('ALUR_WITNESS', 'ran')"
    source = diagram(
        start(), choice("way", "way_to_b"), user("a"), user("b"), choice("merge"), end(),
        path("begin", "way"), flow("way", "a", witness), path("way", "b", "merge", "done"),
        path("a", "merge"),
    )  # fmt: skip

    assert Stock(source).ready() == ["a"], "the diagram's code was executed"

    with pytest.raises(DefinitionRejected):
        Ours(sqlite_database, source)


def _return_often(instance: Stock | Ours) -> None:
    for _ in range(300):
        instance.complete("draft", decision="")
        instance.complete("review", decision="return")


def _page(heights: dict[str, int]) -> str:
    shapes = "".join(
        f'<bpmndi:BPMNShape id="shape_{element}" bpmnElement="{element}">'
        f'<dc:Bounds x="0" y="{y}" width="100" height="80"/></bpmndi:BPMNShape>'
        for element, y in heights.items()
    )
    return (
        '<bpmndi:BPMNDiagram><bpmndi:BPMNPlane bpmnElement="p">'
        f"{shapes}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>"
    )
