"""Findings as text for people, JSON for programs, SARIF 2.1.0 for those that collect findings."""

import json
from typing import Any

from graphkeep.upkeep.doctor.run import Finding

MARKS = {"ok": "ok     ", "warning": "WARNING", "error": "ERROR  ", "skipped": "-      "}
LEVELS = {"warning": "warning", "error": "error"}
DOCS = "docs/how-to/harden"


def as_text(findings: list[Finding], *, verbose: bool) -> str:
    lines = []
    topic = ""
    for one in findings:
        if not verbose and not one.is_bad:
            continue
        if one.check.topic != topic:
            topic = one.check.topic
            lines += ["", topic]
        lines.append(f"  {MARKS[one.result.state]}  {one.check.check_id}: {one.result.evidence}")
        if one.is_bad:
            lines.append(f"           why: {one.why} ({', '.join(one.check.rows)})")
            lines += [f"           fix: {fix}" for fix in one.result.fixes]
    return "\n".join([*lines, "", summary(findings)]).lstrip("\n")


def summary(findings: list[Finding]) -> str:
    count = {state: sum(one.result.state == state for one in findings) for state in MARKS}
    return (
        f"{len(findings)} checks: {count['ok']} ok, {count['warning']} warnings, "
        f"{count['error']} errors, {count['skipped']} not asked here"
    )


def as_json(findings: list[Finding]) -> str:
    return json.dumps([as_value(one) for one in findings], indent=2)


def as_value(one: Finding) -> dict[str, Any]:
    return {
        "check": one.check.check_id,
        "topic": one.check.topic,
        "rows": list(one.check.rows),
        "state": one.result.state,
        "evidence": one.result.evidence,
        "why": one.why,
        "fixes": [str(fix) for fix in one.result.fixes],
        "docs": f"{DOCS}/{one.check.topic}.md",
    }


def as_sarif(findings: list[Finding], version: str) -> str:
    rules = [
        {
            "id": one.check.check_id,
            "shortDescription": {"text": one.check.why},
            "help": {"text": f"{DOCS}/{one.check.topic}.md"},
            "properties": {"tags": list(one.check.rows)},
        }
        for one in findings
    ]
    results = [
        {
            "ruleId": one.check.check_id,
            "level": LEVELS[one.result.state],
            "message": {"text": "; ".join([one.result.evidence, *map(str, one.result.fixes)])},
        }
        for one in findings
        if one.is_bad
    ]
    driver = {"name": "graphkeep doctor", "version": version, "rules": rules}
    return json.dumps(
        {
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
            "version": "2.1.0",
            "runs": [{"tool": {"driver": driver}, "results": results}],
        },
        indent=2,
    )
