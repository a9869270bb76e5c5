login()
g = graphistry.edges(es, 's', 'd').nodes(ns, 'n').upload()
out = g.gfql_remote("MATCH (a)-[r]->(b) WHERE a.score > 1 RETURN a.n AS src, count(*) AS c ORDER BY src")
assert list(out._nodes['src']) == ['b', 'c'] and list(out._nodes['c']) == [1, 1]
