graphistry.register(api=3, username=USER, password=PW, org_name='acme')
assert graphistry.org_name() == 'acme'
url = graphistry.edges(es, 's', 'd').plot(render=False)
