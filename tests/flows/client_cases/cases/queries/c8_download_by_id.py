login()
g = graphistry.edges(es, 's', 'd').nodes(ns, 'n').upload()
full = graphistry.from_dataset_id(g._dataset_id).gfql_remote([n(), e_forward(), n()])
assert len(full._edges) == 4 and set(full._nodes.columns) >= {'n', 'type', 'score'}
