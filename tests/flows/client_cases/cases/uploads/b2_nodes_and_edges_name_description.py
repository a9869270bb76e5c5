login()
g = graphistry.edges(es, 's', 'd').nodes(ns, 'n').name('My graph').description('hello')
url = g.plot(render=False)
g2 = graphistry.from_dataset_id(url.split('dataset=')[1].split('&')[0])
assert g2._name == 'My graph' and g2._node == 'n' and g2._source == 's'
