login()
url = graphistry.edges(es, 's', 'd').settings(url_params={'play': 0, 'showArrows': False, 'pointSize': 2.0, 'bg': '%23ff0000', 'menu': False, 'info': False}).plot(render=False)
assert 'showArrows=False' in url
