"""Page: what a self-contained HTML page is made of: safe markup, drawings, the section of one article.

A page loads nothing: its style sheet and script stand in it, a Content-Security-Policy lets run nothing else, and what
came from outside is text wherever it stands.
"""
