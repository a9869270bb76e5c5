"""The force layout engine: multilevel, ForceAtlas2-like energies, Barnes-Hut repulsion with multipole expansions.

Read it in this order; each module names its papers.

    layout.py           `force_layout`: arguments, components, backend, frames       <- start here
      simplify.py       an edge list to compressed sparse rows (CSR): no loops, parallel edges summed
      components.py     component by component, in threads; packed by `compute/packing`
      engine.py         `layout_multilevel`: one component, from the coarsest level to the finest
        coarsen.py      clusters of nodes, level above level; masses and weights add up
        start.py        positions of the coarsest level: pivot MDS, then stress majorization
        model_selection.py  which attraction model suits the graph, chosen again after each level
        refine.py       `CpuRefiner`: the steps of one level
          tree.py       the implicit 4-ary tree of leaves along a Hilbert curve
          repulse.py    near lists, far expansions, direct sums
          step.py       attraction, gravity, one move of every node; prolongation to the finer level
        gpu/            `CudaBackend`: the same steps on an NVIDIA device, behind `backend.py`
      continuation.py   `continue_layout`: on from given positions, for dragging and playing
      schedule.py       `ForceParams`, steps and temperatures of levels, `Clock`
    parameters.py       the user's parameters; does not import numba

Arrays: positions and forces are float32 (n, 2), edges are CSR with int64 `indptr`, int32 `indices` and float32
`weights`. Lengths are in spacings, the typical distance between neighboring points. Kernels only gather, so the
result is bit-identical for any number of threads.
"""
