"""One sabotage for each row of the hardening guide that stands here, and the test that must see it.

(row, file, what stands there, what replaces it, test)
"""

A = "src/graphkeep/accounts/"
P = "src/graphkeep/api/"
S = "src/graphkeep/server/"
D = "src/graphkeep/datasets/"
U = "src/graphkeep/upkeep/"
UNIT = "tests/accounts/"
FLOW = "tests/flows/"
ROW = "tests/rights/test_rows.py::test_"

RED = [
    ("SH-02", S + "cli/config.py", "    if setting.is_live and setting.name in portal:", "    if False:", FLOW + "test_controls.py::test_sh02"),
    ("SH-03", S + "pages/accounts.py", '"everyday": EVERYDAY_SCOPES', '"everyday": tuple(SCOPES)', ROW + "sh03"),
    ("SH-05", "src/graphkeep/upkeep/doctor/checks/network.py", '"network.host"', '"network.hosts"', "tests/docs/test_manual.py::test_sh05_every_check"),
    ("SH-06", S + "urls.py", "guarded(BROWSER_EARLY, manual.manual_page)", "guarded(OPEN, manual.manual_page)", "tests/docs/test_manual.py::test_sh06_a_stranger"),
    ("SH-07", A + "operations/people.py", '        row.is_claimed = True\n        row.save(update_fields=["is_claimed", "code_hash", "open_until"])', "        pass", UNIT + "test_bootstrap.py::test_sh07_no"),
    ("SH-07b", A + "operations/bootstrap.py", "if needs_code(row) and not good:", "if False:", UNIT + "test_bootstrap.py::test_sh07b_on_a"),
    ("SH-08", A + "operations/first_admin.py", "        must_change_password=True,\n", "", UNIT + "test_bootstrap.py::test_sh08"),
    ("SH-09", A + "operations/people.py", "    authorize(may_administer, actor, user)\n    # Locking", "    # Locking", UNIT + "test_people.py::test_a_user_may"),
    ("SH-10", A + "operations/people.py", "        name=admin.name,\n        must_change", "        name=admin.name,\n        role=admin.role,\n        must_change", UNIT + "test_bootstrap.py::test_sh10"),
    ("SH-11", S + "settings.py", "CSRF_COOKIE_HTTPONLY = True", "CSRF_COOKIE_HTTPONLY = False", FLOW + "test_files.py::test_sh11"),
    ("SH-13", S + "pages/shells.py", "    response.framed_by = framed_by(dataset)", "    response.framed_by = '*'", FLOW + "test_links.py::test_sh13"),
    ("SH-14", S + "headers.py", 'getattr(response, "framed_by", NEVER)', 'getattr(response, "framed_by", "*")', FLOW + "test_links.py::test_sh13"),
    ("SH-15", D + "models.py", "return secrets.token_hex(16)", "return __import__('uuid').uuid4().hex", ROW + "sh15"),
    ("SH-18", S + "adopting.py", "if not one.kept]", "]", "tests/upkeep/test_defaults.py::test_sh18_changed"),
    ("SH-21", S + "portal/people.py", '    "services/key/",', '    "services/keys/",', "tests/rights/test_portal_tasks.py::test_sh21_every_task"),
    ("SH-22", S + "envfile.py", 'if not match or "=" not in line:', "if not match:", "tests/server/test_env.py::test_sh22_a"),
    ("SH-17", U + "supply/signature.py", "    if key not in keys:", "    if False:", "tests/upkeep/test_advisories.py::test_sh17_what_is_not"),
    ("SH-22", S + "env.py", 'if not match or "=" not in line:', "if not match:", "tests/server/test_env.py::test_sh22_a"),
    ("SH-23", A + "tokens.py", "if not settings.JWT_ALLOW_REFRESH:", "if False:", UNIT + "test_credentials.py::test_sh23"),
    ("SH-24", A + "tokens.py", "first_issued_at=token.issued_first_at,", "first_issued_at=None,", UNIT + "test_credentials.py::test_sh24"),
    ("SH-25", P + "stream.py", "        if version == self.rights_version and", "        if", FLOW + "test_links.py::test_sh72"),
    ("SH-26", A + "sessions.py", "if idle and now - row.seen_at", "if False and now - row.seen_at", UNIT + "test_credentials.py::test_sh26_a"),
    ("SH-35", D + "passes.py", 'if claims["origin"] != origin:', "if False:", FLOW + "test_links.py::test_sh35"),
    ("SH-36", S + "pages/shells.py", 'return "*" if live("EMBED_PUBLIC") else "\'self\'"', 'return "*"', FLOW + "test_links.py::test_sh13"),
    ("SH-37", S + "settings.py", 'if COOKIE_SAMESITE == "None" and not COOKIE_SECURE:', "if False:", "tests/server/test_env.py::test_sh37"),
    ("SH-40", A + "operations/site.py", "if name in ADDRESS_LISTS and value", "if False and value", UNIT + "test_live.py::test_sh40"),
    ("SH-43", S + "edge.py", "return host == domain or", "return True or", FLOW + "test_edge.py::test_sh43"),
    ("SH-55", S + "rotation.py", '    change_lines(home, {FORMER_DJANGO: ",".join([new, *kept])})\n    restart()\n', "", "tests/server/test_secrets.py::test_sh55_former"),
    ("SH-56", S + "rotation.py", "for keys in ([*former, new], [new, *former]):", "for keys in ([new],):", "tests/server/test_secrets.py::test_sh56"),
    ("SH-59", A + "tokens.py", 'f"{purpose}:{instance_id}"', 'f"{purpose}"', UNIT + "test_credentials.py::test_sh59"),
    ("SH-68", S + "urls.py", "status=410", "status=404", FLOW + "test_edge.py::test_sh68"),
    ("SH-69", A + "credentials.py", "if key.networks and not in_networks", "if False and not in_networks", UNIT + "test_credentials.py::test_sh69_a_key_is"),
    ("SH-70", S + "pages/accounts.py", 'if "admin" in scopes and not did', "if False and not did", ROW + "sh70"),
    ("SH-71", A + "models.py", "return self.guardian is None or self.guardian.is_living", "return True", UNIT + "test_credentials.py::test_sh71"),
    ("SH-72", D + "passes.py", "return link.is_living and may_share_now", "return may_share_now", FLOW + "test_links.py::test_sh15"),
    ("SH-74", A + "credentials.py", "if key.is_server_only and shown.is_page:", "if False:", UNIT + "test_credentials.py::test_sh74"),
    ("SH-77", S + "web.py", "    ready()\n    if said.is_first:", "    ready()\n    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 53))\n    if said.is_first:", "tests/drills/test_air_gap.py"),
    ("SH-78", S + "cli/start.py", "    reach_database()\n", "", "tests/server/test_database.py::test_sh78"),
    ("SH-80", "src/graphkeep/egress/gateway.py", "        if self.is_air_gapped():", "        if False:", "tests/egress/test_gateway.py::test_sh80"),
    ("SH-81", A + "operations/site.py", "    if declared.is_locked:", "    if False:", UNIT + "test_live.py::test_sh81"),
    ("SH-82", A + "operations/site.py", "        forget_rows()\n", "", UNIT + "test_live.py::test_sh82"),
    ("SH-83", "src/graphkeep/upkeep/data_map.py", 'path="data/server.json"', 'path="data/other.json"', FLOW + "test_places.py::test_sh83"),
    ("SH-84", S + "web.py", "    ready()\n    if said.is_first:", "    ready()\n    __import__('pathlib').Path('/var/tmp/graphkeep').write_text('x')\n    if said.is_first:", FLOW + "test_places.py::test_sh20_sh84"),
    ("SH-87", S + "escrow.py", "for name in (*MADE, FORMER_DJANGO)", "for name in (FORMER_DJANGO,)", "tests/server/test_secrets.py::test_sh87"),
    ("AD-01", P + "identity.py", '    if policy.door != "object" and not actor.is_authenticated:', "    if False:", ROW + "ad01"),
    ("AD-02", D + "queries.py", "visible = Q(privacy=Dataset.Privacy.PUBLIC)", "visible = Q(privacy__gt='')", "tests/rights/test_matrix.py"),
    ("AD-03", D + "rules.py", "def may_share(actor: Actor, dataset: Dataset) -> bool:\n", "def may_share(actor: Actor, dataset: Dataset) -> bool:\n    return True\n", "tests/rights/test_matrix.py"),
    ("AD-04", P + "identity.py", '    if policy.door != "object" and not actor.is_authenticated:', "    if False:", "tests/rights/test_matrix.py"),
    ("AD-05", S + "logs.py", "        message = self.redactor.clean(said_by(record))[:LONGEST_MESSAGE]", "        message = said_by(record)[:LONGEST_MESSAGE]", "tests/server/test_logs.py::test_ad05_no"),
    ("AD-06", S + "cli/config.py", "    if setting.secret:", "    if False:", "tests/server/test_env.py::test_ad06"),
    ("AD-07", S + "templates/pages/account.html", 'value="{{ request.user.name }}"', 'value="{{ request.user.name|safe }}"', ROW + "ad07"),
    ("AD-10", U + "supply/locks.py", 'raise ValueError(f"not a pin with hashes: {line}")', "continue", "tests/upkeep/test_inventory.py::test_ad10_a_line"),
    ("AD-12", S + "access_log.py", "        if settings.ACCESS_LOG:", "        if False:", FLOW + "test_secrets.py::test_ad05"),
    ("AD-16", A + "operations/invitations.py", "        authorize(may_manage_organization, actor, organization)\n        if role", "        if role", UNIT + "test_invitations.py::test_ad16"),
    ("AD-17", A + "operations/people.py", 'elif not live("IS_SIGNUPS_OPEN_AFTER_FIRST"):', "elif False:", UNIT + "test_bootstrap.py::test_ad17"),
    ("AD-18", A + "tokens.py", "if key is None or not is_living_key(key):", "if key is None:", UNIT + "test_credentials.py::test_ad18"),
    ("AD-19", A + "operations/invitations.py", "    if one is None or not one.is_open or not inviter_may_still(one):", "    if one is None:", UNIT + "test_invitations.py::test_an_invitation_ends"),
    ("AD-30", A + "operator.py", 'os.environ.get("SUDO_USER") or ', "", FLOW + "test_secrets.py::test_ad30"),
    ("AD-34", D + "queries.py", "visible = Q(privacy=Dataset.Privacy.PUBLIC)", "visible = Q(privacy__gt='')", FLOW + "test_links.py::test_ad34"),
    ("F4", "src/graphkeep/egress/policy.py", "for address in {whole, unwrap(whole)}:", "for address in {whole}:", "tests/egress/test_gateway.py::test_f4_every"),
    ("V03", "src/graphkeep/egress/gateway.py", "made.connect(place)", "made.connect(socket.getaddrinfo(host, port)[0][-1])", "tests/egress/test_gateway.py::test_v03"),
    ("V27", A + "operations/sign_in.py", "    if count > most:", "    if count > 10 * most:", "tests/drills/test_guesses.py"),
    ("V28", A + "operations/sign_in.py", "good = check_password(password, user.password if user and known else DUMMY[0])", "good = bool(user and known) and check_password(password, user.password if user else DUMMY[0])", "tests/drills/test_timings.py"),
    ("SH-79", A + "mail.py", 'and not live("IS_AIR_GAPPED")', "", FLOW + "test_mail.py::test_sh79"),
]  # fmt: skip
