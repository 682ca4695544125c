"""The diagram is the whole SOP: every printed row, and everything of the identity block."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

#: The printed SOPs as reconstructed from their scans; names of officials are left out.
PRINTED = json.loads((Path(__file__).parent / "printed_sops.json").read_text("utf-8"))
COLUMNS = ("sop.activity", "sop.kelengkapan", "sop.waktu", "sop.output")
NIP = re.compile(r"\d{8} ?\d{6} ?\d ?\d{3}")
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
MINUTES = re.compile(r"PT(\d+)M")


@pytest.fixture
def printed(drawing: Any) -> dict[str, Any]:
    return PRINTED[drawing.process.get("id")]


def test_the_lanes_are_the_printed_columns_in_their_order(drawing: Any, printed: Any) -> None:
    drawn = [lane.get("name") for lane in drawing.process.iter() if lane.tag.endswith("}lane")]

    assert drawn == printed["lanes"]


def test_every_printed_row_stands_word_for_word_at_one_task_of_its_lane(
    drawing: Any, printed: Any
) -> None:
    columns = zip(printed["lanes"], drawing.lanes.values(), strict=True)
    lane_of = {element: name for name, elements in columns for element in elements}

    found = [
        {"row": properties["sop.row"], "lane": lane_of[task]}
        | {column: properties[column] for column in COLUMNS}
        for task, node in drawing.of_type("userTask").items()
        if (properties := drawing.properties(node)).get("sop.sumber") == "cetak"
    ]

    assert sorted(found, key=lambda row: row["row"]) == printed["rows"]


def test_what_is_not_printed_says_that_it_is_a_proposal(drawing: Any) -> None:
    for task, node in drawing.of_type("userTask").items():
        properties = drawing.properties(node)

        assert properties["sop.sumber"] in ("cetak", "usulan"), task
        if properties["sop.sumber"] == "usulan":
            assert properties["sop.waktu_sumber"].startswith("Usulan"), task


def test_the_timers_of_a_row_add_up_to_the_printed_time(drawing: Any, printed: Any) -> None:
    timers = {
        node.get("attachedToRef"): duration
        for node in drawing.of_type("boundaryEvent").values()
        if (duration := node.findtext(f".//{BPMN}timeDuration"))
    }

    for row, minutes in printed["minutes"].items():
        counted = [
            int(MINUTES.fullmatch(timers[task])[1])  # type: ignore[index]
            for task, node in drawing.of_type("userTask").items()
            if (properties := drawing.properties(node))["sop.row"] == row
            and (properties["sop.sumber"] == "cetak" or "sop.waktu_bagian" in properties)
        ]
        assert sum(counted) == minutes, row


def test_the_identity_block_is_complete(drawing: Any, printed: Any) -> None:
    identity = drawing.properties(drawing.process)

    assert printed["identity"].items() <= identity.items()
    for name in ("nomor", "nama", "instansi", "unit", "disahkan_jabatan", "tanggal_efektif"):
        assert identity[f"sop.{name}"]
    for name in ("dasar_hukum", "kualifikasi", "keterkaitan", "peralatan", "pencatatan"):
        assert identity[f"sop.{name}.1"]


def test_no_employee_number_is_copied_from_the_scans(drawing: Any) -> None:
    assert not NIP.search(drawing.source.decode())
