login()
g = graphistry.edges(es, 's', 'd').nodes(ns, 'n').upload()
for f in ['json', 'csv', 'parquet']:
    assert len(g.gfql_remote([n({'score': gt(1)})], output_type='nodes', format=f)._nodes) == 2
shape = g.gfql_remote_shape([n(), e_undirected(), n()])
assert len(shape) == 2
assert list(g.gfql_remote([n()], node_col_subset=['n'], edge_col_subset=['s', 'd'])._nodes.columns) == ['n']
