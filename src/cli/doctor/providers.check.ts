import type { Environment } from '../../config/environment.js';
import type { ProviderSettings } from '../../config/gateway-config/gateway-config.js';
import { fault, warning, type CheckResult, type Finding } from './finding.js';
import { probe, UnreachableError, type Probed } from './http-probe.js';
import { modelListCall, modelNames, videoAccountCall, type FreeCall } from './provider-calls.js';
import { skewFindings } from './skew-finding.js';

/** A server that does not have that route: nothing can be said of its key without a call that costs. */
const NO_SUCH_ROUTE = new Set([404, 405, 501]);

/** Whether each key and deployment answers, by one call that costs nothing. */
export async function checkProviders({ gatewayConfig, providers, video }: Environment): Promise<CheckResult[]> {
  const { initial } = gatewayConfig;
  const text = initial.providers.flatMap((provider) =>
    provider.endpoints.map(async (endpoint) => {
      const call = modelListCall(provider.wire, endpoint);
      return examine(`provider ${endpoint.id}`, call, (probed) => modelFindings(provider, endpoint.id, probed));
    }),
  );
  const videos = initial.videoProviders.map((settings) =>
    examine(`video provider ${settings.id}`, videoAccountCall(settings), ({ body }) =>
      settings.wire === 'runway' ? balanceFindings(settings.id, body) : [],
    ),
  );
  const simulated = [
    ...(initial.providers.length === 0 ? [absent('providers', providers.isSimulated)] : []),
    ...(initial.videoProviders.length === 0 ? [absent('video providers', video.isSimulated)] : []),
  ];
  return [...(await Promise.all([...text, ...videos])), ...simulated];
}

function absent(check: string, isSimulated: boolean): CheckResult {
  return { check, note: isSimulated ? 'simulated ones stand in' : 'none are configured' };
}

async function examine(
  check: string,
  { url, headers }: FreeCall,
  look: (probed: Probed) => Finding[],
): Promise<CheckResult> {
  const id = check.slice(check.lastIndexOf(' ') + 1);
  try {
    const probed = await probe(url, headers);
    const { status, skewMs } = probed;
    const skew = skewFindings(skewMs, id);
    if (status === 200) return { check, findings: [...skew, ...look(probed)], note: 'answers, and takes the key' };
    if (NO_SUCH_ROUTE.has(status))
      return {
        check,
        findings: skew,
        note: `answers with ${status}; its key can't be tried without a call that costs`,
      };
    return { check, findings: [...skew, refusal(id, status)] };
  } catch (error) {
    if (!(error instanceof UnreachableError)) throw error;
    const advice = 'Check its address, and that this machine may reach it (DNS, firewall, proxy, certificates).';
    return { check, findings: [fault(`${id} can't be reached (${error.message})`, advice)] };
  }
}

function refusal(id: string, status: number): Finding {
  if (status === 401 || status === 403)
    return fault(
      `${id} refuses our key (status ${status})`,
      'Check the key: that it is whole, of this account, and not revoked.',
    );
  if (status === 402 || status === 429)
    return warning(`${id} limits us (status ${status})`, "Look at the account's credit and rate limits.");
  if (status >= 300 && status < 400)
    return fault(
      `${id} sends us elsewhere (status ${status})`,
      'Give the address that it really has: redirects are not followed.',
    );
  return fault(
    `${id} answers with status ${status}`,
    "Look at the provider's own status page, and at its address here.",
  );
}

/** Models that are named for it, and that it does not have. */
function modelFindings({ models = [] }: ProviderSettings, id: string, { body }: Probed): Finding[] {
  const listed = modelNames(body);
  if (!listed || listed.length === 0) return [];
  return models
    .filter(({ isExact, text }) => isExact && !listed.includes(text))
    .map(({ text }) =>
      warning(
        `${id} does not list the model '${text}'`,
        'Check its spelling in GATEWAY_CONFIG, and that the key may use it.',
      ),
    );
}

function balanceFindings(id: string, body: unknown): Finding[] {
  const { creditBalance } = (body ?? {}) as { creditBalance?: unknown };
  if (creditBalance !== 0) return [];
  return [fault(`The account at ${id} has no credits left`, 'Buy credits there: orders are refused.')];
}
