"""Mails to people whom a dataset was shared with, sent by jobs: a request never waits for the mail server."""

from graphkeep.accounts.actor import Actor
from graphkeep.datasets.job_keys import invitation_mail_key
from graphkeep.datasets.models import Share
from graphkeep.jobs.queue import submit
from graphkeep.site.mail import Mail, absolute_url, can_send_mail, send_mail


def submit_invitation_mails(shares: list[Share], message: str, *, actor: Actor) -> None:
    """Queue one mail for each share; none if the server sends no mail."""
    if not can_send_mail():
        return
    for share in shares:
        arguments = {"share_id": share.pk, "sender": str(actor), "message": message}
        submit("invitation-mail", arguments, dedupe_key=invitation_mail_key(share.pk))


def send_invitation_mail(share_id: int, *, sender: str, message: str) -> None:
    """Send the mail of one share, unless it was revoked meanwhile."""
    share = Share.objects.select_related("dataset").filter(pk=share_id).first()
    if share is None:
        return
    name = share.dataset.name or "a graph"
    mail = Mail(
        subject=f"{sender} shares a graph with you",
        lines=[f"{sender} shares “{name}” with you.", *filter(None, [message])],
        link=absolute_url(f"/graph/graph.html?dataset={share.dataset.dataset_id}"),
        link_text="Open the graph",
    )
    send_mail(mail, share.email)
