"""Attraction along edges, one step of every node, and prolongation from a coarse level.

Attraction d is that of ForceAtlas2 (Jacomy et al. 2014), d^2 that of Fruchterman and Reingold (1991), and
log(1 + d) that of its LinLog mode (Noack 2007), which shows communities.
"""

import math
from typing import NamedTuple

import numpy as np
from numba import njit, prange

from graphkeep.compute.kernels.jit import FAST
from graphkeep.compute.kernels.noise import noise

LINEAR, LINLOG, SQUARE = 0, 1, 2


class AttractionParams(NamedTuple):
    """Parameters of attraction, repulsion and gravity, and the relaxation of a step.

    `spring_limit`, in spacings: the distance at which the bounded attraction of LINLOG approaches its bound.
    """

    attraction_model: int
    repulsion: float
    gravity: float
    spring_limit: float = 1.0
    relaxation: float = 0.7


@njit(**FAST)
def attraction(i, indptr, indices, w, pos, attraction_model, L):
    """(x, y, total weight) of the attraction on node i; L is the distance at which the models differ little."""
    px, py = pos[i, 0], pos[i, 1]
    ax, ay, D = np.float32(0), np.float32(0), np.float32(0)
    if attraction_model == LINEAR:
        for e in range(indptr[i], indptr[i + 1]):
            j = indices[e]
            ax += w[e] * (pos[j, 0] - px)
            ay += w[e] * (pos[j, 1] - py)
            D += w[e]
    elif attraction_model == LINLOG:
        iL2 = np.float32(1) / (L * L)
        for e in range(indptr[i], indptr[i + 1]):
            j = indices[e]
            dx, dy = pos[j, 0] - px, pos[j, 1] - py
            ww = w[e] / math.sqrt(np.float32(1) + (dx * dx + dy * dy) * iL2)
            ax += ww * dx
            ay += ww * dy
            D += ww
    else:
        iL = np.float32(1) / L
        for e in range(indptr[i], indptr[i + 1]):
            j = indices[e]
            dx, dy = pos[j, 0] - px, pos[j, 1] - py
            ww = w[e] * math.sqrt(dx * dx + dy * dy) * iL
            ax += ww * dx
            ay += ww * dy
            D += ww
    return ax, ay, D


@njit(**FAST)
def balance_of(rows, mass, pos, pull, L):
    """The factor that scales positions so that attraction and repulsion balance.

    By the virial theorem: the sum of force times distance over edges, and toward the center, equals that over pairs,
    which for a repulsion of m / d is the sum of the products of masses. All models scale alike, since L scales with
    the positions.
    """
    work, total_mass, squares = 0.0, 0.0, 0.0
    reach = L * np.float32(pull.spring_limit)
    for i in range(len(mass)):
        ax, ay, _ = attraction(
            i, rows.indptr, rows.indices, rows.weights, pos, pull.attraction_model, reach
        )
        x, y = pos[i, 0], pos[i, 1]
        work += pull.gravity * mass[i] * (x * x + y * y) - ax * x - ay * y
        total_mass += mass[i]
        squares += mass[i] * mass[i]
    return math.sqrt(pull.repulsion * 0.5 * (total_mass * total_mass - squares) / max(work, 1e-20))


@njit(**FAST)
def attract_some(begin, end, rows, mass, pos, force, drag, pull, L):
    """Add attraction and gravity to `force`, from then on per node; `drag` float32 (n,) gets their total weight."""
    kr, linear = np.float32(pull.repulsion), np.float32(pull.gravity)
    reach = L * np.float32(pull.spring_limit)
    for i in range(begin, end):
        ax, ay, D = attraction(
            i, rows.indptr, rows.indices, rows.weights, pos, pull.attraction_model, reach
        )
        px, py, g = pos[i, 0], pos[i, 1], linear * mass[i]
        force[i, 0] = ax + kr * mass[i] * force[i, 0] - g * px
        force[i, 1] = ay + kr * mass[i] * force[i, 1] - g * py
        drag[i] = D + g


@njit(parallel=True, **FAST)
def attract(rows, mass, pos, force, drag, pull, L, share):
    """`attract_some` in parallel; `share` int64 (chunks + 1,) are chunk boundaries of about equal work."""
    for ch in prange(len(share) - 1):
        attract_some(share[ch], share[ch + 1], rows, mass, pos, force, drag, pull, L)


@njit(**FAST)
def move_some(begin, end, pos, following, state, relaxation, momentum, top, least):
    """One diagonally scaled step with momentum: the force divided by the drag of the node.

    `top` is the maximum step, in spacings around the node. Returns the sum of the moves relative to that maximum.
    """
    velocity, force, drag, local = state.velocity, state.force, state.drag, state.local
    tiny = np.float32(1e-20)
    total = np.float32(0)
    for i in range(begin, end):
        s = relaxation / (drag[i] + tiny)
        dx = force[i, 0] * s + momentum * velocity[i, 0]
        dy = force[i, 1] * s + momentum * velocity[i, 1]
        d2 = dx * dx + dy * dy + tiny
        cap = top * max(local[i], least)
        over = min(np.float32(1), cap / math.sqrt(d2))
        dx *= over
        dy *= over
        velocity[i, 0], velocity[i, 1] = dx, dy
        following[i, 0], following[i, 1] = pos[i, 0] + dx, pos[i, 1] + dy
        total += min(np.float32(1), math.sqrt(d2) / cap)
    return total


@njit(parallel=True, **FAST)
def move(pos, following, state, relaxation, momentum, top, least, chunks, stat):
    """`move_some` in parallel; `stat` float64 (chunks,) gets the sums of the moves."""
    n = len(pos)
    for ch in prange(chunks):
        begin, end = np.int64(ch) * n // chunks, np.int64(ch + 1) * n // chunks
        stat[ch] = move_some(begin, end, pos, following, state, relaxation, momentum, top, least)


@njit(parallel=True, **FAST)
def prolong(rows, parent, coarse, members, seed, radius, pos):
    """Prolong to the mean of the node's and its neighbours' coarse positions, plus jitter; singletons keep theirs."""
    indptr, indices, w = rows.indptr, rows.indices, rows.weights
    for i in prange(len(pos)):
        c = parent[i]
        X, Y, W = np.float32(0), np.float32(0), np.float32(0)
        for e in range(indptr[i], min(indptr[i + 1], indptr[i] + 64)):
            d = parent[indices[e]]
            X += w[e] * coarse[d, 0]
            Y += w[e] * coarse[d, 1]
            W += w[e]
        u, v = noise(i, seed)
        r = radius * math.sqrt(u)
        a = np.float32(6.2831853) * v
        if W > 0 and members[c] > 1:
            pos[i, 0] = np.float32(0.5) * (coarse[c, 0] + X / W) + r * math.cos(a)
            pos[i, 1] = np.float32(0.5) * (coarse[c, 1] + Y / W) + r * math.sin(a)
        else:
            pos[i, 0] = coarse[c, 0] + r * math.cos(a) * np.float32(0.1)
            pos[i, 1] = coarse[c, 1] + r * math.sin(a) * np.float32(0.1)
