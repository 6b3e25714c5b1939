"""One module a group of `dondoc` commands; each is imported only when its command is asked for."""
