# The table of contents: `make` prints it. Everything is set up on first use, under .venv and .tox.
.DEFAULT_GOAL := help
.PHONY: help verify test check mutants newest-provider stage key redeploy release drift screenshot lint unit clean pins

PYTHON ?= $(shell command -v python3.11 || command -v python3)
TOX := .venv/bin/tox

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

verify: $(TOX) ## Apply the Terraform to the stage, drive it, print the verdict, write reports/verify/
	@.venv/bin/python -m tests.layers load

test: $(TOX) ## Lint, checkov, unit, functional and plan tests, an apply moved from mesh to mesh, containers
	@.venv/bin/python -m tests.layers lint checkov unit properties functional plan apply integration

check: $(TOX) ## The inner loop: linters, types, and the unit tests and plan rules that your change concerns
	@$(TOX) run -q -e check

mutants: $(TOX) ## Change the Terraform carelessly, line by line, and see which test notices
	$(TOX) run -q -e mutants

newest-provider: $(TOX) ## Try the newest AWS provider that the modules allow, offline, before it is locked
	$(TOX) run -q -e newest-provider

stage: $(TOX) ## Bring the stage up and keep it up until Ctrl-C
	@$(TOX) run -q -e load --notest
	@exec .tox/load/bin/python -m stage up

key: $(TOX) ## Make an API key: CLIENT=team-a, and FILE=... for the text of a secret that is new
	@$(TOX) run -q -e load --notest
	@PYTHONPATH=services .tox/load/bin/python -m notification_api.new_key $(CLIENT) $(if $(FILE),--new-secret $(FILE))

redeploy: $(TOX) ## Deploy again what ECS has given up, in the system that terraform/ has applied
	@$(TOX) run -q -e load --notest
	@.tox/load/bin/python -m ops.redeploy

release: $(TOX) ## Bring a version out, or take it back if it is worse: ENVIRONMENT=staging TAG=1.5.0
	@$(TOX) run -q -e load --notest
	@exec .tox/load/bin/python -m ops release --environment $(ENVIRONMENT) --image-tag $(TAG)

drift: $(TOX) ## Tell what was changed by hand, or never applied: ENVIRONMENT=staging
	@$(TOX) run -q -e load --notest
	@exec .tox/load/bin/python -m ops drift --environment $(ENVIRONMENT)

screenshot: $(TOX) ## Draw the pictures in docs/ anew from the last verdict (needs Chromium or Chrome)
	@$(TOX) run -q -e load --notest
	@.tox/load/bin/python -m verify.report.screenshot

lint: $(TOX) ## Formatters, linters, types
	$(TOX) run -q -e lint

unit: $(TOX) ## Unit tests alone
	$(TOX) run -q -e unit

pins: ## Resolve requirements/*.in anew (needs uv)
	requirements/compile.sh

clean: ## Remove everything that the other targets made
	rm -rf .venv .tox reports build .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage*
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(TOX): requirements/tox.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11")'
	$(PYTHON) -m venv --clear .venv
	.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/tox.txt
	@touch $(TOX)
