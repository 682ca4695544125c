"""One user step against the same step on the engines for Node.js, letter by letter in turn."""

from __future__ import annotations

import statistics
from pathlib import Path

from engine import Database
from tests.bench.node_peers import PEERS, NodePeer, installed_peers, versions
from tests.bench.ours import OurEngine
from tests.bench.report import Table, Verdict, milliseconds
from tests.bench.warming import warm

_FASTER = 20.0
#: revisions of a letter -> the part of the rounds that are walked with it; long letters take long
_LETTERS = {1: 1.0, 20: 0.34}


def against_node(folder: Path, rounds: int) -> Table:
    """Install the peers and compare the median step of whole letters.

    Raises ``PeersUnavailable`` where they cannot be installed.
    """
    peers = installed_peers()
    ours = OurEngine(Database(f"sqlite:///{folder / 'beside_node.db'}"))
    warm(folder / "beside_node.db", ours.walk)
    rows: list[tuple[str, ...]] = []
    verdicts: list[Verdict] = []
    for name, dialect in PEERS.items():
        with NodePeer(peers, name, dialect, folder / f"{name}.db") as peer:
            warm(folder / f"{name}.db", peer.walk)
            for revisions, part in _LETTERS.items():
                pairs = _pairs(peer, ours, revisions, max(1, round(rounds * part)))
                theirs = statistics.median(pair[0] for pair in pairs)
                own = statistics.median(pair[1] for pair in pairs)
                shown = name.replace("_", "-")
                rows.append((shown, str(revisions), f"{theirs:.1f}", f"{own:.2f}", f"{peer.bytes}"))
                ratios = tuple(pair[0] / pair[1] for pair in pairs)
                what = f"step on {shown} / ours, revisions: {revisions}"
                verdicts.append(Verdict(what, ratios, at_least=_FASTER))
    ours.close()
    return Table(
        "One user step against the engines for Node.js, state saved and recovered each step",
        ("", "revisions", "theirs, ms", "ours, ms", "bytes of their state"),
        tuple(rows),
        tuple(verdicts),
        (
            versions(peers),
            "Theirs: the state as JSON in one row, committed with the pragmas of ours; the service",
            "is a function that answers at once; bpmn-server without MongoDB and without locks.",
        ),
    )


def _pairs(
    peer: NodePeer, ours: OurEngine, revisions: int, rounds: int
) -> list[tuple[float, float]]:
    """Return the median steps of letter after letter, theirs and ours, in milliseconds."""
    return [
        (milliseconds(peer.walk(revisions)), milliseconds(ours.walk(revisions)))
        for _ in range(rounds)
    ]
