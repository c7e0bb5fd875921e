# Needs Python 3.11 or newer and make; everything else is downloaded.
#   make run      the portal on this machine       PORT=8123 make run
#   make test     all checks and tests             make test ARGS="style tests/orders"

# The first Python that is new enough, else python3, for which bootstrap.py reports the problem.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& { echo $$p; exit; }; done; echo python3)
VENV := .venv/bin/python
# Every process finds the libraries compiled, also where the environment or the installer has Python
# write no bytecode: a command starts in 1.4 s instead of 4.4 s.
export PYTHONPYCACHEPREFIX ?= $(CURDIR)/var/pycache
unexport PYTHONDONTWRITEBYTECODE
BOOTSTRAP := $(PYTHON) dev/tools/bootstrap.py
LOCK := uv pip compile --quiet --generate-hashes --no-emit-index-url --universal --python-version 3.11

.DEFAULT_GOAL := help
.PHONY: help run test coverage reset lint fmt rules messages lock bench controls soak

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

run: ## run the whole portal with demo data, until Ctrl-C (PORT=8000)
	@$(BOOTSTRAP) embedded
	@exec $(VENV) -m dev.embedded.run

test: ## run all checks and tests (ARGS: names of stages, or test files)
	@$(BOOTSTRAP) dev
	@exec $(VENV) -m dev.tools.test $(ARGS)

coverage: ## run the tests and print the code coverage in the last line
	@$(BOOTSTRAP) dev
	@exec $(VENV) -m dev.tools.test coverage

reset: ## delete the data of `make run` (YES=1: without asking)
	@$(PYTHON) -m dev.embedded.reset

lint: ## run the quick checks: style, types, imports, templates
	@$(BOOTSTRAP) dev
	@exec $(VENV) -m dev.tools.test style format types imports templates

fmt: ## format code and templates
	@$(BOOTSTRAP) dev
	@exec $(VENV) -m dev.tools.test --fix

rules: ## update docs/rules.md with the tests that cite each rule
	@$(BOOTSTRAP) dev
	@exec $(VENV) -m dev.tools.rules

messages: ## collect and compile the texts for translation (needs GNU gettext)
	@$(BOOTSTRAP) dev
	@command -v xgettext >/dev/null || { echo "GNU gettext is missing: apt-get install gettext, or brew install gettext" >&2; exit 1; }
	@SECRET_KEY=messages $(VENV) manage.py makemessages $(foreach language,$(notdir $(wildcard locale/*)),--locale=$(language)) --no-wrap --ignore=.venv --ignore=var --ignore=tests --ignore=dev/bench
	@SECRET_KEY=messages $(VENV) manage.py compilemessages --ignore=.venv --ignore=var

lock: ## regenerate requirements/*.txt from *.in (UPGRADE=1: newest versions)
	@command -v uv >/dev/null || { echo "uv is missing: python3 -m pip install --user uv" >&2; exit 1; }
	@cd requirements && for set in base embedded dev scans attacks; do $(LOCK) $(if $(UPGRADE),--upgrade) $$set.in -o $$set.txt || exit 1; done

bench: ## run the benchmark, with services of its own
	@$(BOOTSTRAP) dev
	@exec $(VENV) -m dev.bench $(ARGS)

controls: ## take protections away one at a time and see a test turn red (ARGS: words of names, --list)
	@$(BOOTSTRAP) dev
	@$(VENV) -m dev.tools.documents
	@exec $(VENV) -m dev.soak.controls $(ARGS)

soak: ## prove the promises under faults and attacks (QUICK=1: the short form; ARGS: parts)
	@$(BOOTSTRAP) dev
	@$(VENV) -m dev.tools.documents
	@exec $(VENV) -m dev.soak $(if $(QUICK),--quick) $(ARGS)
