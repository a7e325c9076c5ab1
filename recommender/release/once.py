"""What is worked out once a release, however often products are changed meanwhile."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from functools import cached_property as once_a_release
else:

    class once_a_release(cached_property):  # noqa: N801  # used as the property it is
        """A `cached_property` kept at what its owner was before products were changed.

        For what depends on neither price nor stock; the owner has it as `unchanged`, None where it
        is that itself.
        """

        def __get__(self, instance: Any, owner: type[Any] | None = None) -> Any:
            kept_at = None if instance is None else instance.unchanged
            return super().__get__(instance if kept_at is None else kept_at, owner)


__all__ = ["once_a_release"]
