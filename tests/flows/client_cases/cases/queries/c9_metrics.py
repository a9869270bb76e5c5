from graphistry.compute.ast import call
login()
g = graphistry.edges(es, 's', 'd').nodes(ns, 'n').upload()
r = g.gfql_remote([call('compute_igraph', {'alg': 'pagerank', 'directed': False}), call('get_degrees', {})])
c = g.gfql_remote([call('compute_cugraph', {'alg': 'louvain', 'directed': False, 'out_col': 'group'})])
here = g.compute_igraph('pagerank', directed=False)
