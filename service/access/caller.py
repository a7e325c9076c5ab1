"""Who is asking, by the key that was shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Role = Literal["widget", "shop", "rep", "manager", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)
SALES: tuple[Role, ...] = ("rep", "manager", "admin")
"""Who may see names, portraits, values and complaints."""
PUBLIC: Role = "widget"
"""Its key lies in the source of the shop's pages, so everybody has it."""


@dataclass(frozen=True)
class Caller:
    """Known by its key."""

    name: str
    """Of the key."""
    role: Role
    rep: str | None = None
    """Whose customers a `rep` may see."""
    by_session: bool = False
    """Signed in on the page, so it can sign out."""

    @property
    def is_public(self) -> bool:
        return self.role == PUBLIC

    @property
    def is_in_sales(self) -> bool:
        return self.role in SALES

    def may_see_customers_of(self, rep: str) -> bool:
        """A rep sees its own, whoever else works in sales sees all."""
        return self.is_in_sales and (self.role != "rep" or (bool(rep) and rep == self.rep))
