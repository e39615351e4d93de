# Everything that is done with the project. `make help` lists it.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# All processors compile what is installed, without the tests of packages: pip takes one, and twice as long. Packages have
# templates among their files that are no Python, which pip passes over, too.
PIP := $(BIN)/python -m pip install --quiet --no-compile
COMPILE := $(BIN)/python -m compileall -qq -j 0 -x '/tests?/' $(VENV)/lib || true
# Other versions of DuckDB, which have to read what is published.
CLIENTS := $(VENV)/clients
# Superset, whose dependencies are others than the project's.
SUPERSET := $(VENV)/superset
# Checks the accessibility of pages in the tests that drive a browser.
AXE := tests/browser/node_modules/.package-lock.json
# What tests need beside the environment.
TOOLS := $(CLIENTS)/1.4 $(CLIENTS)/2.0 $(AXE)

# make build INVOICES='exports/*.csv'
ifdef INVOICES
export INVOICE_FILES := $(INVOICES)
endif

# make test PROFILE=long
ifdef PROFILE
export TEST_PROFILE := $(PROFILE)
endif

LINES ?= 10000000
# make scaling SIZES='1 10 100', in millions of lines
SIZES ?= 1 10
SCALING ?= $(CURDIR)/target/scaling

# make compare OLD=main NEW=HEAD
OLD ?= main
NEW ?= HEAD

# make dashboard PORT=8600 ADDRESS=0.0.0.0
dashboard: PORT ?= 8501
superset: PORT ?= 8088
ADDRESS ?= 127.0.0.1

# make superset-bundle ZIP=segments.zip DATABASE=/srv/bi/segments/segments.duckdb
ZIP ?= target/superset.zip
DATABASE ?=
# What users, dashboards and queries of the Superset of make superset are kept in.
SUPERSET_HOME ?= .superset

# make bi-files FOLDER='//server/segments'
FOLDER ?=

# make erase CUSTOMER='17850 12345'
ifdef CUSTOMER
export CUSTOMER
endif

ifdef SQL
export SQL
endif

# make campaign NAME='Win back spring' SEGMENT='Lapsed loyal' HOLDOUT='20 %'
# make campaign-plan SEGMENT='Lapsed loyal' EFFECT='5 %' DAYS=120
# What is given so is handed on to the command; what the environment has by these names is not.
CAMPAIGN_OPTIONS := NAME SEGMENT QUERY COUNTRY HOLDOUT STARTS DAYS OVERLAP EFFECT MEASURE
$(foreach option,$(CAMPAIGN_OPTIONS),$(eval $(option) :=))

# make inspect INVOICES='exports/*.csv' VARS='{date_order: dmy}' JSON=1
ifdef VARS
export VARS
endif

.DEFAULT_GOAL := help
.PHONY: help build inspect campaign campaign-plan report excel docs audit erase query dashboard superset superset-bundle bi-files check test-tools test test-spark test-superset lint rooms notebook bench bench-full bench-read bench-day bench-dashboard compare \
	scaling evidence sample lock clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 12

build: $(VENV)/installed ## Build the segments, if anything is new: of the sample, or of INVOICES='path/*.csv'
	@$(BIN)/python -m segmentation_dbt.build
	@echo
	@echo "Ask it: make query SQL='select * from marts.segment_profiles'"

inspect: $(VENV)/installed ## Say what INVOICES='path/*.csv' would be read as, and why, before anything is built (VARS='{…}', JSON=1)
	@$(BIN)/python -m segmentation_dbt.inspect $(if $(JSON),--json) $(if $(VARS),-- --vars "$$VARS")

campaign-plan: $(VENV)/installed ## Say how many of SEGMENT='…' to hold out, what can be seen, and how long to wait (COUNTRY, EFFECT='5 %', DAYS, HOLDOUT)
	@$(BIN)/python -m segmentation_campaigns.plan --segment="$$SEGMENT" --query="$$QUERY" --country="$$COUNTRY" \
		--holdout="$$HOLDOUT" --days="$$DAYS" --effect="$$EFFECT" --measure="$$MEASURE"

