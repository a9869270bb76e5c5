"""Reports of findings: text, JSON, and SARIF 2.1.0 for code scanning tools."""

import json
from typing import Any

from graphkeep.upkeep.doctor.run import Finding

MARKS = {"ok": "ok     ", "warning": "WARNING", "error": "ERROR  ", "skipped": "-      "}
LEVELS = {"warning": "warning", "error": "error"}
DOCS = "docs/how-to/harden"


def as_text(findings: list[Finding], *, verbose: bool) -> str:
    lines = []
    topic = ""
    for finding in findings:
        if not verbose and not finding.is_bad:
            continue
        if finding.check.topic != topic:
            topic = finding.check.topic
            lines += ["", topic]
        lines.append(
            f"  {MARKS[finding.result.state]}  {finding.check.check_id}: {finding.result.evidence}"
        )
        if finding.is_bad:
            lines.append(f"           why: {finding.why} ({', '.join(finding.check.rows)})")
            lines += [f"           fix: {fix}" for fix in finding.result.fixes]
    return "\n".join([*lines, "", summary(findings)]).lstrip("\n")


def summary(findings: list[Finding]) -> str:
    count = {state: sum(finding.result.state == state for finding in findings) for state in MARKS}
    return (
        f"{len(findings)} checks: {count['ok']} ok, {count['warning']} warnings, "
        f"{count['error']} errors, {count['skipped']} skipped"
    )


def as_json(findings: list[Finding]) -> str:
    return json.dumps([as_value(finding) for finding in findings], indent=2)


def as_value(finding: Finding) -> dict[str, Any]:
    return {
        "check": finding.check.check_id,
        **({"former_check": finding.check.former_id} if finding.check.former_id else {}),
        "topic": finding.check.topic,
        "rows": list(finding.check.rows),
        "state": finding.result.state,
        "evidence": finding.result.evidence,
        "why": finding.why,
        "fixes": [str(fix) for fix in finding.result.fixes],
        "docs": f"{DOCS}/{finding.check.topic}.md",
    }


def as_sarif(findings: list[Finding], version: str) -> str:
    rules = [
        {
            "id": finding.check.check_id,
            "shortDescription": {"text": finding.check.why},
            "help": {"text": f"{DOCS}/{finding.check.topic}.md"},
            "properties": {"tags": list(finding.check.rows)},
        }
        for finding in findings
    ]
    results = [
        {
            "ruleId": finding.check.check_id,
            "level": LEVELS[finding.result.state],
            "message": {
                "text": "; ".join([finding.result.evidence, *map(str, finding.result.fixes)])
            },
        }
        for finding in findings
        if finding.is_bad
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
