"""Invitations to the server and to organizations, mailed by jobs: a request never waits for the mail server."""

from graphkeep.accounts.operations.invitations import mail_invitation, open_invitation
from graphkeep.accounts.secret_box import decrypt, encrypt
from graphkeep.graph.errors import NotFoundError
from graphkeep.jobs.models import Job
from graphkeep.jobs.queue import submit
from graphkeep.jobs.registry import JobContext, task
from graphkeep.site.mail import can_send_mail


def submit_invitation_mail(token: str, email: str, *, sender: str, target: str) -> None:
    """Queue the mail of an invitation; none if the server sends no mail.

    The database stores invitation tokens as hashes only, so the job has the token encrypted, until the mail is sent.
    """
    if can_send_mail():
        arguments = {
            "encrypted_token": encrypt(token),
            "email": email,
            "sender": sender,
            "target": target,
        }
        submit("account-invitation-mail", arguments)


@task("account-invitation-mail")
def account_invitation_mail_job(
    context: JobContext, encrypted_token: str, email: str, sender: str, target: str
) -> None:
    """Send the mail, unless the invitation was used or withdrawn meanwhile."""
    token = decrypt(encrypted_token)
    try:
        open_invitation(token)
    except NotFoundError:
        pass
    else:
        mail_invitation(token, email, by=sender, to=target)
    Job.objects.filter(pk=context.job.pk).update(arguments={})
