"""Addresses of subscribing and of the team; staff sign in under allauth's own."""

from django.urls import path

from accounts.views import digests, invitation, stopping, subscribing, subscriptions, team

app_name = "accounts"

urlpatterns = [
    path("subscribe/", subscribing.subscribe, name="subscribe"),
    path("subscriptions/undo/", stopping.undo, name="undo_stopping"),
    path("subscriptions/<str:token>/", subscriptions.subscriptions, name="subscriptions"),
    path("unsubscribe/<str:token>/", stopping.unsubscribe, name="unsubscribe"),
    # A redirect would lose the POST of a mail program that drops the last stroke.
    path("unsubscribe/<str:token>", stopping.unsubscribe),
    path("accounts/invitation/<str:token>/", invitation.invitation, name="invitation"),
    path("desk/digests/", digests.digests, name="digests"),
    path("desk/digests/next/", digests.next_as_html, name="next_digest"),
    path("desk/digests/sending/", digests.sending, name="sending"),
    path("desk/digests/test/", digests.test, name="test_digest"),
    path("desk/digests/uncertain/", digests.uncertain, name="uncertain"),
    path("desk/team/", team.the_team, name="team"),
    path("desk/team/<int:pk>/", team.member, name="member"),
    path("desk/team/invitations/<int:pk>/", team.invitation, name="open_invitation"),
]