campaign: $(VENV)/installed ## Draw NAME='…' from SEGMENT='…' and write its list to campaigns/ (COUNTRY, HOLDOUT, STARTS, DAYS, OVERLAP=keep)
	@$(BIN)/python -m segmentation_campaigns --segment="$$SEGMENT" --query="$$QUERY" --country="$$COUNTRY" \
		--holdout="$$HOLDOUT" --days="$$DAYS" --starts="$$STARTS" --overlap="$$OVERLAP" -- "$$NAME"

REPORT ?= report

report: $(VENV)/installed-charts ## Write the report and its figures for slides to report/, or to REPORT=folder
	@$(BIN)/python -m segmentation_report --folder "$(REPORT)"

excel: $(VENV)/installed-charts ## Write what is published as a workbook for Excel, with charts, to report/ (REPORT=folder); make report does, too
	@$(BIN)/python -m segmentation_report --folder "$(REPORT)" --workbook

audit: $(VENV)/installed ## Test all lines of the warehouse again, not only those of new files
	$(BIN)/dbt test --vars '{audit: full}'

erase: $(VENV)/installed ## Remove CUSTOMER='17850 12345' from all that is kept, and keep them out
	$(BIN)/python -m segmentation_dbt.erase $$CUSTOMER

query: $(VENV)/installed ## Show the result of SQL='select …' on the warehouse
	@$(BIN)/python -c 'import duckdb, os; from segmentation import commands; commands.run(lambda: duckdb.connect( \
		os.environ.get("SEGMENTS_WAREHOUSE", "warehouse.duckdb"), read_only=True).sql(os.environ["SQL"]).show(max_width=160, max_rows=100))'

dashboard: $(VENV)/installed-charts ## Serve the dashboard on what is published (PORT=8501, ADDRESS=127.0.0.1)
	$(BIN)/streamlit run dashboard/app.py --server.port $(PORT) --server.address $(ADDRESS)

bi-files: $(VENV)/installed-charts ## Write target/bi: a project for Power BI and data sources for Tableau (FOLDER=what is published, as they see it)
	@$(BIN)/python -m segmentation_bi --output target/bi $(if $(FOLDER),--folder '$(FOLDER)')

superset-bundle: $(VENV)/installed-charts ## Write target/superset.zip: dashboards of what is published, for a Superset (ZIP=file, DATABASE=path as it sees it)
	@$(BIN)/python -m segmentation_superset --zip "$(ZIP)" $(if $(DATABASE),--database "$(DATABASE)")

superset: $(VENV)/installed-charts $(SUPERSET)/installed ## Serve dashboards in a Superset of its own, which keeps .superset/ (PORT=8088, ADDRESS=127.0.0.1)
	@test -e "$${SEGMENTS_PUBLISHED:-published}/current" || $(BIN)/python -m segmentation_dbt.build
	@$(BIN)/python -m segmentation_superset --zip target/superset.zip
	@$(SUPERSET)/bin/python bi/superset/serve.py target/superset.zip --home "$(SUPERSET_HOME)" --address $(ADDRESS) --port $(PORT)

# Of a build of its own, so that nobody's warehouse is touched.
CHECK := SEGMENTS_WAREHOUSE=target/check/warehouse.duckdb SEGMENTS_PUBLISHED=target/check/published

check: $(VENV)/installed-dev ## What to run before a commit (two minutes): style, types, tests of the package, and the sample with all of dbt's tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	@changed="$$(git diff --name-only --diff-filter=d HEAD -- '*.sql')"; test -z "$$changed" || $(BIN)/sqlfluff lint $$changed
	$(BIN)/python -m pytest -q -n 2 --without-builds
	rm -rf target/check/warehouse.duckdb target/check/published
	mkdir -p target/check
	$(CHECK) $(BIN)/python -m segmentation_dbt.build --target-path target/check --vars '{unit_tests: true}'

