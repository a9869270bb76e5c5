"""Attraction, one step of every node, and prolongation from a coarse level on the device, as in `force/step.py`."""

import math

import numpy as np
from numba import cuda, float32, float64

from graphkeep.compute.force.gpu.compare import greater, lesser
from graphkeep.compute.force.gpu.device import FAST, SIMULATED, THREADS
from graphkeep.compute.force.gpu.tree import SPACING
from graphkeep.compute.force.step import LINEAR, LINLOG
from graphkeep.compute.kernels.noise import noise

HUB = 8 if SIMULATED else 256  # neighbours; a node with more gets a block instead of a thread
noise_of = cuda.jit(device=True)(noise.py_func)


@cuda.jit(device=True)
def drawn_by(px, py, begin, end, stride, indices, w, pos, attraction_model, L):
    """(x, y, total weight) of the attraction of every `stride`-th edge of begin..end on a node at px, py."""
    ax, ay, D = np.float32(0), np.float32(0), np.float32(0)
    unit = np.float32(1)
    iL = unit / L
    iL2 = unit / (L * L)
    for e in range(begin, end, stride):
        j = indices[e]
        dx, dy = pos[j, 0] - px, pos[j, 1] - py
        ww = w[e]
        if attraction_model == LINLOG:
            ww = w[e] / np.float32(math.sqrt(unit + (dx * dx + dy * dy) * iL2))
        elif attraction_model != LINEAR:
            ww = w[e] * np.float32(math.sqrt(dx * dx + dy * dy)) * iL
        ax += ww * dx
        ay += ww * dy
        D += ww
    return ax, ay, D


@cuda.jit(**FAST)
def draw_hubs(hubs, indptr, indices, w, pos, attraction_model, spring_limit, scale, drawn):
    """Attraction on each hub, into `drawn` float32 (hubs, 3); one block per hub, in a fixed summation order."""
    partial_sums = cuda.shared.array((3, THREADS), float32)
    t = cuda.threadIdx.x
    reach = scale[SPACING] * spring_limit
    for h in range(cuda.blockIdx.x, len(hubs), cuda.gridDim.x):
        i = hubs[h]
        partial_sums[0, t], partial_sums[1, t], partial_sums[2, t] = drawn_by(
            pos[i, 0],
            pos[i, 1],
            indptr[i] + t,
            indptr[i + 1],
            THREADS,
            indices,
            w,
            pos,
            attraction_model,
            reach,
        )
        cuda.syncthreads()
        half = THREADS // 2
        while half > 0:
            if t < half:
                for m in range(3):
                    partial_sums[m, t] += partial_sums[m, t + half]
            cuda.syncthreads()
            half //= 2
        if t < 3:
            drawn[h, t] = partial_sums[t, 0]
        cuda.syncthreads()


@cuda.jit(device=True)
def attraction(i, indptr, indices, w, hub_row, drawn, pos, attraction_model, L):
    """(x, y, total weight) of the attraction on node i, precomputed by `draw_hubs` or summed here."""
    h = hub_row[i]
    if h >= 0:
        return drawn[h, 0], drawn[h, 1], drawn[h, 2]
    return drawn_by(
        pos[i, 0], pos[i, 1], indptr[i], indptr[i + 1], 1, indices, w, pos, attraction_model, L
    )


@cuda.jit(**FAST)
def step(
    indptr, indices, w, mass, hub_row, drawn, scale, attraction_model, spring_limit, kr, linear, relaxation, momentum, top,
    pos, following, velocity, force, local,
):  # fmt: skip
    """Attraction, gravity and the diagonally scaled step with momentum; one thread per node.

    `force` float32 (n, 2) is the repulsion per unit of mass, `top` the maximum step in spacings around the node.
    """
    tiny, unit = np.float32(1e-20), np.float32(1)
    L = scale[SPACING]
    least, reach = np.float32(0.05) * L, L * spring_limit
    for i in range(cuda.grid(1), len(pos), cuda.gridsize(1)):
        ax, ay, D = attraction(i, indptr, indices, w, hub_row, drawn, pos, attraction_model, reach)
        px, py, g = pos[i, 0], pos[i, 1], linear * mass[i]
        fx = ax + kr * mass[i] * force[i, 0] - g * px
        fy = ay + kr * mass[i] * force[i, 1] - g * py
        s = relaxation / (D + g + tiny)
        dx = fx * s + momentum * velocity[i, 0]
        dy = fy * s + momentum * velocity[i, 1]
        d2 = dx * dx + dy * dy + tiny
        over = lesser(unit, top * greater(local[i], least) / np.float32(math.sqrt(d2)))
        dx *= over
        dy *= over
        velocity[i, 0], velocity[i, 1] = dx, dy
        following[i, 0], following[i, 1] = px + dx, py + dy


@cuda.jit(cache=True)
def virial(
    indptr,
    indices,
    w,
    mass,
    hub_row,
    drawn,
    scale,
    attraction_model,
    spring_limit,
    gravity,
    pos,
    partial,
):
    """Sum of attraction and gravity times distance per block, float64 (REDUCED,); see `balance_of`."""
    partial_sums = cuda.shared.array(THREADS, float64)
    t = cuda.threadIdx.x
    work = float64(0)
    for i in range(cuda.grid(1), len(pos), cuda.gridsize(1)):
        ax, ay, _ = attraction(
            i,
            indptr,
            indices,
            w,
            hub_row,
            drawn,
            pos,
            attraction_model,
            scale[SPACING] * spring_limit,
        )
        x, y = pos[i, 0], pos[i, 1]
        work += gravity * mass[i] * (x * x + y * y) - ax * x - ay * y
    partial_sums[t] = work
    cuda.syncthreads()
    half = THREADS // 2
    while half > 0:
        if t < half:
            partial_sums[t] += partial_sums[t + half]
        cuda.syncthreads()
        half //= 2
    if t == 0:
        partial[cuda.blockIdx.x] = partial_sums[0]


@cuda.jit(cache=True)
def resize(pos, factor):
    for i in range(cuda.grid(1), len(pos), cuda.gridsize(1)):
        pos[i, 0] *= factor
        pos[i, 1] *= factor


@cuda.jit(**FAST)
def prolong(indptr, indices, w, parent, coarse, members, seed, scale, pos):
    """Prolong to the mean of the node's and its neighbours' coarse positions, plus jitter, by the coarse `scale`."""
    half, tenth = np.float32(0.5), np.float32(0.1)
    for i in range(cuda.grid(1), len(pos), cuda.gridsize(1)):
        c = parent[i]
        X, Y, W = np.float32(0), np.float32(0), np.float32(0)
        for e in range(indptr[i], lesser(indptr[i + 1], indptr[i] + 64)):
            d = parent[indices[e]]
            X += w[e] * coarse[d, 0]
            Y += w[e] * coarse[d, 1]
            W += w[e]
        u, v = noise_of(i, seed)
        r = half * scale[SPACING] * np.float32(math.sqrt(u))
        a = np.float32(6.2831853) * v
        x, y = r * np.float32(math.cos(a)), r * np.float32(math.sin(a))
        if W > 0 and members[c] > 1:
            pos[i, 0] = half * (coarse[c, 0] + X / W) + x
            pos[i, 1] = half * (coarse[c, 1] + Y / W) + y
        else:
            pos[i, 0] = coarse[c, 0] + x * tenth
            pos[i, 1] = coarse[c, 1] + y * tenth
