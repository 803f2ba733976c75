# The commands of a contributor. `make demo` and `make test` each do everything on a fresh Debian or Ubuntu with Swift 6.
SWIFT ?= swift
ARGS ?=
FUZZ_SECONDS ?= 10
# All tests begun at once share few cores, and each then takes as long as all together: their time limits would say nothing.
AT_ONCE := SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=8
# Explicit so that a target cannot lean on a module that it does not declare (docs: swift build --help).
CHECKS := --explicit-target-dependency-import-check error
LINTED := Package.swift Sources Tests $(wildcard Benchmarks/Package.swift Benchmarks/Sources)

.DEFAULT_GOAL := help
.PHONY: help deps build release test browser demo bench run fmt lint fuzz torture security latency sanitize golden clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

deps: ## install the system packages that are missing
	@scripts/install-deps

build: deps ## debug build of everything, tests included
	$(SWIFT) build --build-tests $(CHECKS)

release: deps ## optimised build of the command
	$(SWIFT) build -c release --product raceway

test: deps lint build ## lint, build, run every test, drive the page in a browser, fuzz each reader for FUZZ_SECONDS
	$(AT_ONCE) $(SWIFT) test --skip-build --disable-xctest
	scripts/browser-tests "$$($(SWIFT) build --show-bin-path)/raceway"
	@if [ -x scripts/fuzz ]; then $(MAKE) --no-print-directory fuzz; fi
	@python3 scripts/torture --short --restart-seconds 10 --raceway "$$($(SWIFT) build --show-bin-path)/raceway"

browser: build ## drive the page and the report file in Chromium; screenshots in artifacts/ (ARGS="BrowserTest.test_name" selects)
	scripts/browser-tests "$$($(SWIFT) build --show-bin-path)/raceway" $(ARGS)

demo: release ## start a server, post the banking fixtures, print the races (ARGS=--once to exit)
	@"$$($(SWIFT) build -c release --show-bin-path)/raceway" demo $(ARGS)

run: release ## raceway serve $(ARGS)
	@"$$($(SWIFT) build -c release --show-bin-path)/raceway" serve $(ARGS)

bench: deps ## measure: decode, replay, detectors, stress traces (ARGS="name …" selects)
	$(SWIFT) run -c release --package-path Benchmarks bench $(ARGS)

fmt: ## format the sources in place
	$(SWIFT) format --in-place --recursive --parallel $(LINTED)

lint: ## check the format without changing anything
	$(SWIFT) format lint --strict --recursive --parallel $(LINTED)

fuzz: ## fuzz each reader for FUZZ_SECONDS
	scripts/fuzz $(FUZZ_SECONDS)

torture: release ## kill -9, outages, full disks, damaged files, wrong configurations (ARGS="--short name …" selects)
	python3 scripts/torture --raceway "$$($(SWIFT) build -c release --show-bin-path)/raceway" $(ARGS)

security: release ## 10,000 connections, followers that never read, timing of keys (ARGS="--timings 50000")
	python3 scripts/security --raceway "$$($(SWIFT) build -c release --show-bin-path)/raceway" $(ARGS)

latency: release ## fill a store with a million events and measure every route (ARGS="--store memory --events 100000")
	python3 scripts/latency --raceway "$$($(SWIFT) build -c release --show-bin-path)/raceway" $(ARGS)

sanitize: deps ## run the tests under the thread sanitizer
	$(SWIFT) test --disable-xctest --sanitize=thread --scratch-path .build-tsan

golden: ## rewrite the traces and expected reports in fixtures/ from their generator and the analyzer
	python3 fixtures/generate.py
	UPDATE_GOLDEN=1 $(SWIFT) test --disable-xctest --filter FixtureTests

clean: ## remove everything that a build made
	rm -rf .build .build-* Benchmarks/.build
