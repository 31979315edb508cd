import { readFileSync } from 'node:fs';
import { ALERT_NAMES, ALERT_RULES } from './alert-rules.js';
import { readGatewayConfig } from './read-gateway-config.js';

const SECRET = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
const ENVIRONMENT = {
  openai: undefined,
  claude: undefined,
  priority: [],
  video: { providers: [], priority: [], hasMediaSecret: true },
};
const read = (alerts: unknown) =>
  readGatewayConfig('f.yaml', JSON.stringify({ alerts }), { PAGER_SECRET: SECRET }, ENVIRONMENT).alerts;
const faultsOf = (alerts: unknown) => {
  try {
    read(alerts);
    return 'none';
  } catch (error) {
    return (error as Error).message;
  }
};

test('the rules are there without a word', () => {
  const { rules, objective, webhooks } = read({});
  expect(Object.fromEntries(rules)).toEqual(ALERT_RULES);
  expect([objective, webhooks]).toEqual([0.999, []]);
});

test('what is said of a rule takes the place of what it has, and one may be turned off', () => {
  const { rules } = read({
    rules: { ProviderFailing: { threshold: 0.2, minimumVolume: 5 }, VideosLate: { enabled: false } },
  });
  expect(rules.get('ProviderFailing')).toEqual({ ...ALERT_RULES.ProviderFailing, threshold: 0.2, minimumVolume: 5 });
  expect([...rules.keys()]).toEqual(ALERT_NAMES.filter((name) => name !== 'VideosLate'));
});

test('a webhook has an address and a secret, which may be a reference', () => {
  const { webhooks } = read({ webhooks: { pager: { url: 'https://pager.example/x', secret: '${PAGER_SECRET}' } } });
  expect(webhooks).toEqual([
    { name: 'pager', url: 'https://pager.example/x', secret: SECRET, minimumSeverity: 'warning' },
  ]);
});

test.each([
  ['whsec_short'],
  [`whsec_${'A'.repeat(31)}`],
  [`whsec_${'-'.repeat(32)}`],
  [`whsec_${'A'.repeat(100)}`],
  ['a secret of more than thirty-two bytes'],
])('no secret, and not shown: %s', (secret) => {
  const message = faultsOf({ webhooks: { pager: { url: 'https://pager.example', secret } } });
  expect(message).toContain('alerts.webhooks.pager.secret');
  expect(message).not.toContain(secret);
});

test.each(['ftp://token@pager.example', 'pager.example/token', ''])('no address, and not shown: %j', (url) => {
  const message = faultsOf({ webhooks: { pager: { url, secret: SECRET } } });
  expect(message).toContain('alerts.webhooks.pager.url');
  expect(message).not.toContain('token');
});

test('an unknown rule is a fault that names the nearest one', () => {
  expect(faultsOf({ rules: { ProviderFaling: {} } })).toContain('did you mean ProviderFailing?');
});

test('the published schema knows every rule', () => {
  const schema = JSON.parse(
    readFileSync(new URL('../../../contracts/gateway-config.schema.json', import.meta.url), 'utf8'),
  ) as { properties: { alerts: { properties: { rules: { properties: object } } } } };
  expect(Object.keys(schema.properties.alerts.properties.rules.properties)).toEqual(ALERT_NAMES);
});
