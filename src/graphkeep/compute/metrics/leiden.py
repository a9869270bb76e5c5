"""The three phases of the Leiden algorithm (Traag, Waltman and van Eck 2019), each one pass over a graph.

Rows of neighbors have no loops: edges inside a node only count in its `strength`, the sum of all
its edge weights. Refinement uses the best merge instead of a random one (Sahu 2023), so that a seed
determines the result.
"""

import numpy as np

from graphkeep.compute.kernels.jit import exact


@exact
def move_nodes(indptr, indices, weights, strength, order, label, resolution):
    """Move each node to the community with the largest modularity gain, and again after a neighbour moved.

    `label` int32 (n,) has the communities and is changed in place; returns the number of moves.
    """
    n = len(indptr) - 1
    community_strength = np.zeros(n)
    members = np.zeros(n, np.int32)
    for i in range(n):
        community_strength[label[i]] += strength[i]
        members[label[i]] += 1
    per = resolution / strength.sum()
    empty = np.empty(n, np.int32)
    empties = 0
    for c in range(n - 1, -1, -1):
        if members[c] == 0:
            empty[empties] = c
            empties += 1
    queue = order.copy()
    waits = np.ones(n, np.uint8)
    head, count, moves = 0, n, 0
    link = np.zeros(n)
    stamp = np.full(n, -1, np.int64)
    near = np.empty(n, np.int32)
    turn = 0
    while count > 0:
        i = queue[head]
        head = head + 1 if head + 1 < n else 0
        count -= 1
        waits[i] = 0
        current = label[i]
        turn += 1
        stamp[current] = turn
        link[current] = 0.0
        near[0] = current
        near_count = 1
        for e in range(indptr[i], indptr[i + 1]):
            c = label[indices[e]]
            if stamp[c] != turn:
                stamp[c] = turn
                link[c] = 0.0
                near[near_count] = c
                near_count += 1
            link[c] += weights[e]
        pull = strength[i] * per
        least = strength[i] * 1e-10  # above rounding errors, so that no move is reversed
        community_strength[current] -= strength[i]
        best = current
        gain = link[current] - pull * community_strength[current]
        for k in range(1, near_count):
            c = near[k]
            candidate_gain = link[c] - pull * community_strength[c]
            if candidate_gain > gain + least:
                best = c
                gain = candidate_gain
        if gain < -least and empties > 0:  # alone is better
            empties -= 1
            best = empty[empties]
        community_strength[best] += strength[i]
        if best == current:
            continue
        members[current] -= 1
        members[best] += 1
        if members[current] == 0:
            empty[empties] = current
            empties += 1
        label[i] = best
        moves += 1
        for e in range(indptr[i], indptr[i + 1]):
            j = indices[e]
            if waits[j] == 0 and label[j] != best:
                waits[j] = 1
                tail = head + count
                queue[tail if tail < n else tail - n] = j
                count += 1
    return moves


@exact
def refine(indptr, indices, weights, strength, order, label, resolution):
    """Connected subcommunities int32 (n,) of the communities `label`, merged from single nodes."""
    n = len(indptr) - 1
    community_strength = np.zeros(n)
    for i in range(n):
        community_strength[label[i]] += strength[i]
    per = resolution / strength.sum()
    part = np.arange(n).astype(np.int32)
    size = np.ones(n, np.int32)
    inside = strength.copy()
    outward = np.zeros(n)  # from a part to the rest of its community
    for i in range(n):
        for e in range(indptr[i], indptr[i + 1]):
            if label[indices[e]] == label[i]:
                outward[i] += weights[e]
    link = np.zeros(n)
    stamp = np.full(n, -1, np.int64)
    near = np.empty(n, np.int32)
    for turn in range(n):
        i = order[turn]
        if size[i] != 1 or part[i] != i:
            continue
        total = community_strength[label[i]]
        if outward[i] < per * strength[i] * (total - strength[i]):
            continue
        near_count = 0
        for e in range(indptr[i], indptr[i + 1]):
            j = indices[e]
            if label[j] != label[i]:
                continue
            c = part[j]
            if stamp[c] != turn:
                stamp[c] = turn
                link[c] = 0.0
                near[near_count] = c
                near_count += 1
            link[c] += weights[e]
        best, gain = -1, 0.0
        for k in range(near_count):
            c = near[k]
            if outward[c] < per * inside[c] * (total - inside[c]):
                continue
            candidate_gain = link[c] - per * strength[i] * inside[c]
            if candidate_gain > gain:
                best, gain = c, candidate_gain
        if best >= 0:
            part[i] = best
            size[best] += 1
            size[i] = 0
            inside[best] += strength[i]
            outward[best] += outward[i] - 2 * link[best]
    return part


@exact
def merged(indptr, indices, weights, strength, part, count):
    """The aggregate graph of the parts 0 to count - 1, as indptr, indices, weights and strength."""
    n = len(indptr) - 1
    sums = np.zeros(count)
    starts = np.zeros(count + 1, np.int64)
    for i in range(n):
        sums[part[i]] += strength[i]
        starts[part[i] + 1] += 1
    for c in range(count):
        starts[c + 1] += starts[c]
    member = np.empty(n, np.int32)
    fill = starts[:-1].copy()
    for i in range(n):
        member[fill[part[i]]] = i
        fill[part[i]] += 1
    targets = np.empty(len(indices), np.int32)
    merged_weights = np.empty(len(indices))
    merged_indptr = np.zeros(count + 1, np.int64)
    slot = np.full(count, -1, np.int64)
    write = 0
    for c in range(count):
        begin = write
        for k in range(starts[c], starts[c + 1]):
            i = member[k]
            for e in range(indptr[i], indptr[i + 1]):
                d = part[indices[e]]
                if d == c:
                    continue
                if slot[d] < begin:
                    slot[d] = write
                    targets[write] = d
                    merged_weights[write] = 0.0
                    write += 1
                merged_weights[slot[d]] += weights[e]
        merged_indptr[c + 1] = write
    return merged_indptr, targets[:write].copy(), merged_weights[:write].copy(), sums
