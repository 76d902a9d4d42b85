"""See `intake.core.smallcells`."""

from intake.core.smallcells import SMALL, Withheld, is_reserved, published

__all__ = ["SMALL", "Withheld", "is_reserved", "published"]
