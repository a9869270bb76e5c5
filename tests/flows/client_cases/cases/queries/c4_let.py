login()
g = graphistry.edges(es, 's', 'd').nodes(ns, 'n').upload()
q = let({'xs': n({'type': 'x'}), 'big': ref('xs', [n({'score': gt(2)})])})
out = g.gfql_remote(q, output='big')
assert list(out._nodes['n']) == ['c']
