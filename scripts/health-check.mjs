/** Exits 0 where the gateway of this container answers: the image's HEALTHCHECK. */
const { PORT, OPS_TOKEN } = process.env;
try {
  const response = await fetch(`http://127.0.0.1:${PORT || 3003}/health/live`, {
    headers: OPS_TOKEN ? { authorization: `Bearer ${OPS_TOKEN}` } : {},
    signal: AbortSignal.timeout(3_000),
  });
  process.exit(response.ok ? 0 : 1);
} catch {
  process.exit(1);
}
