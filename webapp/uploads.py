"""The uploads: files are guarded first, then stored, and stay attached while a form is mended."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.datastructures import FileStorage
from werkzeug.utils import secure_filename

from handlers.errors import LetterError
from webapp.forms import Component, Form
from webapp.languages import gettext

#: Kept tokens of one field; nobody attaches more.
MOST_FILES = 20
LONGEST_NAME = 120
#: What a file is called whose name has no letter that every mail program takes.
_NAMELESS = "berkas"


@dataclass(frozen=True)
class Upload:
    """A file that passed its guard and lies in the document store."""

    sha256: str
    name: str
    media_type: str

    def as_json(self) -> dict[str, str]:
        return {"sha256": self.sha256, "name": self.name, "media_type": self.media_type}


@dataclass
class Received:
    """What came with a form: values for its file fields, and what was refused."""

    values: dict[str, Any] = field(default_factory=dict)
    kept: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    errors: dict[str, tuple[str, ...]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)  #: what the guards took out


class Files(Protocol):
    """The files a browser sent."""

    def getlist(self, key: str) -> list[FileStorage]: ...


class Tokens(Protocol):
    """The texts a browser sent."""

    def getlist(self, key: str) -> list[str]: ...


class Store(Protocol):
    """Where documents are kept by their hash."""

    def put(self, data: bytes) -> str: ...


@dataclass(frozen=True)
class Guarded:
    """A file that may be stored."""

    data: bytes
    media_type: str
    notes: tuple[str, ...] = ()  #: what was taken out of it, for the uploader


#: Looks at a file's bytes and name; raises ``LetterError`` with a sentence for the uploader.
Guard = Callable[[bytes, str], Guarded]


class Uploads:
    """Receives files of forms. A refused file leaves no trace."""

    def __init__(self, store: Store, key: str, guards: Mapping[str, Guard]) -> None:
        self._store = store
        self._key = key
        self._guards = guards  #: file name ending, with its dot -> guard

    def receive(self, form: Form, files: Files, texts: Tokens, person: str) -> Received:
        """Read every file field of the form: what was kept before, and what came new."""
        received = Received()
        for one in form.answering():
            if one.type == "filepicker":
                self._receive_field(one, files, texts, person, received)
        return received

    def token(self, upload: Upload, person: str) -> str:
        """Return a token with which this person, and nobody else, attaches the file again."""
        return self._signer(person).dumps(upload.as_json())

    def tokens(self, found: Iterable[Upload], person: str) -> list[tuple[str, str]]:
        """Return token and name of each file, as the form keeps them."""
        return [(self.token(each, person), each.name) for each in found]

    def _receive_field(
        self, one: Component, files: Files, texts: Tokens, person: str, received: Received
    ) -> None:
        several = bool(one.raw.get("multiple"))
        new, sentences = self._stored(one, files.getlist(one.key), received)
        kept = [] if new and not several else self._kept(texts.getlist(f"{one.key}.kept"), person)
        found = list({each.sha256: each for each in (*kept, *new)}.values())[:MOST_FILES]
        if sentences:
            received.errors[one.key] = sentences
        received.kept[one.key] = self.tokens(found, person)
        if several:
            received.values[one.key] = [each.as_json() for each in found]
        elif found:
            received.values[one.key] = found[-1].sha256

    def _stored(
        self, one: Component, files: list[FileStorage], received: Received
    ) -> tuple[list[Upload], tuple[str, ...]]:
        found, sentences = [], []
        wanted = {each.strip() for each in str(one.raw.get("accept", "")).split(",")} - {""}
        for file in files:
            name = _plain_name(file.filename or "")
            if not name:
                continue
            try:
                guarded = self._guarded(file.read(), name, wanted)
            except LetterError as refused:
                sentences.append(f"{name}: {refused}")
                continue
            found.append(Upload(self._store.put(guarded.data), name, guarded.media_type))
            received.notes.extend(f"{name}: {note}" for note in guarded.notes)
        return found, tuple(sentences)

    def _guarded(self, data: bytes, name: str, wanted: set[str]) -> Guarded:
        ending = "." + name.rpartition(".")[2].lower()
        guard = self._guards.get(ending)
        if guard is None or (wanted and ending not in wanted):
            raise LetterError(
                gettext("jenis berkas ini tidak diterima, hanya %(list)s.", list=_listed(wanted))
            )
        if not data:
            raise LetterError(gettext("berkas ini kosong."))
        return guard(data, name)

    def _kept(self, tokens: list[str], person: str) -> list[Upload]:
        found = []
        for token in tokens[:MOST_FILES]:
            try:
                found.append(Upload(**self._signer(person).loads(token)))
            except (BadSignature, TypeError):
                continue  # a token of another person or another installation attaches nothing
        return found

    def _signer(self, person: str) -> URLSafeSerializer:
        return URLSafeSerializer(self._key, salt=f"upload:{person}")


def _plain_name(name: str) -> str:
    """Keep the last part of a file name, without signs that a file system would follow.

    A name in letters of another alphabet keeps its ending: that says what the file is.
    """
    last = name.replace("\\", "/").rpartition("/")[2]
    if not last:
        return ""
    stem, dot, ending = last.rpartition(".")
    if not dot:
        return (secure_filename(last) or _NAMELESS)[-LONGEST_NAME:]
    plain = f"{secure_filename(stem) or _NAMELESS}.{secure_filename(ending)}"
    return plain.rstrip(".")[-LONGEST_NAME:]


def _listed(endings: set[str]) -> str:
    return ", ".join(sorted(endings)) or "–"
