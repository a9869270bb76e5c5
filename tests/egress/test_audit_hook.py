"""In a server's process only the gateway connects elsewhere."""

import subprocess
import sys
import threading

import pytest

PROGRAM = """
import http.client, socket, sys, urllib.request
from graphkeep.egress.audit_hook import install_audit_hook
from graphkeep.egress.gateway import Gateway
from graphkeep.egress.policy import EgressForbiddenError, Endpoint

install_audit_hook()
def attempt(deed):
    try:
        deed()
    except EgressForbiddenError as error:
        return f"forbidden: {error}"
    except OSError as error:
        return "went through"
    return "went through"

link = socket.socket(); link.settimeout(0.2)
print(attempt(lambda: link.connect(("192.0.2.1", 9))))
six = socket.socket(socket.AF_INET6); six.settimeout(0.2)
print(attempt(lambda: six.connect(("2001:db8::1", 9))))
print(attempt(lambda: socket.getaddrinfo("example.org", 80)))
print(attempt(lambda: urllib.request.urlopen("http://192.0.2.1/", timeout=0.2)))
print(attempt(lambda: http.client.HTTPConnection("example.org", timeout=0.2).connect()))
here = socket.create_server(("127.0.0.1", 0))
print(attempt(lambda: socket.create_connection(("127.0.0.1", here.getsockname()[1])).close()))
print(attempt(lambda: socket.socketpair()))
gateway = Gateway(lambda: False)
gateway.allow(Endpoint(component="mail", host="192.0.2.1", port=9, may_be_inside=True))
print(attempt(lambda: gateway.connect("mail", "192.0.2.1", 9, timeout_s=0.2)))
print(attempt(lambda: link.connect(("192.0.2.1", 9))))
"""


def test_sh79_past_the_gateway_nothing_connects_elsewhere():
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PROGRAM], capture_output=True, text=True, check=True
    )

    assert done.stdout.splitlines() == [
        "forbidden: Nothing connects to 192.0.2.1 past the gateway.",
        "forbidden: Nothing connects to 2001:db8::1 past the gateway.",
        "forbidden: Nothing connects to example.org past the gateway.",
        "forbidden: Nothing connects to 192.0.2.1 past the gateway.",
        "forbidden: Nothing connects to example.org past the gateway.",
        "went through",
        "went through",
        "went through",
        "forbidden: Nothing connects to 192.0.2.1 past the gateway.",
    ]


def test_a_thread_may_connect_for_itself_alone():
    from graphkeep.egress.audit_hook import allow_connections, check_event
    from graphkeep.egress.policy import EgressForbiddenError

    seen = []

    def elsewhere():
        try:
            check_event("socket.getaddrinfo", ("example.org", 80, 0, 0, 0))
        except EgressForbiddenError:
            seen.append("forbidden")

    with allow_connections():
        check_event("socket.getaddrinfo", ("example.org", 80, 0, 0, 0))
        thread = threading.Thread(target=elsewhere)
        thread.start()
        thread.join()
    with pytest.raises(EgressForbiddenError):
        check_event("socket.getaddrinfo", ("example.org", 80, 0, 0, 0))

    assert seen == ["forbidden"]
