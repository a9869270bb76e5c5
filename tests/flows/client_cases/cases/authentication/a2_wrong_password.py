try: graphistry.register(api=3, username=USER, password='wrong'); ok = True
except Exception as ex: ok = False; assert 'HTTP 4' in str(ex)
assert not ok
