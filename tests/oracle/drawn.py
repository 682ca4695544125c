"""What a random diagram is: its file, the files of what it calls, and the tables it asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from oracle.random_tables import Table


@dataclass(frozen=True)
class Drawn:
    """A diagram and what belongs to it."""

    source: bytes
    #: files of the processes it calls, what is called by others first
    called: Mapping[str, bytes] = field(default_factory=dict)
    tables: Mapping[str, Table] = field(default_factory=dict)  #: by id of the decision

    @property
    def decisions(self) -> dict[str, str]:
        """The files of its decisions, by name of the file."""
        return {f"{name}.dmn": table.file(name) for name, table in self.tables.items()}
