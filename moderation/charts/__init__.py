"""Charts as SVG, drawn on the server: bars, lines and a heat table, each with its figures as a table and as CSV.

No script and no inline style: colours come as classes from static/css/charts.css, all else as attributes.
"""
