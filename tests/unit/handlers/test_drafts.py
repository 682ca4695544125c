"""The draft: answers of the form become content, or sentences per field."""

from __future__ import annotations

from typing import Any

import pytest

from handlers.errors import DraftIncomplete
from handlers.letters import Draft, other_recipients, read_draft
from handlers.letters.draft import copies_of

ANSWERS: dict[str, Any] = {
    "kind": "surat_dinas",
    "classification": "000.1",
    "subject": "Permohonan Data",
    "letter_date": "2026-02-03",
    "signer": "dpmptsp:kadis",
    "recipients": ["opd-dlh"],
    "body": "Mohon data.",
}


def refused(**changes: Any) -> dict[str, str]:
    with pytest.raises(DraftIncomplete) as error:
        read_draft({**ANSWERS, **changes})
    fields = error.value.details["fields"]
    assert isinstance(fields, dict)
    return fields


def test_a_draft_has_standards_for_what_is_not_answered() -> None:
    draft = read_draft(ANSWERS)

    assert (draft.sifat, draft.urgency, draft.capacity, draft.source) == (
        "biasa",
        "biasa",
        "direct",
        "typed",
    )
    assert Draft.of(draft.content()) == draft
    assert Draft.of(draft.content()).content_hash == draft.content_hash


def test_signs_that_turn_the_order_of_words_round_are_left_out() -> None:
    draft = read_draft({**ANSWERS, "subject": "Izin \u202ekalot\u202c \u2066Toko\u2069\x9b"})

    assert draft.subject == "Izin kalot Toko"


def test_answers_change_only_the_fields_they_name() -> None:
    before = read_draft(ANSWERS)

    after = read_draft({"subject": "Lain", "decision": "resubmit", "read_hash": "x"}, before)

    assert (after.subject, after.body) == ("Lain", "Mohon data.")
    assert after.content_hash != before.content_hash


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"subject": ""}, "subject"),
        ({"subject": "a\nb"}, "subject"),
        ({"subject": "x" * 301}, "subject"),
        ({"subject": "\u200b\u200b\u200b"}, "subject"),
        ({"subject": "a\u2028b"}, "subject"),
        ({"body": "\u200b\n\ufeff"}, "body"),
        ({"kind": "radiogram"}, "kind"),
        ({"sifat": "penting"}, "sifat"),
        ({"urgency": "kilat"}, "urgency"),
        ({"capacity": "ub"}, "capacity"),
        ({"letter_date": "3 Februari 2026"}, "letter_date"),
        ({"letter_date": "20260203"}, "letter_date"),
        ({"recipients": []}, "recipients"),
        ({"body": ""}, "body"),
        ({"body": "1. satu\n3. tiga"}, "body"),
        ({"source": "docx"}, "docx"),
        ({"source": "pdf"}, "source"),
        ({"attachments": [{"sha256": "x", "name": "a"}]}, "attachments"),
    ],
)
def test_each_flaw_is_told_at_its_field(changes: dict[str, Any], field: str) -> None:
    assert list(refused(**changes)) == [field]


def test_a_letter_of_assignment_needs_no_recipient() -> None:
    assert read_draft({**ANSWERS, "kind": "surat_tugas", "recipients": []}).recipients == ()


def test_other_recipients_are_read_line_by_line() -> None:
    read = other_recipients(
        "Yth. Bapak Camat | di Tirtasari | camat@contoh.example\n"
        "Sdr. Budi\n\n Ibu Ani | budi@x.example"
    )

    assert [(each.addressee, each.place, each.email) for each in read] == [
        ("Bapak Camat", "Tirtasari", "camat@contoh.example"),
        ("Sdr. Budi", "", ""),
        ("Ibu Ani", "", "budi@x.example"),
    ]


def test_copies_lose_the_numbers_typed_before_them() -> None:
    assert copies_of("1. Bupati\n2) Sekda\n\nInspektur") == ("Bupati", "Sekda", "Inspektur")
