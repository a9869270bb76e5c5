try: graphistry.register(api=3, username=USER, password=PW, org_name='nope'); ok = True
except Exception as ex: ok = False; assert 'is not found' in str(ex) or 'not a member' in str(ex)
assert not ok
