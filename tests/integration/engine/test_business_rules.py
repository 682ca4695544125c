"""Business rule tasks: the table that was deployed with the diagram decides, and is asked again."""

from __future__ import annotations

import pytest
from diagrams_for_tests import DiagramBuilder
from engine_for_tests import DRAFTER, FORMS, SmallOffice
from sqlalchemy import text, update
from unit.engine.decision_board import column, decision, dmn, one_table, result, table

from engine import Database, DefinitionRejected, HistoryBroken, Kind, NoDecision
from engine.tables import definition

TABLE = one_table(
    [column("sifat"), result("way")],
    ['"segera" -> "kurir"', '"biasa" -> "pos"', '"rahasia" -> chosen'],
).decode()


def routed(decision_ref: str = "d", mapping: str = "singleEntry") -> bytes:
    """draft -> pick a way -> by courier a task, else done."""
    return (
        DiagramBuilder()
        .start()
        .user("draft", "drafter", outputs="sifat")
        .rule("pick", decision_ref, "way", mapping)
        .decide("by_courier", "no_courier")
        .user("hand_over", "drafter")
        .end()
        .path("begin", "draft", "pick", "by_courier")
        .flow("by_courier", "hand_over", 'way = "kurir"')
        .flow("by_courier", "done", name="no_courier")
        .path("hand_over", "done")
        .source()
    )


@pytest.fixture
def office(database: Database) -> SmallOffice:
    office = SmallOffice(database)
    office.engine.deploy(routed(), FORMS, DRAFTER, {"way": TABLE})
    return office


def drafted(office: SmallOffice, sifat: str) -> str:
    instance = office.engine.start("letter", "letter-1", "office", {}, DRAFTER)
    office.engine.complete_task(office.task(instance), DRAFTER, {"sifat": sifat})
    return instance


def test_the_table_decides_which_way_the_letter_takes(office: SmallOffice) -> None:
    urgent, plain = drafted(office, "segera"), drafted(office, "biasa")

    assert office.task(urgent, "hand_over")
    assert office.engine.instance(plain).status == "completed"
    assert office.engine.instance(plain).data["way"] == "pos"


def test_what_was_decided_stands_in_the_history(office: SmallOffice) -> None:
    instance = drafted(office, "segera")

    [left] = [
        event
        for event in office.engine.history(instance)
        if (event.kind, event.element) == (Kind.ELEMENT_LEFT, "pick")
    ]
    assert left.details == {"topic": "d", "outputs": {"way": "kurir"}}
    assert office.engine.verify_instance(instance) == []


def test_a_table_without_an_answer_changes_nothing(office: SmallOffice) -> None:
    instance = office.engine.start("letter", "letter-1", "office", {"chosen": 7}, DRAFTER)

    with pytest.raises(NoDecision, match="way") as refused:
        office.engine.complete_task(office.task(instance), DRAFTER, {"sifat": "rahasia"})

    assert "keluaran «way»" in str(refused.value.details["sentence"])
    assert office.task(instance, "draft")
    assert office.engine.verify_instance(instance) == []


def test_an_edited_table_is_found(office: SmallOffice) -> None:
    instance = drafted(office, "segera")

    with office.database.transaction() as session:
        if office.database.is_sqlite:
            session.execute(text("DROP TRIGGER definition_refuses_update"))
        else:
            session.execute(text("ALTER TABLE definition DISABLE TRIGGER USER"))
        edited = {"way": TABLE.replace("kurir", "kura")}
        session.execute(update(definition).values(decisions=edited))

    assert {problem.rule for problem in office.engine.verify_instance(instance)} == {"definition"}
    with pytest.raises(HistoryBroken):
        SmallOffice(office.database).engine.diagram(office.engine.instance(instance).definition_id)


def test_another_table_is_another_version(office: SmallOffice) -> None:
    same = office.engine.deploy(routed(), FORMS, DRAFTER, {"way": TABLE})
    other = office.engine.deploy(routed(), FORMS, DRAFTER, {"way": TABLE.replace("pos", "kapal")})

    assert (same.version, other.version) == (1, 2)
    assert dict(other.decisions) == {"way": TABLE.replace("pos", "kapal")}


@pytest.mark.parametrize(
    ("decisions", "place", "rule"),
    [
        ({}, "pick", "decision-unknown"),
        ({"way": TABLE.replace('id="d"', 'id="e"')}, "pick", "decision-unknown"),
        ({"way": TABLE, "again": TABLE}, "d", "decision-twice"),
        ({"way": TABLE.replace('"biasa"', "biasa biasa")}, "r2", "expression"),
        ({"way": "<html/>"}, "", "not-dmn"),
    ],
)
def test_a_diagram_and_its_decisions_must_fit(
    sqlite_database: Database, decisions: dict[str, str], place: str, rule: str
) -> None:
    engine = SmallOffice(sqlite_database).engine

    assert (place, rule) in {
        (each.element, each.rule) for each in engine.examine(routed(), FORMS, decisions)
    }
    with pytest.raises(DefinitionRejected):
        engine.deploy(routed(), FORMS, DRAFTER, decisions)
    assert engine.processes() == []


def test_a_result_list_becomes_data(sqlite_database: Database) -> None:
    engine = SmallOffice(sqlite_database).engine
    rows = dmn(decision(table([column("sifat"), result("way")], ['- -> "a"', '- -> "b"'],
                              "COLLECT")))  # fmt: skip
    engine.deploy(routed(mapping="resultList"), FORMS, DRAFTER, {"way": rows.decode()})
    instance = engine.start("letter", "letter-1", "office", {}, DRAFTER)

    engine.complete_task(engine.tasks_of(instance)[0].id, DRAFTER, {"sifat": "x"})

    assert engine.instance(instance).data["way"] == [{"way": "a"}, {"way": "b"}]


@pytest.mark.parametrize("sequential", ["true", "false"])
def test_a_table_is_asked_for_every_item_of_a_list(database: Database, sequential: str) -> None:
    loop = (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{sequential}"'
        ' camunda:collection="kinds" camunda:elementVariable="sifat"/></bpmn:businessRuleTask>'
    )
    held = "<bpmn:extensionElements><camunda:properties>"
    held += '<camunda:property name="collect" value="ways"/>'
    held += "</camunda:properties></bpmn:extensionElements>"
    source = routed().decode()
    source = source.replace("</bpmn:businessRuleTask>", held + loop)
    source = source.replace('camunda:resultVariable="way"', 'camunda:resultVariable="ways"')
    engine = SmallOffice(database).engine
    engine.deploy(source.encode(), FORMS, DRAFTER, {"way": TABLE})
    data = {"kinds": ["segera", "biasa", "segera"]}

    instance = engine.start("letter", "letter-1", "office", data, DRAFTER)
    engine.complete_task(engine.tasks_of(instance)[0].id, DRAFTER, {})

    assert engine.instance(instance).status == "completed"
    assert engine.verify_instance(instance) == []
    decided = [e for e in engine.history(instance) if "topic" in e.details]
    assert [e.details["outputs"] for e in decided] == [
        {"ways": "kurir"},
        {"ways": "pos"},
        {"ways": "kurir"},
    ]
