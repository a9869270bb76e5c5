"""`POST /api/v2/share/link/`: who may see a dataset."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, re_path

from graphkeep.api.bodies import body_of
from graphkeep.api.identity import endpoint, signed_in
from graphkeep.datasets.operations.share import audience, share_dataset
from graphkeep.datasets.queries import visible_dataset
from graphkeep.graph.errors import NotFoundError


@endpoint("POST")
def share(request: HttpRequest) -> HttpResponse:
    actor = signed_in(request)
    said = body_of(request)
    if said.get("obj_type", "dataset") != "dataset":
        raise NotFoundError
    dataset = visible_dataset(actor, str(said.get("obj_pk", "")))
    dataset = share_dataset(dataset, said, actor=actor)
    return JsonResponse(
        {
            "status": "OK",
            "message": f"Shared: {audience(dataset)}",
            "data": {
                "obj_pk": dataset.dataset_id,
                "obj_type": "dataset",
                "mode": dataset.privacy,
                "mode_action": dataset.privacy_action,
                "who": audience(dataset),
            },
        }
    )


urlpatterns: list[URLPattern] = [re_path(r"^api/v2/share/link/?$", share)]
