login()
g = graphistry.edges(es, 's', 'd').nodes(ns, 'n').upload()
def task(g):
    return {'num_edges': len(g._edges)}
assert g.python_remote_json(task)['num_edges'] == 4
assert len(g.python_remote_table("def task(g):\n    return g._nodes[g._nodes['score'] > 1]")) == 2
assert len(g.python_remote_g("def task(g):\n    return g")._edges) == 4
