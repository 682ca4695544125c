"""The organisation: positions act, people hold them, and a Plh. takes the hand for a while."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from letters_for_tests import NOW, LetterOffice, play_named

from engine import RouteRequest
from handlers.demo import demo_plays, seed_demo
from handlers.errors import UnknownPlace
from handlers.letters import other_recipients, signing_block, signing_options
from handlers.organisation import OrganisationBook, appoint, end_holding, review_path
from handlers.routing import GROUPS, OrganisationRouting


def test_a_plh_acts_in_the_position_and_the_holder_does_not(office: LetterOffice) -> None:
    during = datetime(2026, 3, 3, 3, 0, tzinfo=UTC)

    sekdis = office.organisation.actor_for("sekdis", "dpmptsp:kadis", during)

    assert sekdis.on_behalf_of == "Plh. Kepala Dinas"
    assert sekdis.positions == {"dpmptsp:sekdis", "dpmptsp:kadis"}
    assert office.organisation.actor_for("sekdis", None, during).position == "dpmptsp:sekdis"
    with pytest.raises(UnknownPlace):
        office.organisation.actor_for("kadis", "dpmptsp:kadis", during)
    assert office.organisation.actor_for("kadis", None, NOW).positions == {"dpmptsp:kadis"}
    assert [each.id for each in office.organisation.in_charge("dpmptsp:kadis", during)] == [
        "sekdis"
    ]


def test_the_day_of_an_office_is_the_day_of_its_place(office: LetterOffice) -> None:
    late_evening_in_utc = datetime(2026, 3, 1, 18, 0, tzinfo=UTC)  # 2 March in Wanajaya

    held = office.organisation.positions_held("sekdis", late_evening_in_utc)

    assert {each.position for each in held} == {"dpmptsp:sekdis", "dpmptsp:kadis"}


def test_an_appointment_begins_and_ends_with_its_days(office: LetterOffice) -> None:
    with office.database.transaction() as session:
        holding = appoint(
            session, "kabid_pm", "dpmptsp:sekdis", kind="Plt", valid_from=date(2026, 3, 5)
        )
    assert office.actor("kabid_pm", "dpmptsp:sekdis").on_behalf_of == "Plt. Sekretaris"

    with office.database.transaction() as session:
        end_holding(session, holding, date(2026, 3, 4))

    assert office.actor("kabid_pm").positions == {"dpmptsp:kabid_pm"}


@pytest.mark.parametrize(
    ("unit", "drafter", "first", "second"),
    [
        ("dpm.yan.usaha", "dpmptsp:staf_yan", "dpmptsp:kasi_usaha", "dpmptsp:kabid_yan"),
        ("dpm.sekr.umum", "dpmptsp:staf_umum", "dpmptsp:kasubag_umum", "dpmptsp:sekdis"),
        ("dpm.yan.usaha", "dpmptsp:kasi_usaha", "dpmptsp:kabid_yan", "dpmptsp:sekdis"),
        ("dpm.yan", "dpmptsp:kabid_yan", "dpmptsp:sekdis", "dpmptsp:kadis"),
        ("dpm.sekr", "dpmptsp:sekdis", "dpmptsp:kadis", ""),
        ("kec.pmd", "kec:staf_kec_pmd", "kec:kasi_pmd", "kec:sekcam"),
        ("kec.sekr.umpeg", "kec:staf_kec_umum", "kec:kasubbag_umpeg", "kec:sekcam"),
    ],
)
def test_nobody_reviews_an_own_draft_or_twice(
    sqlite_office: LetterOffice, unit: str, drafter: str, first: str, second: str
) -> None:
    with sqlite_office.database.reading() as session:
        path = review_path(OrganisationBook(session), unit, drafter)

    assert (path.first, path.second) == (first, second)


def route(office: LetterOffice, group: str, **data: str) -> tuple[str, ...]:
    request = RouteRequest(
        instance_id="i",
        business_key="one",
        scope="dpmptsp",
        element="task",
        lane="",
        candidate_groups=(group,),
        data={"unit": "dpm.pm.dal", "drafter_position": "dpmptsp:staf_pm", **data},
        at=NOW,
    )
    with office.database.transaction() as session:
        return OrganisationRouting().candidates(request, session)


def test_tasks_go_to_positions_in_the_scope_of_the_letters_unit(office: LetterOffice) -> None:
    found = {group: route(office, group, signer_position="dpmptsp:kadis") for group in GROUPS}

    assert found == {
        "drafter": ("dpmptsp:staf_pm",),
        "unit_head": ("dpmptsp:kasi_dal",),
        "second_reviewer": ("dpmptsp:kabid_pm",),
        "mail_officer": ("dpmptsp:pengelola_surat",),
        "office_admin": ("dpmptsp:kasubag_umum",),
        "office_secretary": ("dpmptsp:sekdis",),
        "office_head": ("dpmptsp:kadis",),
        "signer": ("dpmptsp:kadis",),
    }


def test_a_task_nobody_can_do_is_routed_to_nobody(office: LetterOffice) -> None:
    assert route(office, "signer") == ()
    assert route(office, "signer", signer_position="dpmptsp:nobody") == ()
    assert route(office, "treasurer") == ()
    assert route(office, "unit_head", unit="dpm.nowhere") == ()


@pytest.mark.parametrize(
    ("position", "capacity", "lines", "label"),
    [
        ("dpmptsp:kadis", "direct", ("Kepala Dinas,",), "Kepala Dinas"),
        ("kec:sekcam", "an", ("a.n. CAMAT TIRTASARI", "Sekretaris Kecamatan,"), None),
        (
            "dpmptsp:kasubag_umum",
            "an_ub",
            (
                "a.n. Kepala Dinas",
                "Sekretaris",
                "u.b.",
                "Kepala Subbagian Umum, Aset, dan Kepegawaian,",
            ),
            "a.n. Kepala Dinas, Sekretaris, Kepala Subbagian Umum, Aset, dan Kepegawaian",
        ),
    ],
)
def test_the_lines_above_the_name_follow_the_capacity(
    sqlite_office: LetterOffice,
    position: str,
    capacity: str,
    lines: tuple[str, ...],
    label: str | None,
) -> None:
    with sqlite_office.database.reading() as session:
        book = OrganisationBook(session)
        block = signing_block(book, position, capacity, NOW.date(), simulated=True)

    assert block.lines == lines
    assert label in (None, block.position)


def test_the_lines_are_those_of_every_sample_letter(sqlite_office: LetterOffice) -> None:
    for play in demo_plays():
        day = date.fromisoformat(play.answers["letter_date"])
        with sqlite_office.database.reading() as session:
            block = signing_block(
                OrganisationBook(session),
                play.answers["signer"],
                play.answers["capacity"],
                day,
                simulated=True,
            )
        assert (block.lines, block.person) == (play.signing_lines, play.signer), play.name


def test_two_levels_down_and_no_further_may_sign(sqlite_office: LetterOffice) -> None:
    with sqlite_office.database.reading() as session:
        options = signing_options(OrganisationBook(session), "dpmptsp", NOW.date())

    assert [each.position.id for each in options if each.capacity == "direct"] == ["dpmptsp:kadis"]
    assert {each.capacity for each in options} == {"direct", "an", "an_ub"}
    assert options[0].holder.startswith("Dra. Laras")


def test_seeding_twice_is_seeding_once(office: LetterOffice) -> None:
    before = [each.id for each in office.organisation.people()]

    seed_demo(office.database, office.documents, office.clock)

    assert [each.id for each in office.organisation.people()] == before
    assert office.organisation.person_named("inspektorat") is not None
    assert office.organisation.person_named("nobody") is None


def test_every_play_is_a_draft_the_office_accepts(sqlite_office: LetterOffice) -> None:
    for play in demo_plays():
        sqlite_office.draft(play, play.name)

        assert sqlite_office.row(play.name).version == 1
        lines = other_recipients(play.answers["other_recipients"])
        assert all(each.addressee for each in lines)


def test_the_calendar_knows_the_holidays(sqlite_office: LetterOffice) -> None:
    calendar = sqlite_office.organisation.calendar_of("dpmptsp")

    assert not calendar.works_on(date(2026, 8, 17))
    assert calendar.works_on(date(2026, 8, 18))
    assert play_named("S01").start_data["drafter_position"] == "dpmptsp:staf_yan"
