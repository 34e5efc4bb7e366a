"""Addresses of subscribing and of the team; staff sign in under allauth's own."""

from django.urls import path

from accounts.views import invitation, subscribing, team

app_name = "accounts"

urlpatterns = [
    path("subscribe/", subscribing.subscribe, name="subscribe"),
    path("subscriptions/<str:token>/", subscribing.subscriptions, name="subscriptions"),
    path("unsubscribe/<str:token>/", subscribing.unsubscribe, name="unsubscribe"),
    path("accounts/invitation/<str:token>/", invitation.invitation, name="invitation"),
    path("desk/team/", team.the_team, name="team"),
    path("desk/team/<int:pk>/", team.member, name="member"),
    path("desk/team/invitations/<int:pk>/", team.invitation, name="open_invitation"),
]