test-tools: $(VENV)/installed-spark $(TOOLS) ## Install all that the tests need (with -j2 two things at once)

test: $(VENV)/installed-dev $(TOOLS) $(if $(filter long,$(TEST_PROFILE)),$(SUPERSET)/installed) ## Prove that it works; with PROFILE=long on many more random files
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder --durations=10

test-spark: $(VENV)/installed-spark ## Prove that it comes out the same on Apache Spark (needs Java 17)
	$(BIN)/python -m pytest -n 2 --dist loadfile tests/spark

test-superset: $(VENV)/installed-dev $(SUPERSET)/installed $(AXE) ## Prove that a real Superset shows what is published (minutes; needs chromium)
	TEST_PROFILE=long $(BIN)/python -m pytest tests/python/test_superset.py tests/python/test_superset_server.py

lint: $(VENV)/installed-dev ## Check the style of SQL and Python, and the types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python tests/python/lint_sql.py models tests analyses
	@# From scratch: what dbt has kept of an earlier run may lack descriptions of tests.
	@# With unit tests, which are tests of models too.
	$(BIN)/dbt --quiet parse --no-partial-parse --vars '{unit_tests: true}'
	$(BIN)/dbt-score lint
	$(BIN)/python tests/python/project_rules.py target/manifest.json
	$(BIN)/python tests/python/rooms_drawing.py target/manifest.json docs/rooms.svg --check

rooms: $(VENV)/installed-dev ## Draw the folders of models in docs/rooms.svg, and count what the project consists of
	$(BIN)/dbt --quiet parse
	$(BIN)/python tests/python/rooms_drawing.py target/manifest.json docs/rooms.svg
	@$(BIN)/python tests/python/project_counts.py target/manifest.json

notebook: $(VENV)/installed ## Write docs/notebook.ipynb, the page docs/notebook.md as a notebook of Jupyter
	$(BIN)/python tests/python/notebook_page.py docs/notebook.md docs/notebook.ipynb

docs: $(VENV)/installed ## Write target/static_index.html: every table, column, macro, test and metric, on one page that opens offline
	$(BIN)/dbt docs generate --static

bench: $(VENV)/installed-dev ## Measure builds and other ways to do the same on a million lines (minutes); writes target/benchmarks
	$(BIN)/python -m benchmarks

bench-full: $(VENV)/installed-dev ## The same on 1, 10 and 100 million lines (hours, 30 GB); writes docs/benchmarks.md and its chart
	$(BIN)/python -m benchmarks --lines 1000000 10000000 100000000 --assigned 1000000 10000000 --rounds 3 \
		--memory-limit 512MiB 384MiB 5GiB --output docs

bench-read: $(VENV)/installed ## Measure how long reading takes, against DuckDB's bare read of 10 million lines
	$(BIN)/python benchmarks/reading.py

bench-day: $(VENV)/installed ## Measure what one more day of lines costs, against a full build (LINES=100000000 for the bar)
	$(BIN)/python -m benchmarks.daily --lines $(LINES)

bench-dashboard: $(VENV)/installed-dev ## Measure how long pages of the dashboard take with a million customers (after make build; needs chromium)
	$(BIN)/python benchmarks/dashboard.py

compare: $(VENV)/installed ## Compare the tables that two commits build of the same data: OLD=main NEW=HEAD, ALLOW='mart mart.column'
	$(BIN)/python -m benchmarks.compare_commits $(OLD) $(NEW) $(if $(ALLOW),--allow $(ALLOW))

scaling: $(VENV)/installed ## Measure builds of 1 and 10 million lines (SIZES='1 10 100' for more) and rewrite the tables of docs/scaling.md
	for size in $(SIZES); do SEGMENTS_DBT_THREADS=1 $(BIN)/python -m benchmarks.daily --lines $${size}000000 \
		--folder "$(SCALING)/$$size" || exit 1; done
	$(BIN)/python -m benchmarks.cost_model --measure $(addprefix "$(SCALING)"/,$(SIZES))

