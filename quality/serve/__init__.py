"""Serve: the scorer over HTTP. Bytes of a request -> reader -> Document -> Score -> record, as on the command line.

limits     how much a request and a client may take
body       the bytes of a request, or why they are not taken
service    what is answered: one scorer, one pool of threads, nothing kept between requests
gate       how many requests are under way at once
guard      whose requests are taken, and what a browser may do with the answers
metrics    what is counted, for Prometheus
app        the routes
connection, run    the server: sockets, slow clients, a graceful stop
"""
