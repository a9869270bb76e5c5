login()
g = graphistry.edges(es, 's', 'd').nodes(ns, 'n').upload()
out = g.gfql_remote([n({'type': 'x'}), e_forward(), n({'type': 'x'})])
assert sorted(out._nodes['n']) == ['a', 'c'] and len(out._edges) == 2
