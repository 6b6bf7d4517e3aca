# Two commands do everything on a fresh machine: `make run` and `make test`.
PORT ?= 8000
PYTHON ?= python3

.PHONY: run test install bench messages pictures lint
run:            ## install, migrate, demo data if empty, serve on 127.0.0.1:$(PORT)
	@PORT=$(PORT) $(PYTHON) tools/run.py serve
install:        ## only the environment in .venv
	@$(PYTHON) tools/run.py install
test:           ## install, then every test: SQLite, PostgreSQL + Redis, browser
	@$(PYTHON) tools/run.py test
lint:
	@$(PYTHON) tools/run.py lint
bench:          ## benchmarks at a small size
	@$(PYTHON) tools/run.py bench
messages:       ## collect texts, compile the catalogs
	@.venv/bin/python tools/messages.py
pictures:       ## the README's pictures, made from the demo data
	@.venv/bin/python tools/pictures.py
