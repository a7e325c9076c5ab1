"""Sharpening machines: who bought which when, and who needs a second one.

The story to find: a growing mill with large output bought one semi-automatic band saw sharpening
machine, needs more and more grinding wheels, and 9 to 13 months later buys an automatic one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from brands import BRANDS
from days import LAST_DAY
from draws import happens, pick
from trades import MACHINE_FAMILY

STORY = "band saw sharpener"
STORY_ROLES = ("second machine", "due")
MAKERS = {
    "band_sharpener": ("Schleifauer", "Kornschliff"),
    "circ_sharpener": ("Schleifauer", "Kornschliff"),
    "knife_grinder": ("Schleifauer", "Wetzgrund"),
    "chain_grinder": ("Kornschliff", "Wetzgrund"),
}
MODELS = {"band_sharpener": 3, "circ_sharpener": 3, "knife_grinder": 2, "chain_grinder": 2}
SEMI_AUTOMATIC, AUTOMATIC = 1, 2


@dataclass(frozen=True)
class Machine:
    """A sharpening machine in the workshop."""

    equipment: str
    size: int
    brand: str
    day: int
    """When it was bought; 0 or less is before the purchases begin."""

    @property
    def family_key(self) -> str:
        """The family it was bought from."""
        return MACHINE_FAMILY[self.equipment]


def own_machines(
    rng: Random, equipment: Mapping[str, int], role: str, volume: float, tastes: Mapping[str, float]
) -> tuple[Machine, ...]:
    """The sharpening machines of a customer, the story's second one included."""
    owned = [name for name in MACHINE_FAMILY if name in equipment]
    machines = [_machine(rng, name, equipment[name], volume, tastes) for name in owned]
    if role not in STORY_ROLES:
        return tuple(machines)
    others = [machine for machine in machines if machine.equipment != STORY]
    return (*_pair(rng, role, machines[owned.index(STORY)].brand), *others)


def _machine(
    rng: Random, equipment: str, day: int, volume: float, tastes: Mapping[str, float]
) -> Machine:
    family_key = MACHINE_FAMILY[equipment]
    brand = pick(rng, {name: tastes[name] + 0.1 for name in MAKERS[family_key]})
    largest = MODELS[family_key] - 1
    size = min(largest, int(volume * 0.55 + rng.random() * 0.8))
    return Machine(equipment, size, brand, day)


def _pair(rng: Random, role: str, brand: str) -> tuple[Machine, Machine]:
    """The first machine and the second; who is due buys the second just after the last day."""
    gap = rng.randrange(270, 390)
    second = LAST_DAY + rng.randrange(3, 25) if role == "due" else rng.randrange(300, LAST_DAY - 1)
    first = max(second - gap, 10 + rng.randrange(40))
    larger = AUTOMATIC if happens(rng, 0.85) else SEMI_AUTOMATIC
    other = brand if happens(rng, 0.85) else rng.choice(sorted(set(BRANDS) & {*MAKERS_OF_STORY}))
    return Machine(STORY, SEMI_AUTOMATIC, brand, first), Machine(STORY, larger, other, second)


MAKERS_OF_STORY = MAKERS[MACHINE_FAMILY[STORY]]
