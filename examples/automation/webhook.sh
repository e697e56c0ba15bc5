#!/bin/sh
# Listens for calls, behind whatever ends TLS.
cd "$(dirname "$0")" || exit 2
exec deno run --no-prompt --unstable-worker-options --cached-only \
  --allow-read=.osiris,in/orders.csv,manifest.yaml,osiris.lock.json,out/.paid.csv.osiris.partial,run_logs \
  --allow-write=.osiris,out,run_logs \
  --allow-net=127.0.0.1:8080 --allow-env=WEBHOOK_TOKEN \
  webhook.ts
