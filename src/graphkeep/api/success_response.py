"""Success responses of Graphkeep's own routes; those of the public clients keep their clients' shapes."""

from typing import Any

from django.http import JsonResponse


def accepted(**data: Any) -> JsonResponse:
    """202: a job for the request was queued."""
    return JsonResponse({"success": True, **data}, status=202)
