#!/bin/sh
# Runs the manifest beside this script; its exit code is that of the run.
cd "$(dirname "$0")" || exit 2
exec deno run --no-prompt --unstable-worker-options --cached-only \
  --allow-read=.osiris,in/orders.csv,manifest.yaml,osiris.lock.json,out/.paid.csv.osiris.partial,run_logs \
  --allow-write=.osiris,out,run_logs \
  jsr:@osiris/runtime@0.1.0/cli run manifest.yaml --locked --quiet
