login()
g = graphistry.edges(es, 's', 'd').nodes(ns, 'n').upload()
r = g.privacy(mode='private').gfql_remote([n({'type': 'x'})], persist=True, dataset_id=g._dataset_id)
assert r._dataset_id and r._dataset_id != g._dataset_id and r._dataset_id in r.url
