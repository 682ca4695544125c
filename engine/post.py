"""The post: brings each message to one receiver, in a transaction of the receiver's own."""

from __future__ import annotations

import logging
import uuid
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engine.catalog import SYSTEM, Actor, JsonObject, StepCall
from engine.database import Database
from engine.instances import NewInstance, add_instance, lock_instance
from engine.messages import (
    Message,
    consume,
    deliverable,
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
from engine.services import Parts
from engine.steps import Step

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Post:
    """Keeps messages until somebody receives them; also the handler of jobs that send one."""

    database: Database
    parts: Parts

    def publish(self, new: Message, actor: Actor) -> list[str]:
        """Write the message down, then bring it to whoever waits, or begin a process with it.

        Returns the instance it reached, if any; else it is kept until somebody waits for it.
        """
        try:
            with self.database.transaction() as session:
                meet(session, new.name, new.correlation)
                keep(session, new, self.parts.clock.now())
        except IntegrityError:
            pass  # the same job says it twice at the same time: once is enough
        try:
            return self._bring(new.id, actor)
        except PASSING:  # it is written down: the next round brings it
            return []

    def bring_kept(self, limit: int) -> int:
        """Bring what was kept and is wanted by now; return how many were received.

        Its sender died in between, its receiver was parked, or its process was deployed later.
        """
        with self.database.reading() as session:
            found = deliverable(session, limit)
        return sum(map(self._bring_one, found))

    def _bring_one(self, message_id: str) -> int:
        try:
            return len(self._bring(message_id, SYSTEM))
        except PASSING:
            return 0
        except Exception:  # whatever it is, the others must not wait for it
            _log.exception("message begins nothing", extra={"message_id": message_id})
            return 0

    # As a queued handler

    def perform(self, call: StepCall) -> JsonObject:
        """Send the message of a throwing event; doing it again changes nothing."""
        name, correlation = call.properties["message"], call.properties["correlation"]
        new = Message(call.key, name, correlation, call.scope, dict(call.arguments))
        return {"reached": self.publish(new, SYSTEM)}

    def record(self, call: StepCall, outcome: JsonObject, session: Session) -> JsonObject:
        return {}

    # Within

    def _bring(self, message_id: str, actor: Actor) -> list[str]:
        with self.database.reading() as session:
            sent = read_message(session, message_id)
            if sent is None:
                return []
            receivers = receivers_of(session, sent.name, sent.correlation)
        for instance_id, waiting_id in receivers:
            if self._hand_over(sent, instance_id, waiting_id, actor):
                return [instance_id]
        return self._begin(sent, actor)

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

    def _begin(self, sent: Message, actor: Actor) -> list[str]:
        with self.database.transaction() as session:
            for definition_id, element in started_by(session, sent.name):
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
