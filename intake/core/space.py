"""Whether something failed because there is no room to write, wherever that was noticed."""

from __future__ import annotations

import errno
import re
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError

if TYPE_CHECKING:
    from collections.abc import Iterator

#: No space, no quota, a file at the size that its process may write.
_SYSTEM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
#: SQLite: FULL, and IOERR, which is what it says of a write that the system refused for another reason than ENOSPC.
_SQLITE = frozenset({13, 10})
_POSTGRESQL = "53100"  # disk_full
#: How the object store tells what the system said.
_OBJECT_STORE = re.compile(r"\(os error (\d+)\)")


def is_lacking(error: BaseException) -> bool:
    """Whether the error, or what caused it, says that nothing more can be written."""
    return any(_says_so(one) for one in _causes(error))


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        if isinstance(error, DBAPIError) and error.orig is not None:
            yield error.orig
        error = error.__cause__ or error.__context__


def _says_so(error: BaseException) -> bool:
    if isinstance(error, OSError):
        return error.errno in _SYSTEM
    if getattr(error, "sqlite_errorcode", None) in _SQLITE or getattr(error, "sqlstate", None) == _POSTGRESQL:
        return True
    if type(error).__module__.startswith("obstore"):
        return any(int(code) in _SYSTEM for code in _OBJECT_STORE.findall(str(error)))
    return False
