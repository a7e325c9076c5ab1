"""Invented names of firms, places and people; any likeness to real ones is chance."""

from random import Random

FRONTS = """
Zirb Lärch Grindl Moos Steig Kogl Raut Fels Ahorn Eber Bram Schatt Schwend Gams Murr Tann Riss Wasen
Arb Spitz Torf Krumm Hasl Ulm Brand Roßl Gries Eschl Hint Vord Pfand Walch
"""
BACKS = "egger hofer lechner bichler steiner reiter thaler auer moser kofler gruber wieser"
PLACES = """
Oberzirbach Niedertannau Moosthal Griesegg Kaltenried Hinterfels Vorderau Steinlehen Unterlärch
Ahornwies Brandried Schattseit Wasenkogel Murrbach Gamsegg Krummau Eschlberg Torfing Haslried
Spitzbach Rautenau Schwendtmoos Arbing Roßleiten
"""
FORMS = ("GmbH", "KG", "e.U.", "OG", "", "", "GmbH & Co KG")
REPS = {
    "Tyrol": "Vroni Kaltegger",
    "Salzburg": "Matthias Roßauer",
    "Upper Austria": "Helga Brandlechner",
    "Styria": "Lukas Pfandhofer",
    "Carinthia": "Ines Walchreiter",
    "Vorarlberg": "Vroni Kaltegger",
    "Upper Bavaria": "Jonas Grieskofler",
    "Allgäu": "Theresa Moosbichler",
}
"""Who looks after which region; one rep has two."""
REGION_SHARES = dict(zip(REPS, (15, 12, 18, 17, 11, 6, 13, 8), strict=True))


def surname(rng: Random) -> str:
    """The family behind a firm."""
    return rng.choice(FRONTS.split()) + rng.choice(BACKS.split())


def place(rng: Random) -> str:
    """A village that does not exist."""
    return rng.choice(PLACES.split())


def firm_name(rng: Random, kind: str, family_name: str) -> str:
    """A firm's name, such as "Sägewerk Zirbhofer GmbH"."""
    named = f"{kind} {family_name} {rng.choice(FORMS)}".strip()
    return named if rng.random() < 0.75 else f"{kind} {family_name}, {place(rng)}"


def branch_name(rng: Random, kind: str, family_name: str) -> str:
    """The name of a group's further firm, told apart by its place."""
    return f"{kind} {family_name} {place(rng)} GmbH"
