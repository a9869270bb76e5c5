"""Account mails, such as password resets, sent by jobs: a request never waits for the mail server."""

import json
from typing import Any

from django.core.mail import EmailMultiAlternatives

from graphkeep.accounts.adapters import AccountAdapter
from graphkeep.accounts.secret_box import decrypt, encrypt
from graphkeep.jobs.models import Job
from graphkeep.jobs.queue import submit
from graphkeep.jobs.registry import JobContext, task
from graphkeep.site.mail import can_send_mail, deliver


class QueuedMailAdapter(AccountAdapter):
    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue the mail; none if the server sends no mail.

        The mail holds a link that is as good as a password, so the job has it encrypted, until the mail is sent.
        """
        if not can_send_mail() or not email:
            return
        request = self.request
        mail = self.render_mail(
            template_prefix, email, {"request": request, "email": email, **context}
        )
        content = {
            "subject": mail.subject,
            "text": mail.body,
            "html": str(mail.alternatives[0][0]),
            "to": mail.to,
        }
        submit("account-mail", {"encrypted_mail": encrypt(json.dumps(content))})


@task("account-mail")
def account_mail_job(context: JobContext, encrypted_mail: str) -> None:
    """Send the mail; a failure is in the audit log."""
    content = json.loads(decrypt(encrypted_mail))
    mail = EmailMultiAlternatives(content["subject"], content["text"], to=content["to"])
    mail.attach_alternative(content["html"], "text/html")
    deliver(mail)
    Job.objects.filter(pk=context.job.pk).update(arguments={})
