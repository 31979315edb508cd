#!/usr/bin/env bash
# Lints the chart and renders it for every environment, and holds what comes out against Kubernetes' own schemas.
# Needs helm; the schemas come with kubernetes-validate (PyPI), and are left out with a word where that is missing.
set -euo pipefail
cd "$(dirname "$0")"
chart=smart-ai-hub-mcp-server
versions=(1.28 1.34)
# Of these there are no schemas: they belong to KEDA, the Prometheus operator and the Gateway API.
custom='ScaledObject|PodMonitor|HTTPRoute'

rendered=$(mktemp -d)
trap 'rm -rf "$rendered"' EXIT

render() { # name, then options of helm
  local name=$1
  shift
  helm lint --strict --quiet "$chart" "$@"
  for version in "${versions[@]}"; do
    helm template mcp "$chart" --namespace mcp --kube-version "$version" "$@" >"$rendered/$name-$version.yaml"
  done
}

render plain
for environment in development staging production; do
  render "$environment" --values "$chart/values-$environment.yaml"
done
render everything --values "$chart/values-production.yaml" \
  --set httpRoute.enabled=true --set 'httpRoute.parentRefs[0].name=public' --set media.volume.enabled=true \
  --set networkPolicy.databaseTo[0].ipBlock.cidr=10.0.0.0/8 --set image.digest="sha256:$(printf '0%.0s' {1..64})"
if helm template mcp "$chart" --set environment.OPENAI_API_KEY=x >/dev/null 2>&1; then
  echo 'a secret among the values is not refused' >&2
  exit 1
fi
echo "helm $(helm version --template '{{.Version}}'): linted and rendered, $(cat "$rendered"/*.yaml | grep -c '^kind:') objects"

if ! command -v kubernetes-validate >/dev/null; then
  echo 'not held against the schemas of Kubernetes: kubernetes-validate is missing'
  exit 0
fi
for file in "$rendered"/*.yaml; do
  version=${file##*-}
  awk -v RS='---\n' -v custom="kind: ($custom)\n" '$0 !~ custom && NF { printf "---\n%s", $0 }' "$file" >"$file.known"
  kubernetes-validate --strict --no-warn --quiet -k "${version%.yaml}" "$file.known"
done
echo "held against the schemas of Kubernetes ${versions[*]}"
