"""Names for columns whose own is taken: numbered from 2 on, and as cheap for 100,000 equal names as for few."""

from graphkeep.graph.free_names import free_name


class CountedNames(set[str]):
    lookups = 0

    def __contains__(self, name: object) -> bool:
        self.lookups += 1
        return super().__contains__(name)


def test_equal_names_are_numbered_in_their_order():
    names: list[str] = []
    for _ in range(40):
        names.append(free_name("x", names))

    assert names == ["x", *(f"x_{number}" for number in range(2, 41))]


def test_a_name_that_is_free_stays():
    assert free_name("x", {"y", "x_2"}) == "x"


def test_a_hundred_thousand_equal_names_need_few_lookups_each():
    names = CountedNames()
    for _ in range(100_000):
        names.add(free_name("x", names))

    assert len(names) == 100_000
    assert names.lookups < 40 * 100_000
