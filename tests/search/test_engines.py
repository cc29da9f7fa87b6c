"""What every engine does: pages without a wall, removal, page tokens, and order."""

from __future__ import annotations

import pytest

from aigaq.archive.access import Viewer
from aigaq.archive.errors import SearchError, UsageError
from aigaq.search.engine import Engine
from aigaq.search.finder import find
from aigaq.search.order import place
from tests.columns import IndexWith
from tests.search.corpus import Written, accession, units_of

OWNER = Viewer.owner()


def every_page(engine: Engine, query: str, sort: str, limit: int) -> list[str]:
    found: list[str] = []
    after = None
    while True:
        page = find(engine, query, viewer=OWNER, sort=sort, limit=limit, after=after)
        found += [f"{hit.item}/{hit.start}" for hit in page.hits]
        assert len(page.hits) == limit or page.next is None
        after = page.next
        if after is None:
            assert len(found) == page.total
            return found


def test_pages_go_on_where_python_had_to_decide(index_with: IndexWith) -> None:
    """A repeated word is settled by several requests; the pages are those of one."""
    with index_with(["суд и ещё раз суд" for _ in range(7)]) as engine:
        for query in ('"суд суд"~9', 'раз OR "суд суд"~9'):
            for sort in ("score", "date", "item"):
                assert len(set(every_page(engine, query, sort, 2))) == 7


def test_deep_pages_over_many_equal_hits(index_with: IndexWith) -> None:
    with index_with(["суд признал вину" for _ in range(700)]) as engine:
        for sort in ("score", "date", "item"):
            assert len(set(every_page(engine, "суд OR вина", sort, 29))) == 700


def test_removing_an_item_takes_out_all_its_units(index_with: IndexWith) -> None:
    with index_with(["суд один", "суд два"]) as engine:
        engine.remove([accession(1)])
        engine.commit()
        assert [hit.item for hit in find(engine, "суд", viewer=OWNER).hits] == [accession(2)]
        engine.add(units_of(Written("суд снова"), 1))
        engine.commit()
        assert find(engine, "суд", viewer=OWNER).total == 2
        assert engine.count() == 2


def test_an_item_is_replaced_as_a_whole_in_one_commit(index_with: IndexWith) -> None:
    with index_with(["суд один", "суд два"]) as engine:
        engine.remove([accession(1), accession(2), accession(3)])
        engine.add(units_of(Written("суд иначе"), 1))
        engine.commit()
        assert [hit.text for hit in find(engine, "суд", viewer=OWNER).hits] == ["суд иначе"]


def test_changes_are_not_seen_before_the_commit(index_with: IndexWith) -> None:
    with index_with(["суд"]) as engine:
        engine.add(units_of(Written("суд"), 2))
        assert engine.count() == 1
        assert find(engine, "суд", viewer=OWNER).total == 1
        engine.commit()
        assert find(engine, "суд", viewer=OWNER).total == 2


def test_places_are_in_order_and_unique() -> None:
    keys = [("ARC-2025-999999", 5), ("ARC-2026-000001", 0), ("ARC-2026-000001", 1)]
    keys += [("ARC-2026-000002", 0), ("ARC-2026-1000000", 0)]
    places = [place(*key) for key in keys]
    assert places == sorted(set(places))
    with pytest.raises(SearchError):
        place("no accession", 0)


def test_a_false_page_token_is_refused(index_with: IndexWith) -> None:
    with index_with(["суд"]) as engine:
        for token in ("x", "", "!!!", "W10", "bnVsbA"):
            with pytest.raises(UsageError) as caught:
                find(engine, "суд", viewer=OWNER, after=token)
            assert caught.value.advice


def test_a_page_token_belongs_to_its_search(index_with: IndexWith) -> None:
    with index_with(["суд", "суд"]) as engine:
        token = find(engine, "суд", viewer=OWNER, limit=1).next
        assert token is not None
        with pytest.raises(UsageError, match="another search"):
            find(engine, "вина", viewer=OWNER, after=token)
        with pytest.raises(UsageError, match="another search"):
            find(engine, "суд", viewer=OWNER, after=token, sort="date")
        with pytest.raises(UsageError, match="sorted by"):
            find(engine, "суд", viewer=OWNER, sort="size")
        with pytest.raises(UsageError, match="hits"):
            find(engine, "суд", viewer=OWNER, limit=0)
