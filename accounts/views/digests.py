"""The owner's page about digests: the next one, what became of the last ones, and whether mail goes out at all."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.digests import post_office, rendering, runs
from accounts.digests.post_office import Settled
from accounts.digests.reasons import Reason
from accounts.mail_to_oneself import send_test
from accounts.office_forms import LookForm, OfficeForm
from forum.smtp import Verdict
from forum.staff import WRITE_POSTS, staff_only

SETTLED = {
    Settled.AGAIN: "Sent once more with the next pass",
    Settled.SENT: "Counted as sent",
    Settled.LEAVE: "Left to the next digest",
}
# A mail's HTML brings its own style; nothing else in it may act or load.
AS_A_MAIL = (
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; "
    "sandbox allow-same-origin"
)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(WRITE_POSTS)
def digests(request: HttpRequest) -> HttpResponse:
    """Everything about digests; saving what the owner decided about them."""
    form = OfficeForm(request.POST if request.method == "POST" else None, instance=post_office.office())
    if form.is_valid():
        form.keep()
        messages.success(request, "Saved.")
        return redirect("accounts:digests")
    look = LookForm.read(request.GET)
    subject, _, text = rendering.preview(**look.chosen)
    uncertain, more = runs.uncertain()
    context: dict[str, Any] = {"form": form, "look": look, "subject": subject, "text": text}
    context |= {"query": look.query, "runs": runs.last_runs(), "uncertain": uncertain, "more": more}
    context |= {"office": post_office.office(), "why": runs.reason(form.instance.pause_reason)}
    return render(request, "accounts/digests.html", context, status=422 if form.errors else 200)


@require_safe
@staff_only(WRITE_POSTS)
def next_as_html(request: HttpRequest) -> HttpResponse:
    """The next digest as mail programs show it."""
    _, html, _ = rendering.preview(**LookForm.read(request.GET).chosen)
    if not html:
        raise Http404("Nothing is new.")
    return HttpResponse(html, headers={"Content-Security-Policy": AS_A_MAIL})


@require_POST
@staff_only(WRITE_POSTS)
def sending(request: HttpRequest) -> HttpResponse:
    """Pause all digests, or send again."""
    if "pause" in request.POST:
        post_office.pause(Reason.OWNER)
        messages.success(request, "Paused. No digest leaves until you resume; what is new is kept for the next ones.")
    else:
        post_office.resume()
        messages.success(request, "Digests are sent again.")
    return redirect("accounts:digests")


@require_POST
@staff_only(WRITE_POSTS)
def test(request: HttpRequest) -> HttpResponse:
    """Send the next digest to the owner's own address."""
    look, email = LookForm.read(request.POST), str(request.user)
    verdict = send_test(email, **look.chosen)
    if verdict == Verdict.TAKEN:
        messages.success(request, f"The mail server took it, for {email}.")
    else:
        messages.warning(request, f"It could not be sent to {email}: {runs.VERDICTS[verdict]}")
    return HttpResponseRedirect(f"/desk/digests/?{look.query}")


@require_POST
@staff_only(WRITE_POSTS)
def uncertain(request: HttpRequest) -> HttpResponse:
    """Do what the owner decided with mails of which nobody knows whether they arrived."""
    how = request.POST.get("how", "")
    if how not in SETTLED:
        raise Http404("There is no such decision.")
    number = post_office.settle(runs.chosen_uncertain(request.POST.getlist("delivery")), how)
    mails = "1 mail" if number == 1 else f"{number} mails"
    messages.success(request, f"{SETTLED[Settled(how)]}: {mails}.")
    return redirect("accounts:digests")
