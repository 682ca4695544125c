"""Tasks: people find them, forms show them, handlers answer them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from difflib import get_close_matches

from engine.catalog import HandlerCatalog
from engine.diagrams.drawing import Drawing
from engine.diagrams.model import HUMAN, SERVICE, Element, Finding
from engine.feel import FeelError, parse


def check_human_tasks(
    drawing: Drawing, forms: Collection[str] | None, catalog: HandlerCatalog | None
) -> Iterator[Finding]:
    """A user task has performers, a lane, a form, and an operation that exists."""
    for task in drawing.own:
        if task.type in HUMAN:
            yield from _check_performers(drawing, task)
            yield from _check_form(task, forms)
            operation = task.properties.get("operation", "")
            if operation and catalog is not None and operation not in catalog.answers:
                yield _unknown(task, "operation-unknown", "operation", operation, catalog.answers)
            yield from _check_separation(drawing, task)


def check_service_tasks(drawing: Drawing, catalog: HandlerCatalog | None) -> Iterator[Finding]:
    """A service or send task has a topic that a handler answers."""
    for task in drawing.own:
        if task.type not in SERVICE:
            continue
        if not task.topic:
            yield Finding(
                task.id,
                "no-topic",
                f"«{task.name}» tidak punya topic, sehingga tidak melakukan apa-apa. Pilih"
                " implementasi «External» dan isi topic, atau gambar tugas pengguna.",
                f'"{task.name}" has no topic and would do nothing. Choose implementation "External"'
                " and give a topic, or draw a user task.",
            )
        elif catalog is not None:
            known = [*catalog.immediate, *catalog.queued, *catalog.attended, *catalog.notices]
            if task.topic not in known:
                yield _unknown(task, "topic-unknown", "topic", task.topic, known)
            yield from _check_parameter_names(task, catalog)
            if task.repetition is not None and task.topic in catalog.attended:
                yield Finding(
                    task.id,
                    "passphrase-repeated",
                    f"«{task.name}» diulang, padahal passphrase hanya dipakai sekali. Ulangi"
                    " subproses yang memuat tugas pengguna dan langkah ini.",
                    f'"{task.name}" is repeated, but a passphrase is used only once. Repeat a'
                    " sub-process that holds a user task and this step.",
                )


def check_parameters(drawing: Drawing) -> Iterator[Finding]:
    """Input parameters are plain text, or an expression after an equals sign."""
    for element in drawing.own:
        for name, text in element.parameters.items():
            reason = _wrong_parameter(text)
            if reason:
                yield Finding(
                    element.id,
                    "parameter",
                    f"Parameter {name!r} berisi {text!r:.100}. {reason[0]} Tulis teks biasa, atau"
                    " tanda = diikuti FEEL.",
                    f"Parameter {name!r} is {text!r:.100}. {reason[1]} Write plain text, or an"
                    " equals sign and FEEL.",
                )


def _wrong_parameter(text: str) -> tuple[str, str] | None:
    if text.startswith(("${", "#{")):
        return "Ungkapan ${…} tidak dijalankan.", "Expressions ${…} are not evaluated."
    if not text.startswith("="):
        return None
    try:
        parse(text)
    except FeelError as error:
        return error.sentence, str(error)
    return None


def _check_performers(drawing: Drawing, task: Element) -> Iterator[Finding]:
    if not task.candidate_groups:
        yield Finding(
            task.id,
            "no-candidates",
            f"Tidak ada yang ditunjuk untuk «{task.name}». Isi pelaksana (candidateGroups),"
            " misalnya unit_head.",
            f'Nobody is offered "{task.name}". Fill in candidateGroups, e.g. unit_head.',
        )
    if not task.lane_id:
        yield Finding(
            task.id,
            "not-in-a-lane",
            f"«{task.name}» tidak berada di lane mana pun. Geser ke dalam lane pelaksananya.",
            f'"{task.name}" stands in no lane. Move it into the lane of its performer.',
            # Lanes are for the reader; performers are found by candidateGroups.
            "error" if drawing.lanes else "warning",
        )


def _check_form(task: Element, forms: Collection[str] | None) -> Iterator[Finding]:
    if not task.form_key and task.type == "userTask":
        yield Finding(
            task.id,
            "no-form",
            f"«{task.name}» tidak punya formulir. Isi Formulir (formKey) dengan nama formulir.",
            f'"{task.name}" has no form. Fill in formKey with the name of a form.',
        )
    elif task.form_key and forms is not None and task.form_key not in forms:
        yield _unknown(task, "form-unknown", "formKey", task.form_key, forms)


def _check_separation(drawing: Drawing, task: Element) -> Iterator[Finding]:
    for rule in ("separateFrom", "refuseFrom"):
        named = task.properties.get(rule, "")
        for other in (part.strip() for part in named.split(",") if part.strip()):
            found = drawing.elements.get(other)
            if found is None or found.type not in HUMAN:
                people = [e.id for e in drawing.own if e.type in HUMAN]
                yield _unknown(task, "separate-from", rule, other, people)
    rule = task.properties.get("samePerson", "warn")
    if rule not in ("warn", "refuse"):
        yield _unknown(task, "same-person", "samePerson", rule, ("warn", "refuse"))


def _check_parameter_names(task: Element, catalog: HandlerCatalog) -> Iterator[Finding]:
    described = catalog.topics.get(task.topic)
    for name in task.parameters:
        if described is not None and name not in described.parameters:
            known = ", ".join(described.parameters) or "-"
            yield Finding(
                task.id,
                "parameter-unknown",
                f"Parameter {name!r} tidak dikenal oleh {task.topic}; yang dikenal: {known}.",
                f"Parameter {name!r} is not known to {task.topic}; known are: {known}.",
                "warning",
            )


def _unknown(
    task: Element, rule: str, attribute: str, value: str, known: Collection[str]
) -> Finding:
    near = get_close_matches(value, known, n=3, cutoff=0.5) or sorted(known)[:8]
    choices = ", ".join(near) or "-"
    return Finding(
        task.id,
        rule,
        f"{attribute} {value!r} pada «{task.name}» tidak dikenal. Pilih misalnya: {choices}.",
        f'{attribute} {value!r} of "{task.name}" is not known. Choose for example: {choices}.',
    )
