"""A process owner reads the SOPs, edits one, is told what is unsound, and publishes a version."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from diagrams_for_tests import DiagramBuilder
from flask.testing import FlaskClient
from lxml import html
from small_office import DIAGRAMS, KECAMATAN, OWNER, SOP, SmallOffice, signed_in, start
from unit.engine.decision_board import column, one_table, result

from engine import Database

SOURCE = (DIAGRAMS / f"{SOP}.bpmn").read_bytes()
LONGER = SOURCE.replace(b">PT15M<", b">PT4H<", 1)
DECIDED = (
    DiagramBuilder().start().rule("pick", "d", "way").end().path("begin", "pick", "done").source()
)
UNSOUND = SOURCE.replace(b'camunda:formKey="review_letter"', b'camunda:formKey="no_such_form"', 1)


def newest(office: SmallOffice) -> str:
    return office.engine.versions(SOP)[-1].id


def test_the_list_shows_every_process_and_who_runs_on_it(
    office: SmallOffice, owner: FlaskClient
) -> None:
    start(office.engine, "letter-1")

    page = owner.get("/processes/").text

    assert "SOP 1.2.12" in page
    assert "Kecamatan" in page
    assert ">1</dd>" in page


def test_a_new_version_serves_new_letters_and_leaves_running_ones_alone(
    office: SmallOffice, owner: FlaskClient
) -> None:
    old = start(office.engine, "letter-1")

    answer = owner.post(f"/processes/versions/{newest(office)}/publish", data=LONGER).get_json()
    new = start(office.engine, "letter-2")

    assert answer == {"published": True, "url": f"/processes/{SOP}"}
    assert office.engine.instance(old).definition_version == 1
    assert office.engine.instance(new).definition_version == 2
    assert "Versi 2 terbit" in owner.get(answer["url"]).text


def test_the_forms_of_the_base_version_go_along(office: SmallOffice, owner: FlaskClient) -> None:
    owner.post(f"/processes/versions/{newest(office)}/publish", data=LONGER)

    first, second = office.engine.versions(SOP)

    assert second.forms == first.forms
    assert second.deployed_by == "Owner Rekaan"


def test_an_unsound_diagram_is_refused_with_the_element(
    office: SmallOffice, owner: FlaskClient
) -> None:
    asked = owner.post(f"/processes/versions/{newest(office)}/examine", data=UNSOUND)
    refused = owner.post(f"/processes/versions/{newest(office)}/publish", data=UNSOUND)

    assert not asked.get_json()["sound"]
    assert refused.status_code == 422
    assert "review_by_unit_head" in {each["element"] for each in refused.get_json()["findings"]}
    assert len(office.engine.versions(SOP)) == 1


def test_the_same_content_makes_no_version_and_says_so(
    office: SmallOffice, owner: FlaskClient
) -> None:
    answer = owner.post(f"/processes/versions/{newest(office)}/publish", data=SOURCE).get_json()

    assert not answer["published"]
    assert "Isinya sama dengan versi 1" in answer["sentence"]
    assert len(office.engine.versions(SOP)) == 1


def test_an_uploaded_file_is_published_without_javascript(
    office: SmallOffice, owner: FlaskClient
) -> None:
    page = owner.post(
        f"/processes/versions/{newest(office)}/upload",
        data={"diagram": (io.BytesIO(LONGER), "sop.bpmn")},
        follow_redirects=True,
    )

    assert "Versi 2 terbit" in page.text


@pytest.mark.parametrize("content", [b"", b"hello", b"<a/>", UNSOUND])
def test_an_uploaded_file_that_is_no_sound_diagram_is_explained(
    office: SmallOffice, owner: FlaskClient, content: bytes
) -> None:
    page = owner.post(
        f"/processes/versions/{newest(office)}/upload",
        data={"diagram": (io.BytesIO(content), "sop.bpmn")},
    )

    assert page.status_code == 422
    assert "Kesalahan:" in page.text
    assert len(office.engine.versions(SOP)) == 1


def test_the_diagram_is_handed_out_byte_for_byte(office: SmallOffice, owner: FlaskClient) -> None:
    shown = owner.get(f"/processes/versions/{newest(office)}/diagram.bpmn")
    saved = owner.get(f"/processes/versions/{newest(office)}/diagram.bpmn?download=1")

    assert shown.data == saved.data == SOURCE
    assert saved.headers["Content-Disposition"] == f'attachment; filename="{SOP}-v1.bpmn"'


def test_two_versions_are_compared_with_old_and_new_values(
    office: SmallOffice, owner: FlaskClient
) -> None:
    owner.post(f"/processes/versions/{newest(office)}/publish", data=LONGER)

    page = owner.get(f"/processes/{SOP}/compare").text

    assert "<del>PT15M</del>" in page
    assert "PT4H" in page
    assert 'data-changed="' in page


def test_the_rules_of_a_decision_table_are_compared_too(
    office: SmallOffice, owner: FlaskClient
) -> None:
    when, ways = 'sifat: "segera"', ("kurir", "surel")
    columns = [column("sifat"), result("way")]
    for rules in (['"segera" -> "kurir"'], ['"segera" -> "surel"', '"biasa" -> "pos"']):
        table = one_table(columns, rules).decode()
        office.engine.deploy(DECIDED, {}, OWNER, {"way": table})

    page = html.fromstring(owner.get("/processes/letter/compare").text)

    (found,) = page.xpath("//tbody[tr/th[contains(., 'Tabel keputusan d')]]")
    assert [[cell.text_content().strip() for cell in row] for row in found] == [
        ["Tabel keputusan d", "Berubah", "Aturan 1", *(f'{when} → way: "{way}"' for way in ways)],
        ["Aturan 2", "", 'sifat: "biasa" → way: "pos"'],
    ]


def test_the_modeler_offers_the_forms_that_stand(office: SmallOffice, owner: FlaskClient) -> None:
    offered = owner.get(f"/processes/versions/{newest(office)}/templates.json").get_json()

    fields = [field for each in offered for field in each["properties"]]
    (forms,) = (each for each in fields if each["binding"].get("name") == "camunda:formKey")

    assert forms["type"] == "Dropdown"
    assert "review_letter" in {choice["value"] for choice in forms["choices"]}


def test_staff_read_the_sop_but_cannot_change_it(office: SmallOffice) -> None:
    staff = signed_in(office.app(), "staff")

    read = staff.get(f"/processes/versions/{newest(office)}")
    edit = staff.get(f"/processes/versions/{newest(office)}/edit")
    publish = staff.post(f"/processes/versions/{newest(office)}/publish", data=LONGER)

    assert read.status_code == 200
    assert "Uraian kegiatan" in read.text
    assert (edit.status_code, publish.status_code) == (403, 403)


def test_the_owner_of_another_office_reads_but_cannot_publish(office: SmallOffice) -> None:
    neighbour = signed_in(office.app(), "owner@kec")

    listed = neighbour.get(f"/processes/{SOP}")
    publish = neighbour.post(f"/processes/versions/{newest(office)}/publish", data=LONGER)

    assert listed.status_code == 200
    assert "Ubah diagram" not in listed.text
    assert publish.status_code == 403
    assert len(office.engine.versions(SOP)) == 1


def test_a_diagram_of_another_process_is_not_published_as_this_one(
    office: SmallOffice, owner: FlaskClient
) -> None:
    other = (DIAGRAMS / f"{KECAMATAN}.bpmn").read_bytes()

    refused = owner.post(f"/processes/versions/{newest(office)}/publish", data=other)

    assert refused.status_code == 422
    assert "process-renamed" in {each["rule"] for each in refused.get_json()["findings"]}
    assert len(office.engine.versions(KECAMATAN)) == 1


@pytest.mark.parametrize("path", ["/processes/nothing", "/processes/nothing/compare"])
def test_an_unknown_process_is_not_found(owner: FlaskClient, path: str) -> None:
    assert owner.get(path).status_code == 404


@pytest.fixture
def owner(office: SmallOffice) -> FlaskClient:
    return signed_in(office.app(), "owner")


@pytest.fixture
def office(sqlite_database: Database, tmp_path: Path) -> SmallOffice:
    return SmallOffice(tmp_path, sqlite_database)
