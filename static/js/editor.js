// The editor works without a script; what saves steps is loaded from here.
