login()
url = graphistry.edges(es, 's', 'd').plot(render=False)
assert '/graph/graph.html?dataset=' in url and 'type=arrow' in url
