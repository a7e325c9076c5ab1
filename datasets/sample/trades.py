"""The kinds of customers behind the three segments, and the machines each kind runs."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Trade:
    """A kind of customer; a reader of the tables sees only its segment and its purchases."""

    name: str
    segment: str
    firm: tuple[str, ...]
    share: int
    """Customers of this kind in a hundred."""
    equipment: dict[str, float]
    """The chance that such a customer runs the machine, or sells what it needs."""


TRADES = (
    Trade(
        "band mill",
        "sawmill",
        ("Sägewerk", "Säge", "Holzwerk"),
        18,
        {
            "log band saw": 0.96,
            "resaw": 0.5,
            "edger": 0.75,
            "trimming saw": 0.65,
            "chipper": 0.6,
            "dry kiln": 0.55,
            "planer line": 0.2,
            "chain saw": 0.3,
            "band saw sharpener": 0.42,
            "circular saw sharpener": 0.22,
        },
    ),
    Trade(
        "frame mill",
        "sawmill",
        ("Sägewerk", "Gattersäge", "Säge"),
        11,
        {
            "frame saw": 0.97,
            "edger": 0.7,
            "trimming saw": 0.5,
            "chipper": 0.35,
            "chain saw": 0.55,
            "planer line": 0.12,
            "circular saw sharpener": 0.4,
        },
    ),
    Trade(
        "hardwood mill",
        "sawmill",
        ("Laubholzsäge", "Holzwerk", "Furniersäge"),
        9,
        {
            "log band saw": 0.85,
            "resaw": 0.75,
            "dry kiln": 0.85,
            "trimming saw": 0.3,
            "chain saw": 0.6,
            "band saw sharpener": 0.5,
        },
    ),
    Trade(
        "solid wood joinery",
        "joinery",
        ("Tischlerei", "Schreinerei", "Möbelwerkstatt"),
        18,
        {
            "joinery band saw": 0.85,
            "thicknesser": 0.92,
            "spindle moulder": 0.8,
            "four-side planer": 0.3,
            "mitre saw": 0.6,
            "panel saw": 0.4,
            "wide-belt sander": 0.5,
            "knife grinder": 0.28,
        },
    ),
    Trade(
        "panel joinery",
        "joinery",
        ("Tischlerei", "Innenausbau", "Küchenbau"),
        16,
        {
            "panel saw": 0.96,
            "CNC router": 0.85,
            "wide-belt sander": 0.55,
            "mitre saw": 0.4,
            "spindle moulder": 0.2,
            "circular saw sharpener": 0.06,
        },
    ),
    Trade(
        "carpentry",
        "joinery",
        ("Zimmerei", "Holzbau"),
        14,
        {
            "mitre saw": 0.9,
            "chain saw": 0.85,
            "joinery band saw": 0.4,
            "thicknesser": 0.55,
            "four-side planer": 0.35,
            "planer line": 0.15,
            "chain grinder": 0.2,
        },
    ),
    Trade(
        "forestry dealer",
        "hardware wholesaler",
        ("Forsttechnik", "Forstbedarf"),
        6,
        {"chain saw": 1.0, "chain grinder": 0.75, "log band saw": 0.15, "mitre saw": 0.3},
    ),
    Trade(
        "workshop dealer",
        "hardware wholesaler",
        ("Werkzeughandel", "Eisenhof", "Holzhandwerksbedarf"),
        5,
        {
            "panel saw": 0.9,
            "mitre saw": 0.9,
            "joinery band saw": 0.85,
            "thicknesser": 0.85,
            "spindle moulder": 0.6,
            "CNC router": 0.6,
            "wide-belt sander": 0.7,
            "circular saw sharpener": 0.25,
        },
    ),
    Trade(
        "sharpening service",
        "hardware wholesaler",
        ("Schärfdienst", "Schleiferei"),
        3,
        {
            "circular saw sharpener": 1.0,
            "band saw sharpener": 0.7,
            "knife grinder": 0.85,
            "chain grinder": 0.6,
            "panel saw": 0.5,
            "edger": 0.4,
        },
    ),
)
MACHINE_FAMILY = {
    "band saw sharpener": "band_sharpener",
    "circular saw sharpener": "circ_sharpener",
    "knife grinder": "knife_grinder",
    "chain grinder": "chain_grinder",
}
SHARPENERS = tuple(MACHINE_FAMILY)
