"""Words as search knows them, whoever else asks at the same time."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

from intake.core import search


def test_threads_do_not_stem_each_others_words() -> None:
    """The stemmer is one for the process: whoever writes beside others gets the words of one's own text."""
    beginnings = ("transparenc", "participac", "municipal", "rendici", "presupuest", "ciudadan", "vigilanc")
    words = [begun + end for begun in beginnings for end in ("ia", "ion", "idades", "amente", "ando", "ivas", "arios")]
    search.stem_of.cache_clear()
    right = [search.stem_of(word) for word in words]
    search.stem_of.cache_clear()
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as several:
            found = list(several.map(lambda _n: [search.stem_of(word) for word in words], range(4)))
    finally:
        sys.setswitchinterval(before)
        search.stem_of.cache_clear()
    assert found == [right] * 4
