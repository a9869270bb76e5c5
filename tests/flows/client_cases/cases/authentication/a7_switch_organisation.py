login()
graphistry.org_name('acme')
assert graphistry.org_name() == 'acme'
try: graphistry.org_name('nope'); ok = True
except Exception: ok = False
assert not ok
