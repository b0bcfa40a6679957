# The two commands of this project are `make serve` and `make test`; the work is in scripts/.
.DEFAULT_GOAL := help
.PHONY: help serve test lint unit journeys foreign fuzz fmt code set-up clean-demo

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

serve: ## the demo on localhost:3000, with two sample services; installs what is missing
	@scripts/serve

test: ## everything that a change has to pass; installs what is missing
	@scripts/test

lint: ## formatting and clippy only
	@scripts/test lint

unit: ## the Rust tests only, on both databases
	@scripts/test unit

journeys: ## the browser journeys only
	@scripts/test journeys

foreign: ## only the clients that others wrote
	@scripts/test foreign

fuzz: ## every reader of foreign input for a minute; not part of `test`, which reads what was found
	@scripts/fuzz 60

fmt: ## format the Rust sources
	@cargo fmt --all

code: ## the demo's addresses and sign-ins, with one-time codes of this moment
	@node scripts/sign-ins.mjs data/demo.json

set-up: ## install what `serve` and `test` need, and nothing else
	@scripts/set-up test

clean-demo: ## forget the demo's data: the next `make serve` starts from nothing
	@rm -rf data
