/**
 * Exits 0 where a gateway answers: the image's HEALTHCHECK, and the probes of deploy/helm.
 * Arguments: `live` (the default) or `ready`, and where it is asked (the default: this container).
 */
const { PORT, OPS_TOKEN } = process.env;
const [check = 'live', base = `http://127.0.0.1:${PORT || 3003}`] = process.argv.slice(2);
try {
  const response = await fetch(`${base}/health/${check}`, {
    headers: OPS_TOKEN ? { authorization: `Bearer ${OPS_TOKEN}` } : {},
    signal: AbortSignal.timeout(3_000),
  });
  process.exit(response.ok ? 0 : 1);
} catch {
  process.exit(1);
}
