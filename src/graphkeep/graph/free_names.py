"""Names that nothing has yet, for columns whose own name is taken."""

from collections.abc import Container


def free_name(name: str, taken: Container[str]) -> str:
    """This name, or with the first number from 2 on that makes it one that is not taken.

    The number is searched by doubling and halving, so that 100,000 equal names cost no more than as many different ones.
    Where names with higher numbers are taken already, it may be a later gap than the first.
    """
    if name not in taken:
        return name
    low, high = 1, 2
    while f"{name}_{high}" in taken:
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        if f"{name}_{middle}" in taken:
            low = middle
        else:
            high = middle
    return f"{name}_{high}"
