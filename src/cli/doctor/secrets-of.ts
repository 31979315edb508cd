import type { Environment } from '../../config/environment.js';

/** Shorter ones would be found in any text. */
const SHORTEST = 6;

/** Every secret of a configuration, as it may stand in a message. */
export function secretsOf(environment: Environment): string[] {
  const { identity, databaseUrl, redisUrl, http, media, audit, encryption, gatewayConfig } = environment;
  const { providers, videoProviders } = gatewayConfig.initial;
  const secrets = [
    identity.key?.kind === 'secret' ? identity.key.secret : undefined,
    passwordOf(databaseUrl),
    passwordOf(redisUrl),
    http.opsToken,
    media.secret,
    media.s3?.credentials?.secretAccessKey,
    audit.secret,
    ...audit.oldSecrets,
    ...encryption.keys.map(({ key }) => key),
    ...providers.flatMap(({ endpoints }) =>
      endpoints.flatMap(({ apiKey, headers }) => [apiKey, ...Object.values(headers)]),
    ),
    ...videoProviders.map(({ apiKey }) => apiKey),
  ];
  return secrets.filter((secret): secret is string => secret !== undefined && secret.length >= SHORTEST);
}

/** The text without any of them, whoever put one there. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets.reduce((cleaned, secret) => cleaned.replaceAll(secret, '[secret]'), text);
}

function passwordOf(url: string | undefined): string | undefined {
  if (url === undefined || !URL.canParse(url)) return undefined;
  return decodeURIComponent(new URL(url).password);
}
