"""Gateways: where tokens choose, part, meet and race."""

from __future__ import annotations

from typing import Any

from engine.diagrams.model import Element
from engine.diagrams.specs import Road, Step
from engine.errors import NoPathOpen


class ExclusiveGateway(Step):
    """Takes the first flow, in the order of the file, whose condition holds, else the default."""

    def _run_hook(self, my_task: Any) -> bool | None:
        my_task.chosen = self._choose(my_task.workflow.view(my_task))
        return True

    def _choose(self, data: dict[str, Any]) -> list[Road]:
        otherwise = None
        for road in self.roads:
            if road.default or road.condition is None:
                otherwise = road
            elif road.condition.evaluate(data) is True:
                return [road]
        if otherwise is None:
            raise NoPathOpen(
                f"No condition of gateway {self.name} holds and it has no default flow.",
                element=self.name,
            )
        return [otherwise]

    def _open_roads(self, my_task: Any) -> list[Road]:
        chosen: list[Road] = my_task.chosen
        return chosen


class Join(Step):
    """Where tokens wait for each other.

    The first token of an occurrence stays and notes who else has arrived. A second token on the
    same flow begins the next occurrence, as the BPMN specification demands.
    """

    def __init__(self, wf_spec: Any, name: str, element: Element) -> None:
        super().__init__(wf_spec, name, element)
        self.awaited: set[str] = set()  #: ids of the incoming flows

    def _update_hook(self, my_task: Any) -> bool:
        for gathering in my_task.workflow.waiting_at(self, my_task.scope):
            if my_task.flow not in gathering.arrived:
                gathering.arrived += (my_task.flow,)
                my_task.merge()
                if self._complete(gathering):
                    gathering.gather()
                return False
        my_task.workflow.enter(my_task)
        my_task.arrived = (my_task.flow,)
        if self._complete(my_task):
            return True
        my_task.wait()
        return False

    def _complete(self, gathering: Any) -> bool:
        return self.awaited.issubset(gathering.arrived)


class ParallelGateway(Join):
    """Waits for one token of every incoming flow, then sends one along every outgoing flow."""


class InclusiveGateway(Join):
    """Waits for the tokens that can still come, then takes every flow whose condition holds.

    The standard (13.4.3): a token elsewhere holds the gateway up when it can reach an incoming
    flow that has no token, and none that has one, without passing the gateway itself.
    """

    def __init__(self, wf_spec: Any, name: str, element: Element) -> None:
        super().__init__(wf_spec, name, element)
        #: element of the same scope -> incoming flows that a token there can reach
        self.reach: dict[str, frozenset[str]] = {}

    def released(self, gathering: Any) -> bool:
        """Tell whether nobody is left whom the gathering at this gateway must wait for."""
        near = [t for t in gathering.workflow.tokens() if t.scope is gathering.scope]
        taken = {flow for t in near if t.task_spec is self for flow in t.arrived}
        empty = self.awaited - taken
        for token in near:
            if token.host is None and token.task_spec is not self:
                reach = self.reach.get(token.element.id, frozenset())
                if not reach.isdisjoint(empty) and reach.isdisjoint(taken):
                    return False
        return True

    def _run_hook(self, my_task: Any) -> bool | None:
        data = my_task.workflow.view(my_task)
        others = [road for road in self.roads if not road.default]
        chosen = [r for r in others if r.condition is None or r.condition.evaluate(data) is True]
        chosen = chosen or [road for road in self.roads if road.default]
        if not chosen:
            raise NoPathOpen(
                f"No condition of gateway {self.name} holds and it has no default flow.",
                element=self.name,
            )
        my_task.chosen = chosen
        return True

    def _open_roads(self, my_task: Any) -> list[Road]:
        chosen: list[Road] = my_task.chosen
        return chosen


class EventBasedGateway(Step):
    """Sends a token to every event behind it; the first event that happens cancels the others."""

    def _on_complete_hook(self, my_task: Any) -> None:
        super()._on_complete_hook(my_task)
        for child in my_task.children:
            child.race = my_task.occurrence
