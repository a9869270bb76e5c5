login(); tok = graphistry.api_token()
graphistry.register(api=3, token=tok)
graphistry.edges(es, 's', 'd').plot(render=False)
