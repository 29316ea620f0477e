"""The best assignment: each row at most one column, each column at most one row, the greatest sum of gains. Pure.

Rows that nothing pays for stay alone. It is the successive shortest path method with prices, on the few pairs that
pay: most rows have one, and are done in a step. A library for it would bring numpy with it.
"""

from collections import defaultdict
from collections.abc import Mapping
from heapq import heappop, heappush

# So many columns are asked on the way from one row to a free one; beyond, the nearest free one so far is taken.
_MAX_ASKED = 100

Gains = Mapping[int, Mapping[int, int]]  # by row, what each column pays: above zero


def best_sum(gains: Gains) -> dict[int, int]:
    """By row, its column. The same whenever asked; the order of rows decides between sums that are equal."""
    price: dict[int, int] = defaultdict(int)
    profit = {row: max(columns.values()) for row, columns in gains.items() if columns}
    row_of: dict[int, int] = {}
    found: dict[int, int] = {}
    for row in profit:
        _find_place(row, gains, price, profit, row_of, found)
    return found


def _find_place(
    start: int,
    gains: Gains,
    price: dict[int, int],
    profit: dict[int, int],
    row_of: dict[int, int],
    found: dict[int, int],
) -> None:
    """The cheapest chain of moves that gives the row a column, or leaves a row alone; prices are then made true again.

    A row moves to a column at no cost where its profit is what that pays beyond its price, and gives up its column at
    the cost of its profit.
    """
    reached = {start: 0}  # by row, what the chain up to it costs
    came_from: dict[int, int] = {}  # by column, the row
    settled: dict[int, int] = {}  # by column, what the chain up to it costs
    waiting: list[tuple[int, int, int]] = []
    end: int | None = None  # a free column
    alone, cost = start, profit[start]  # the row that is left alone otherwise, and what it costs
    row: int | None = start
    while row is not None:
        base = reached[row]
        for column, gain in gains[row].items():
            step = base + profit[row] - gain + price[column]
            if column not in settled and step < cost:
                heappush(waiting, (step, column, row))
        row = None
        while waiting and row is None:
            step, column, by = heappop(waiting)
            if step >= cost:
                break
            if column in settled:
                continue
            came_from[column] = by
            if column not in row_of:
                end, cost = column, step
                break
            if len(settled) == _MAX_ASKED:
                continue
            settled[column] = step
            row = row_of[column]
            reached[row] = step
            if step + profit[row] < cost:
                alone, cost = row, step + profit[row]
        if end is not None:
            break
    for other, at in reached.items():
        profit[other] -= max(0, cost - at)
    for column, at in settled.items():
        price[column] += max(0, cost - at)
    column_left = end if end is not None else found.pop(alone, None)
    while column_left is not None:
        row_moved = came_from[column_left]
        before = found.get(row_moved)
        found[row_moved], row_of[column_left] = column_left, row_moved
        column_left = before if row_moved != start else None
