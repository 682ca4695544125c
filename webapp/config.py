"""The choices of an installation: read once from the environment, never looked up again."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

#: Largest request that is read at all; a letter with attachments fits easily.
LARGEST_REQUEST = 25 * 1024 * 1024

#: Largest part of a form that is not a file: a very long letter.
LARGEST_TEXT = 1024 * 1024


@dataclass(frozen=True)
class Settings:
    """Where the installation keeps its things and how it is reached."""

    home: Path  #: folder of documents, keys, outbox and the embedded database
    database_url: str
    bind: str = "127.0.0.1:8000"
    public_url: str = "http://127.0.0.1:8000"  #: printed in the QR code of every letter
    smtp_url: str = ""  #: empty: letters are laid into the outbox folder
    secret_key: str = field(default="", repr=False)  #: signs session cookies
    proxies: int = 0  #: how many proxies in front may say where a request came from
    signing_seconds: int = 120  #: a signature that takes longer is given up, and asked for again
    sign_ins_a_minute: int = 60  #: from one address; an account rests after five wrong passwords

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Read ``ALUR_*``; whatever is missing gets a default that works on one machine."""
        home = Path(environment.get("ALUR_HOME", "data")).resolve()
        bind = environment.get("ALUR_BIND", "127.0.0.1:8000")
        key_file = environment.get("ALUR_SECRET_KEY_FILE", "")
        return cls(
            home=home,
            database_url=environment.get("ALUR_DATABASE_URL", f"sqlite:///{home / 'alur.db'}"),
            bind=bind,
            public_url=environment.get("ALUR_PUBLIC_URL", f"http://{bind}").rstrip("/"),
            smtp_url=environment.get("ALUR_SMTP_URL", ""),
            proxies=int(environment.get("ALUR_PROXIES", "0")),
            signing_seconds=int(environment.get("ALUR_SIGNING_SECONDS", "120")),
            secret_key=standing_key(Path(key_file) if key_file else home / "secret_key"),
        )

    @property
    def encrypted(self) -> bool:
        """Whether people reach the application over HTTPS; cookies then demand it."""
        return self.public_url.startswith("https://")


def standing_key(file: Path) -> str:
    """
    Return the key kept in the file, writing a new one the first time.

    Two processes that start together agree on one key: only one of them can
    create the file, the other reads it.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    if not file.exists():
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as fresh:
            fresh.write(secrets.token_hex(32))
        try:
            os.link(draft, file)  # a whole file or none: never a half-written key
        except FileExistsError:
            pass  # a neighbour was first; its key is read below
        finally:
            draft.unlink()
    return file.read_text().strip()
