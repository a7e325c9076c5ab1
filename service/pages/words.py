"""What the brief says in sentences: where a list comes from, what is held back, what was done."""

from __future__ import annotations

from recommender.release.opening import Release
from recommender.suggest.facts import OutcomeName
from recommender.suggest.reasons import Reason
from recommender.suggest.suggestion import FallbackReason, SuggestionList
from recommender.suggest.wording import product_name, sentence
from service.pages.formats import count

SOURCES_IN_WORDS = {
    "personal": "From what this customer and others like it bought.",
    "fold_in": "From what it bought, the purchases since the last training among it.",
    "segment": "It has bought nothing yet: this is what customers of its segment buy.",
    "popular": "It has bought nothing yet: this is what most customers buy.",
}
REASONS_IN_WORDS: dict[FallbackReason, str] = {
    "no_permission": "It does not let its purchases be used: this is what most customers buy.",
    "purchases_since_release": SOURCES_IN_WORDS["fold_in"],
}
"""Where the source alone would say something else."""
RULES_IN_WORDS = {
    "owned": "it has bought before",
    "returned": "it gave back",
    "complaint": "under an open complaint",
    "disliked": "it does not like",
    "rejected": "it refused lately",
    "lost": "it bought elsewhere",
    "snoozed": "it asked to hear of later",
    "accepted": "it has agreed to",
    "won": "it was sold lately",
    "not_in_catalogue": "no longer in the catalogue",
    "out_of_stock": "out of stock",
}
PURPOSES_IN_WORDS = {
    "phone": "Phone",
    "email": "E-mail",
    "post": "Post",
    "personalisation": "Personal offers",
}
REJECTIONS_IN_WORDS = {
    "price": "Too dear",
    "quality": "Quality",
    "has_supplier": "Has a supplier",
    "no_need": "No need",
    "not_now": "Not now",
    "wrong_product": "Wrong product",
    "other": "Other",
}
OUTCOMES_IN_WORDS: dict[OutcomeName, str] = {
    "shown": "shown",
    "accepted": "agreed to it",
    "adjusted": "wanted it otherwise",
    "rejected": "said no",
    "snoozed": "asked to hear of it later",
    "won": "was sold it",
    "lost": "bought it elsewhere",
}
PASSED_OVER_IN_WORDS = {
    "no_permission": "not let their purchases be used",
    "complaint": "an open complaint about it",
    "disliked": "said that they do not like it",
    "rejected": "refused it lately",
    "lost": "bought it elsewhere",
    "snoozed": "asked to hear of it later",
    "accepted": "agreed to it already",
    "won": "been sold it lately",
    "owned": "bought it before",
    "returned": "given it back",
}
"""After `have`; what holds a product back from everybody is not said of customers."""
_OFF_THE_LIST = "It is off this list, the shop's and the nightly one."
DONE = {
    "accepted": ("suggestions", f"Saved as accepted. {_OFF_THE_LIST}"),
    "rejected": ("suggestions", f"Saved as rejected. {_OFF_THE_LIST}"),
    "snoozed": ("suggestions", f"Saved for later. {_OFF_THE_LIST}"),
    "complaint_filed": ("complaints", "Complaint filed. What it concerns is not offered."),
    "complaint_acknowledged": ("complaints", "Complaint acknowledged."),
    "complaint_resolved": ("complaints", "Complaint resolved. It holds nothing back any more."),
    "note_written": ("notes", "Noted."),
    "preference_stated": ("stated", "Saved. It counts from now on."),
    "preference_withdrawn": ("stated", "Withdrawn. It counts no more."),
    "permission_granted": ("permissions", "Granted. It counts from now on."),
    "permission_withdrawn": ("permissions", "Withdrawn. It counts from now on, everywhere."),
}
"""(where on the page, what is said) of each thing that a form does."""


def reasons_in_words(release: Release, reasons: tuple[Reason, ...]) -> list[str]:
    """Each reason as a sentence of its own."""
    said = [sentence(release, reason) for reason in reasons] or ["ranked by the model"]
    return [s[:1].upper() + s[1:] for s in said]


def source_in_words(found: SuggestionList) -> str:
    """Where the list comes from, as a sentence."""
    said = found.fallback_reason and REASONS_IN_WORDS.get(found.fallback_reason)
    return said or SOURCES_IN_WORDS[found.source]


def rule_in_words(rule: str) -> str:
    return RULES_IN_WORDS.get(rule, rule.replace("_", " "))


def passed_over_in_words(withheld: dict[str, int]) -> list[str]:
    """Why customers who stand high are not named, each as `3 have refused it lately`."""
    return [
        f"{count(n)} {'has' if n == 1 else 'have'} {PASSED_OVER_IN_WORDS[rule]}"
        for rule, n in withheld.items()
        if rule in PASSED_OVER_IN_WORDS
    ]


def held_in_words(release: Release, found: SuggestionList) -> list[tuple[str, str, str]]:
    """(product_id, name, why) of what would stand in this list, had no rule held it back."""
    return [(key, product_name(release, key), rule_in_words(rule)) for key, rule in found.held]
