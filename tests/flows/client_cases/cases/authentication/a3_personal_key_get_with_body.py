graphistry.register(api=3, personal_key_id=os.environ.get('KEY_ID', 'kid'), personal_key_secret=os.environ.get('KEY_SECRET', 'ksec'))
graphistry.edges(es, 's', 'd').plot(render=False)
