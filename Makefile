# Everything a fresh Debian machine needs besides Node, npm and make is installed from here.
SHELL := /bin/sh
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)

.PHONY: demo test check unit bench lint soak packages clean

# Builds the example, signs, breaks it, takes it down. Last line: N passed, N failed.
demo: node_modules packages
	node test/demo/main.ts

# All suites: unit, then those on real namespaces, devices and the whole product.
test: node_modules packages
	node test/run.ts unit engine device system

# Types and unit tests: under 30 s, no root.
check: node_modules
	tsc --noEmit
	node test/run.ts unit

lint: node_modules
	biome check --error-on-warnings .
	tsc --noEmit

bench: node_modules
	./scripts/packages.sh run bench
	node bench/main.ts up

# The long form of campaigns that `make test` runs in short: SEED=n repeats one.
soak: node_modules packages
	HSMNET_SOAK=1 node test/run.ts engine device system

packages:
	./scripts/packages.sh run test

node_modules: package-lock.json
	npm ci --no-audit --no-fund --loglevel=error
	touch node_modules

clean:
	rm -rf node_modules dist *.tgz
