#!/bin/sh
# Pin every *.in beside this file to *.txt with hashes. The suite is resolved first;
# the images then take the same versions, so what is rehearsed is what is shipped.
set -eu
cd "$(dirname "$0")"
lock() {
  uv pip compile --quiet --generate-hashes --no-emit-index-url --no-emit-find-links \
    --custom-compile-command "requirements/compile.sh" "$@"
}
pin() {
  lock --universal --python-version 3.11 "$@"
}
pin suite.in --output-file suite.txt
pin services.in --constraints suite.txt --output-file services.txt
pin notification-api.in --constraints suite.txt --output-file notification-api.txt
pin email-sender.in --constraints suite.txt --output-file email-sender.txt
pin bench.in --constraints suite.txt --output-file bench.txt
pin stand-ins.in --constraints suite.txt --output-file stand-ins.txt
pin load-generator.in --constraints suite.txt --output-file load-generator.txt
pin lint.in --output-file lint.txt
pin ops.in --output-file ops.txt
pin checkov.in --output-file checkov.txt
pin tox.in --constraints suite.txt --output-file tox.txt
pin workflows.in --output-file workflows.txt
# The emulator lives in an image alone, with the Python that Debian has.
lock --python-version 3.13 --python-platform linux localstack.in --output-file localstack.txt
