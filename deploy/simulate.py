#!/usr/bin/env python3
"""Simulates coding many blocks by many processes, from measured seconds a block: simulate.py SECONDS_FILE [BLOCKS_A_PART [HOURS_TO_FAILURE [START_SECONDS]]].

Each part is BLOCKS_A_PART blocks whose times are drawn from the file (one number a line). Whoever is free takes the next part. A node fails on average every
HOURS_TO_FAILURE hours of work; its part is begun again. The same seed gives the same table.
"""
import heapq
import random
import sys

times = [float(line) for line in open(sys.argv[1])]
blocks_a_part, mtbf, start = (float(sys.argv[i]) if i < len(sys.argv) else default for i, default in ((2, 16), (3, 1000), (4, 0.2)))
PARTS = 100_000


def simulate(processes, steps):
    """Wall-clock seconds, and seconds of work that were lost to failures."""
    draw = random.Random(1)
    free = [0.0] * processes
    lost = 0.0
    for _ in range(steps):
        now = heapq.heappop(free)
        work = start + sum(draw.choice(times) for _ in range(int(blocks_a_part)))
        while (failure := draw.expovariate(1 / (mtbf * 3600))) < work:
            lost += failure
            now += failure
        heapq.heappush(free, now + work)
    return max(free), lost


one, _ = simulate(1, PARTS)
print("| processes | hours | speed-up | of the ideal | lost to failures |\n|---:|---:|---:|---:|---:|")
for processes in (1, 2, 10, 100, 1000, 10_000):
    wall, lost = simulate(processes, PARTS)
    print(f"| {processes:,} | {wall / 3600:,.2f} | {one / wall:,.1f} | {one / wall / processes:.1%} | {lost / one:.3%} |")
