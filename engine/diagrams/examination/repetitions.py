"""Repetitions: a multi-instance activity names its list, its item, and when it is enough."""

from __future__ import annotations

from collections.abc import Iterator

from engine.diagrams.drawing import Drawing
from engine.diagrams.model import DATA_NAME, Element, Finding
from engine.feel import FeelError, parse


def check_repetitions(drawing: Drawing) -> Iterator[Finding]:
    """A multi-instance activity names its list and its item, and may say when it is enough."""
    for element in drawing.own:
        repetition = element.repetition
        if repetition is None:
            continue
        collect = element.properties.get("collect", "")
        optional = [name for name in (repetition.variable, collect) if name]
        if not all(DATA_NAME.fullmatch(name) for name in (repetition.collection, *optional)):
            yield Finding(
                element.id,
                "repetition",
                f"«{element.name}» diulang untuk setiap butir, tetapi daftarnya tidak disebut. Isi"
                " «Collection» dengan nama daftar dan «Element variable» dengan nama butir (huruf,"
                " angka, garis bawah).",
                f'"{element.name}" is repeated for each item, but its list is not named. Fill in'
                ' "Collection" with the name of a list and "Element variable" with the name of an'
                " item (letters, digits, underscores).",
            )
        if repetition.completion:
            yield from _check_completion(element, repetition.completion)


def _check_completion(element: Element, text: str) -> Iterator[Finding]:
    try:
        parse(text)
    except FeelError as error:
        yield Finding(
            element.id,
            "completion",
            f"Syarat selesai {text!r:.100} tidak dapat dibaca. {error.sentence} Tulis seperti:"
            " nrOfCompletedInstances >= 2.",
            f"Completion condition {text!r:.100} cannot be read. {error} Write it like:"
            " nrOfCompletedInstances >= 2.",
        )
