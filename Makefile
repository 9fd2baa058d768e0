# Everything is made in .odoo/ (another place: STATE_DIR=...) and taken away by `make clean`.
.DEFAULT_GOAL := help
.PHONY: help demo stop clean test check fuzz lint dist readme pot shell psql test-native test-hours bench load kill

help: ## list these targets
	@echo "make TARGET [VARIABLE=value]"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1|\2/p' Makefile | awk -F'|' '{printf "%-14s%s\n", $$1, $$2}'

demo: ## start Odoo 19 with the addon and demo data (PORT=8069, ODOO_PATH=an Odoo 19.0 checkout)
	@tools/run.sh demo

stop: ## end the server and the private PostgreSQL
	@tools/run.sh stop

clean: ## stop, and remove everything these targets made
	@tools/run.sh clean

test: ## lint, then every test on a fresh database (FILE=path, K=expression, LANES=2)
	@tools/run.sh test

check: ## a minute: lint, the engine, the tests of what differs from main (BASE=branch)
	@tools/run.sh check

fuzz: ## random sequences of actions against the quantities (N=examples)
	@BACKORDER_FUZZ=$(or $(N),1000) FILE=backorder_automation/tests/test_properties.py tools/run.sh test

lint: ## style and mistakes that show without running anything
	@tools/run.sh lint

dist: ## a wheel of each addon, for pip
	@tools/run.sh dist

readme: ## README.rst of each addon, and CHANGELOG.md, from their fragments
	@tools/run.sh readme

pot: ## export the terms to translate
	@tools/run.sh pot

shell: ## Odoo's Python shell on the demo database
	@tools/run.sh shell

psql: ## PostgreSQL's shell on the demo database
	@tools/run.sh psql

test-native: ## Odoo's own tests without the addon, with it, and with its feature on (MODULES=stock,...; long)
	@tools/run.sh native

test-hours: ## the database tests at other hours, days and time zones (FILE=path, K=expression; long)
	@tools/run.sh hours

load: ## people at work on one database, beside Odoo alone, and a verdict (SECS=, PEOPLE=, SEED=)
	@tools/run.sh load

kill: ## kill -9 in the middle of releases, and a verdict (KILLS=100, ORDERS=2000, SEED=)
	@tools/run.sh kill

bench: ## measure the addon beside native Odoo (SIZE=small or full)
	@tools/run.sh bench
