"""The house pages as the site comes with them. Every "SITE_NAME" becomes the name that the owner gave the site."""