evidence: $(VENV)/installed ## Rewrite the tables of docs/method.md (minutes); with ONLINE_RETAIL=path for that data set too
	$(BIN)/python benchmarks/evidence.py

sample: $(VENV)/installed ## Rewrite the sample in data/sample
	$(BIN)/python -m segmentation.simulate data/sample/invoices.csv.gz --truth data/sample/planted_groups.csv \
		--campaigns data/sample/campaigns --attributes data/sample/attributes \
		--categories data/sample/product_categories.csv --lines 60000 --customers 3000

LOCK := uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	--no-emit-index-url --no-strip-extras --upgrade --extra build
LOCK_CLIENT := uv pip compile - --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	--no-emit-index-url --upgrade

lock: ## Choose the newest allowed versions of the dependencies again (needs uv)
	$(LOCK) --extra dashboard --extra report --extra dev -o requirements-dev.lock
	$(LOCK) --extra dashboard --extra report -c requirements-dev.lock -o requirements-charts.lock
	$(LOCK) -c requirements-dev.lock -o requirements.lock
	$(LOCK) --extra spark -c requirements-dev.lock -o requirements-spark.lock
	echo 'duckdb==1.4.*' | $(LOCK_CLIENT) -o requirements-client-1.4.lock
	echo 'duckdb==2.0.*' | $(LOCK_CLIENT) -o requirements-client-2.0.lock
	$(LOCK_CLIENT) -o requirements-superset.lock < bi/superset/requirements.in

clean: ## Remove what was built, but not the environment
	rm -rf target logs published report warehouse.duckdb warehouse.duckdb.wal

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed, and $(PYTHON) is not. Try: make PYTHON=python3.12 build"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@# So that dbt finds profiles.yml with --project-dir from another folder, inside the environment.
	@printf 'export DBT_PROFILES_DIR="%s"\n' '$(CURDIR)' >> $(VENV)/bin/activate

$(VENV)/installed: requirements.lock pyproject.toml | $(BIN)/python
	$(PIP) --require-hashes -r requirements.lock
	$(PIP) --no-deps --no-build-isolation -e .
	@$(COMPILE)
	@# What the first build need not do then takes ten seconds.
	$(BIN)/python -m segmentation_dbt.prepare
	@touch $@

$(VENV)/installed-charts: requirements-charts.lock $(VENV)/installed
	$(PIP) --require-hashes -r requirements-charts.lock
	@$(COMPILE)
	@touch $@

$(VENV)/installed-dev: requirements-dev.lock $(VENV)/installed
	$(PIP) --require-hashes -r requirements-dev.lock
	@$(COMPILE)
	@touch $@

$(VENV)/installed-spark: requirements-spark.lock adapters/dbt-sparksession/pyproject.toml $(VENV)/installed-dev
	$(PIP) --require-hashes -r requirements-spark.lock
	$(PIP) --no-deps --no-build-isolation -e adapters/dbt-sparksession
	@$(COMPILE)
	@touch $@

$(CLIENTS)/%: requirements-client-%.lock | $(VENV)/installed
	rm -rf $@
	$(PIP) --require-hashes --no-deps --target $@ -r $<
	@touch $@

# From a folder of its own, which pip of the project's environment does not see.
$(SUPERSET)/installed: requirements-superset.lock | $(VENV)/installed
	@$(BIN)/python -c 'import sys; sys.exit(sys.version_info >= (3, 13))' \
		|| { echo "Superset needs Python 3.11 or 3.12. Make .venv with one: rm -rf .venv && make PYTHON=python3.12 superset"; exit 1; }
	rm -rf $(SUPERSET)
	$(BIN)/python -m venv $(SUPERSET)
	$(SUPERSET)/bin/python -m pip install --quiet --require-hashes -r requirements-superset.lock
	@touch $@

$(AXE): tests/browser/package-lock.json
	@if command -v npm >/dev/null; then npm ci --prefix tests/browser --no-audit --no-fund && touch $@; \
		else echo "npm is missing: the tests that drive a browser will be skipped."; fi
