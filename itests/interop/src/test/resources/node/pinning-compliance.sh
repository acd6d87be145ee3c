#!/usr/bin/env bash
# The public compliance suite of the pinning service API: pinning-compliance.sh FOLDER URL TOKEN
# FOLDER gets the suite, and its reports in docs/; KUBO_BINARY names Kubo's program.
# Exit code 69: the suite cannot be fetched.
set -eu
mkdir -p "$1"
cd "$1"
[ -e package.json ] || echo '{}' >package.json
suite=node_modules/@ipfs-shipyard/pinning-service-compliance/dist
[ -e "$suite" ] || npm install --ignore-scripts --no-audit --no-fund --prefer-offline --fetch-retries=0 \
    --fetch-timeout=20000 @ipfs-shipyard/pinning-service-compliance@1.8.1 >npm.log 2>&1 || exit 69
mkdir -p "$suite/docs"
node "$suite/src/index.js" -s "$2" "$3"
cp -r "$suite/docs" .
