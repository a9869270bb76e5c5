login()
hg = graphistry.hypergraph(pd.DataFrame({'user': ['u1', 'u2'], 'ip': ['1.1.1.1', '1.1.1.1']}), verbose=False)
url = hg['graph'].plot(render=False)
