"""What `demo` has beside the service: a shop that shows the widget, and keys to sign in with."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from dataclasses import dataclass

from recommender.config import Config
from recommender.release.opening import open_release
from service.access.caller import PUBLIC, Role
from service.access.key import Key
from service.pages.shop import SHOP, names_of_shop
from service.records.issuing import replace_key
from service.records.migrate import open_records
from service.settings import Settings

REP_KEY, SHOP_KEY, WIDGET_KEY = "demo-rep", "demo-shop", "demo-widget"


@dataclass(frozen=True)
class Demo:
    """Its keys are new ones each time, because a key that was shown cannot be shown again."""

    config: Config

    def settings(self, settings: Settings, port: int) -> Settings:
        """With the shop, and the key that lies in the source of its pages."""
        key = self._key(WIDGET_KEY, PUBLIC)
        origins = settings.origins | names_of_shop(port)
        return settings.model_copy(update={"origins": origins, "demo_shop_key": key.shown})

    def say(self, address: str) -> None:
        rep = self._busiest_rep()
        person = self._key(REP_KEY, "rep" if rep else "manager", rep)
        print(f"sign in as {f'the rep {rep}' if rep else 'manager'}: {person.shown}")
        print(f"key of the shop: {self._key(SHOP_KEY, 'shop').shown}")
        print(f"a shop that shows what goes with a product: {address}{SHOP}", flush=True)

    def _key(self, name: str, role: Role, rep: str | None = None) -> Key:
        with closing(open_records(self.config)) as database, database.writing() as connection:
            return replace_key(connection, name, role, rep)

    def _busiest_rep(self) -> str | None:
        """The one with most customers; None where the customers table names no reps."""
        release = open_release(self.config.releases_directory, verified=False)
        counts = Counter(rep for rep in release.customers.rep if rep)
        return min(counts, key=lambda rep: (-counts[rep], rep), default=None)
