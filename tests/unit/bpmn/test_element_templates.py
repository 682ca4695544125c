"""The element templates: what process owners may choose is what the diagrams and the house know."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

FILE = Path(__file__).parents[3] / "bpmn" / "element-templates" / "surat.json"
CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"


@pytest.fixture
def templates() -> dict[str, Any]:
    return {each["id"]: each for each in json.loads(FILE.read_text("utf-8"))}


def test_every_task_of_the_diagrams_names_a_template_of_its_kind(
    drawing: Any, templates: dict[str, Any]
) -> None:
    for task, node in drawing.of_type("userTask", "serviceTask", "sendTask").items():
        template = templates[node.get(f"{CAMUNDA}modelerTemplate")]
        kind = drawing.kind(task)

        assert template["elementType"]["value"] == f"bpmn:{kind[0].upper()}{kind[1:]}", task
        assert str(template["version"]) == node.get(f"{CAMUNDA}modelerTemplateVersion"), task


def test_every_value_of_the_diagrams_is_one_its_template_offers(
    drawing: Any, templates: dict[str, Any]
) -> None:
    for task, node in drawing.of_type("userTask", "serviceTask", "sendTask").items():
        properties = drawing.properties(node)
        for field in templates[node.get(f"{CAMUNDA}modelerTemplate")]["properties"]:
            name, kind = field["binding"]["name"], field["binding"]["type"]
            written = (
                node.get(name.replace("camunda:", CAMUNDA))
                if kind == "property"
                else properties.get(name)
            )
            if written is None:
                continue
            if field["type"] == "Hidden":
                assert written == field["value"], (task, name)
            if field["type"] == "Dropdown":
                assert written in [choice["value"] for choice in field["choices"]], (task, name)


def test_a_fresh_task_separates_the_reviewer_from_the_drafter(templates: dict[str, Any]) -> None:
    fresh = {
        field["binding"]["name"]: field.get("value")
        for field in templates["alur.person_task"]["properties"]
    }

    assert fresh["separateFrom"] == "draft_letter,revise_letter"
    assert fresh["samePerson"] == "refuse"
