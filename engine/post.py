"""The post: brings each message to one receiver, in a transaction of the receiver's own."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engine.catalog import SYSTEM, Actor, JsonObject, StepCall, Stop
from engine.database import Database
from engine.errors import ReasonMissing, UnknownMessage, told_to_operators
from engine.instances import NewInstance, add_instance, lock_instance
from engine.kept_messages import (
    DiscardedMessage,
    KeptMessage,
    deliverable,
    discard,
    discarded_messages,
    kept_message,
    kept_messages,
    lock_kept,
    set_back,
    stopped_messages,
    vanished_messages,
)
from engine.messages import (
    MOST_HOPS,
    Message,
    consume,
    hops_from,
    keep,
    kept_of,
    meet,
    read_message,
    receivers_of,
    started_by,
    still_waits,
    told_of,
)
from engine.passing import PASSING
from engine.retrying import Failure, GiveUp
from engine.services import Parts
from engine.steps import Step

_log = logging.getLogger(__name__)

_TOO_FAR = (
    f"Pesan ini datang melalui lebih dari {MOST_HOPS} proses yang saling memulai tanpa ada orang"
    " yang mengerjakan apa pun. Proses berikutnya tidak dimulai; periksa diagramnya."
)


class _TooFarError(Exception):
    """The message has begun enough processes."""


@dataclass(frozen=True)
class Post:
    """Keeps messages until somebody receives them; also the handler of jobs that send one."""

    database: Database
    parts: Parts

    def publish(self, new: Message, actor: Actor) -> list[str]:
        """Write the message down, then bring it to whoever waits, or begin a process with it.

        Returns the instance it reached, if any; else it is kept until somebody waits for it.
        Raises ``MessageRefused`` for what could not be kept.
        """
        new.refuse_unfit()
        try:
            with self.database.transaction() as session:
                meet(session, new.name, new.correlation, sends=True)
                keep(session, new, self.parts.clock.now())
        except IntegrityError:
            pass  # the same job says it twice at the same time: once is enough
        return self._brought(new.id, actor)

    def bring_kept(self, limit: int) -> int:
        """Bring what was kept and is wanted by now; return how many were received.

        Its sender died in between, its receiver was parked, or its process was deployed later.
        """
        with self.database.reading() as session:
            found = deliverable(session, self.parts.clock.now(), limit)
        return sum(len(self._brought(each, SYSTEM)) for each in found)

    # Operators

    def kept(self, limit: int = 200, without: Collection[str] = ()) -> list[KeptMessage]:
        """Return what nobody has received: first what waits for an operator, then the oldest.

        What belongs to a scope in ``without`` is left out before it is counted.
        """
        with self.database.reading() as session:
            return kept_messages(session, limit, without)

    def kept_message(self, message_id: str) -> KeptMessage | None:
        """Return a message that nobody has received, or ``None``."""
        with self.database.reading() as session:
            return kept_message(session, message_id)

    def stopped(self, without: Collection[str] = ()) -> int:
        """Return how many messages wait for an operator; none of a scope in ``without``."""
        with self.database.reading() as session:
            return stopped_messages(session, without)

    def discarded(self, limit: int = 50, without: Collection[str] = ()) -> list[DiscardedMessage]:
        """Return what operators discarded, by whom and why, the latest first.

        What belongs to a scope in ``without`` is left out before it is counted.
        """
        with self.database.reading() as session:
            return discarded_messages(session, limit, without)

    def try_again(self, message_id: str, actor: Actor) -> list[str]:
        """Bring a kept message now; one that came too far begins one more process.

        Returns the instance it reached, if any. Raises ``UnknownMessage`` when it was received or
        discarded meanwhile.
        """
        with self.database.reading() as session:
            if read_message(session, message_id) is None:
                raise UnknownMessage(message_id=message_id)
        return self._brought(message_id, actor, farther=True)

    def discard(self, message_id: str, actor: Actor, reason: str) -> None:
        """Take a kept message away from everybody; who, when and why is kept for ever.

        Raises ``ReasonMissing``, and ``UnknownMessage`` when it was received or discarded
        meanwhile.
        """
        if not reason.strip():
            raise ReasonMissing
        with self.database.transaction() as session:
            if not discard(session, message_id, actor, reason.strip(), self.parts.clock.now()):
                raise UnknownMessage(message_id=message_id)

    # Auditor

    def vanished(self) -> list[str]:
        """Return the ids of messages that are gone though nobody received or discarded them."""
        with self.database.reading() as session:
            return vanished_messages(session)

    # As a queued handler

    def perform(self, call: StepCall) -> JsonObject:
        """Send the message of a throwing event; doing it again changes nothing."""
        name, correlation = call.properties["message"], call.properties["correlation"]
        with self.database.reading() as session:
            hops = hops_from(session, call.instance_id)
        new = Message(call.key, name, correlation, call.scope, dict(call.arguments), hops)
        return {"reached": self.publish(new, SYSTEM)}

    def record(self, call: StepCall, outcome: JsonObject, session: Session) -> JsonObject:
        """Return no data: a message that was sent changes nothing in its sender."""
        return {}

    # Within

    def _brought(self, message_id: str, actor: Actor, *, farther: bool = False) -> list[str]:
        """Bring a message that is written down; what fails is told to operators."""
        try:
            return self._bring(message_id, actor, farther=farther)
        except PASSING:  # the next round brings it
            return []
        except _TooFarError:
            self._set_back(message_id, Failure(_TOO_FAR))
        except Exception as error:  # whatever it is, the others must not wait for it
            _log.exception("message begins nothing", extra={"message_id": message_id})
            # A defect too: the next version of the process may be without it.
            failure = Failure(told_to_operators(error), temporary=True)
            self._set_back(message_id, failure)
        return []

    def _set_back(self, message_id: str, failure: Failure) -> None:
        try:
            with self.database.transaction() as session:
                kept = lock_kept(session, message_id)
                if kept is None:
                    return
                policy, at = self.parts.retries, self.parts.clock.now()
                verdict = policy.next(kept["attempts"] + 1, failure, message_id)
                set_back(session, kept, failure.sentence, verdict, at, policy.longest)
                if isinstance(verdict, GiveUp):
                    about = (kept["correlation"], kept["scope"], "", f"Pesan {kept['name']}")
                    self.parts.catalog.stopped(Stop(*about, message_id, at), session)
        except Exception:  # it stays as it was, and the next round tries it again
            _log.exception("message not set back", extra={"message_id": message_id})

    def _bring(self, message_id: str, actor: Actor, *, farther: bool) -> list[str]:
        with self.database.reading() as session:
            sent = read_message(session, message_id)
            if sent is None:
                return []
            receivers = receivers_of(session, sent.name, sent.correlation)
        for instance_id, waiting_id in receivers:
            if self._hand_over(sent, instance_id, waiting_id, actor):
                return [instance_id]
        return self._begin(sent, actor, farther=farther)

    def _hand_over(self, sent: Message, instance_id: str, waiting_id: str, actor: Actor) -> bool:
        try:
            with self.database.transaction() as session:
                step = Step(session, self.parts, lock_instance(session, instance_id), actor)
                if not still_waits(session, instance_id, waiting_id):
                    return False
                if not consume(session, sent.id, instance_id, waiting_id, step.at):
                    return False
                step.deliver(waiting_id, sent)
                step.save()
        except PASSING:
            raise
        except Exception as error:  # the receiver's way fails: the message is kept for another
            _log.exception("message not received", extra={"instance": instance_id})
            self._park(instance_id, waiting_id, error)
            return False
        return True

    def _park(self, instance_id: str, waiting_id: str, error: Exception) -> None:
        with self.database.transaction() as session:
            step = Step(session, self.parts, lock_instance(session, instance_id), SYSTEM)
            if still_waits(session, instance_id, waiting_id):
                step.park(waiting_id, error)
                step.save()

    def _begin(self, sent: Message, actor: Actor, *, farther: bool) -> list[str]:
        with self.database.transaction() as session:
            for definition_id, element in started_by(session, sent.name):
                if sent.hops > MOST_HOPS and not farther:
                    raise _TooFarError
                now = self.parts.clock.now()
                new = NewInstance(
                    uuid.uuid4().hex, definition_id, sent.correlation, sent.scope, now
                )
                if not consume(session, sent.id, new.id, element, now):
                    return []
                step = Step(session, self.parts, add_instance(session, new), actor, at=now)
                start = step.deployed.diagram.elements[element]
                step.start(kept_of(start, sent.payload), element, told_of(sent))
                step.save()
                return [new.id]
        return []
