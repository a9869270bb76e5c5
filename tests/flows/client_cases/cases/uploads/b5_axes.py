login()
g = graphistry.edges(es, 's', 'd').nodes(ns.assign(x=[0, 5, 10], y=[0, 10, 0]), 'n').bind(point_x='x', point_y='y')
url = g.encode_axis([{'r': 10, 'external': True, 'label': 'outer'}, {'r': 5, 'internal': True}]).settings(url_params={'play': 0, 'lockedR': True}).plot(render=False)
assert 'play=0' in url and 'lockedR=True' in url
