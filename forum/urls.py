"""The addresses of reading and writing (DESIGN 5). Post paths have Blogger's shape, so old links live on."""

from django.urls import path
from django.urls.converters import StringConverter, register_converter

from forum.blocks import PICTURE_NAME
from forum.services.house_pages import HOUSE_PAGES
from forum.views import (
    desk,
    desk_discussions,
    discussions,
    editing,
    feeds,
    house_pages,
    latest,
    light_check,
    pages,
    pasting,
    pictures,
    reading,
    reading_settings,
    receipts,
    round_up,
    searching,
    site_settings,
    writing,
)


class YearConverter(StringConverter):
    regex = "[12][0-9]{3}"

    def to_python(self, value: str) -> int:  # type: ignore[override]
        return int(value)


class MonthConverter(YearConverter):
    regex = "0[1-9]|1[0-2]"


class HousePageConverter(StringConverter):
    regex = "|".join(HOUSE_PAGES)


class PictureConverter(StringConverter):
    regex = PICTURE_NAME.pattern


register_converter(YearConverter, "year")
register_converter(MonthConverter, "month")
register_converter(HousePageConverter, "house_page")
register_converter(PictureConverter, "picture")

app_name = "forum"
POST = "<year:year>/<month:month>/<slug:slug>.html"

urlpatterns = [
    path("", reading.home, name="home"),
    path("archive/", reading.archive, name="archive"),
    path("archive/<year:year>/<month:month>/", reading.month, name="month"),
    path("labels/<slug:slug>/", reading.label, name="label"),
    path("labels/<slug:slug>/feed.atom", feeds.posts_with_label, name="label_feed"),
    path(POST, reading.post, name="post"),
    path(f"{POST}/c/<int:number>", reading.comment, name="comment"),
    path(f"{POST}/c/<int:number>/replies.atom", feeds.replies, name="replies_feed"),
    path(f"{POST}/reply", writing.reply, name="reply"),
    path(f"{POST}/preview", writing.preview, name="preview"),
    path(f"{POST}/comments", writing.comments, name="comments"),
    path(f"{POST}/comments.atom", feeds.comments_of_post, name="post_feed"),
    path(f"{POST}/new", light_check.new, name="new"),
    path("reading/", reading_settings.settings_page, name="reading"),
    path("reading/deletion/", reading_settings.forget_settings, name="forget_settings"),
    path("reading/seen/", reading_settings.remember_seen, name="seen"),
    path("reading/seen/deletion/", reading_settings.forget_seen, name="forget_seen"),
    path("reading/voice/deletion/", reading_settings.forget_voice, name="forget_voice"),
    path("search/", searching.search_page, name="search"),
    path("start/", discussions.start, name="start"),
    path("start/preview", discussions.preview, name="start_preview"),
    path("posted/<str:ticket>/", writing.posted, name="posted"),
    path("receipts/", receipts.receipts, name="receipts"),
    path("receipts/text/", receipts.text, name="receipt_text"),
    path("receipts/appeal/", receipts.appeal, name="appeal"),
    path("receipts/withdrawal/", receipts.withdrawal, name="withdrawal"),
    path("feed.atom", feeds.posts, name="feed"),
    path("feeds/posts/default", feeds.posts),
    path("comments/", latest.latest, name="latest"),
    path("comments.atom", feeds.comments, name="comments_feed"),
    path("<house_page:name>/", pages.house_page, name="house_page"),
    path("robots.txt", pages.robots, name="robots"),
    path("sitemap.xml", pages.sitemap, name="sitemap"),
    path("desk/", desk.desk, name="desk"),
    path("desk/posts/", desk.posts, name="posts"),
    path("desk/posts/new/", editing.new_post, name="new_post"),
    path("desk/posts/<int:pk>/", editing.edit_post, name="edit_post"),
    path("desk/posts/<int:pk>/versions/<int:number>/", editing.version, name="version"),
    path("desk/posts/<int:pk>/updates/", editing.updates, name="updates"),
    path("desk/posts/<int:pk>/unpublishing/", editing.unpublish, name="unpublish"),
    path("desk/posts/<int:pk>/collect/", round_up.collect, name="collect"),
    path("desk/discussions/<int:pk>/", desk_discussions.discussion, name="discussion"),
    path("desk/paste/", pasting.paste, name="paste"),
    path("desk/autosave/", editing.autosave, name="autosave"),
    path("desk/autosave/deletion/", editing.discard, name="discard"),
    path("desk/pictures/", pictures.pictures, name="pictures"),
    path("desk/pictures/<picture:name>/deletion/", pictures.picture_deletion, name="picture_deletion"),
    path("pictures/<picture:name>.webp", pictures.picture, name="picture"),
    path("desk/settings/", site_settings.site_settings, name="settings"),
    path("desk/pages/", house_pages.house_pages, name="house_pages"),
    path("desk/pages/<house_page:name>/", house_pages.edit_page, name="edit_house_page"),
    path("desk/round-up/", round_up.round_up, name="round_up"),
    path("desk/comments/<int:pk>/", round_up.quote, name="quote"),
]
