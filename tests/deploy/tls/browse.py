"""A person with a browser comes to an application behind forward auth: browse.py ADDRESS PASSWORD; prints each step."""

import json
import re
import sys
from urllib.parse import urlsplit

import requests

PAGE = {"Accept": "text/html"}


def main(address: str, password: str) -> None:
    browser = requests.Session()
    steps = []
    answer = browser.get(address, headers=PAGE, allow_redirects=False, timeout=30)
    steps.append([answer.status_code, answer.headers.get("Location", "")])
    way_in = answer.headers["Location"]
    answer = browser.get(way_in, headers=PAGE, timeout=30)
    steps.append([answer.status_code, answer.url])
    csrf = answer.text.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    after = re.search(r'name="next" value="([^"]*)"', answer.text)
    said = {"login": "alice", "password": password, "csrfmiddlewaretoken": csrf}
    if after:
        said["next"] = after[1].replace("&amp;", "&")
    parts = urlsplit(answer.url)
    answer = browser.post(
        answer.url, said, headers={"Referer": f"{parts.scheme}://{parts.netloc}/"}, timeout=30
    )
    steps.append([answer.status_code, answer.headers.get("Refresh", "")])
    onward = answer.headers["Refresh"].removeprefix("0; url=")
    forged = {
        **PAGE, "X-Graphkeep-User": "root", "X-Graphkeep-Role": "admin", "x_graphkeep_user": "root",
        "X-Graphkeep_Role": "admin", "X-Graphkeep-More": "1", "X-Forwarded-User": "root",
    }  # fmt: skip
    answer = browser.get(onward, headers=forged, timeout=30)
    steps.append([answer.status_code, answer.json()])
    browser.get(f"{way_in.partition('/auth')[0]}/healthz", timeout=30)
    print(json.dumps(steps))


if __name__ == "__main__":
    main(*sys.argv[1:])
