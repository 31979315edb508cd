import { ALERT_NAMES, ALERT_RULES, type AlertName, type AlertRule, type Severity } from './alert-rules.js';
import type { WrittenAlerts, WrittenWebhook } from './written-config.js';
import type { SettingPath } from './yaml-source.js';

/** Where alerts are sent. */
export interface WebhookSettings {
  name: string;
  /** May hold a secret of its receiver: never shown. */
  url: string;
  /** `whsec_` and 24 to 64 bytes as base64 (Standard Webhooks). */
  secret: string;
  /** Alerts that matter less are not sent there. */
  minimumSeverity: Severity;
}

/** Which alerts are raised, and who is told. */
export interface AlertSettings {
  /** Those that are on. */
  rules: ReadonlyMap<AlertName, AlertRule>;
  /** The share of requests that is to succeed. */
  objective: number;
  /** An alert is over when it has been well for so long. */
  resolveAfterMs: number;
  /** Whoever was told is told again after so long, as long as it lasts. */
  repeatMs: number;
  /** Where the runbooks are read; what stands behind its '#' is the alert. */
  runbookUrl: string;
  webhooks: readonly WebhookSettings[];
}

/** "99.9 % uptime" (FEAT-004). */
const OBJECTIVE = 0.999;
const RESOLVE_AFTER_MS = 60_000;
const REPEAT_MS = 4 * 3_600_000;
const RUNBOOK_URL = 'docs/runbooks.md';
const SECRET_BEGINS = 'whsec_';
const SECRET_BYTES = { least: 24, most: 64 };

/** The built-in rules as the file changes them. */
export function alertSettings(
  written: WrittenAlerts,
  fault: (path: SettingPath, message: string) => void,
): AlertSettings {
  const { rules = {}, webhooks = {}, objective, resolveAfterMs, repeatMs, runbookUrl } = written;
  return {
    rules: new Map(ALERT_NAMES.filter((name) => rules[name]?.enabled !== false).map((name) => [name, ruleOf(name)])),
    objective: objective ?? OBJECTIVE,
    resolveAfterMs: resolveAfterMs ?? RESOLVE_AFTER_MS,
    repeatMs: repeatMs ?? REPEAT_MS,
    runbookUrl: runbookUrl ?? RUNBOOK_URL,
    webhooks: Object.entries(webhooks).map(([name, webhook]) =>
      webhookOf(name, webhook, (setting, message) => fault(['webhooks', name, setting], message)),
    ),
  };

  function ruleOf(name: AlertName): AlertRule {
    const { enabled: _, ...changes } = rules[name] ?? {};
    return { ...ALERT_RULES[name], ...changes };
  }
}

/** What is wrong with it is said without showing it. */
function webhookOf(
  name: string,
  { url, secret, minimumSeverity = 'warning' }: WrittenWebhook,
  fault: (setting: string, message: string) => void,
): WebhookSettings {
  if (!isHttp(url))
    fault('url', "has a value that can't be used; allowed: an address that begins with https:// or http://");
  if (!isSecret(secret))
    fault('secret', "has a value that can't be used; allowed: 'whsec_' and 24 to 64 random bytes as base64");
  return { name, url, secret, minimumSeverity };
}

function isHttp(url: string): boolean {
  return URL.canParse(url) && ['http:', 'https:'].includes(new URL(url).protocol);
}

function isSecret(secret: string): boolean {
  if (!secret.startsWith(SECRET_BEGINS)) return false;
  const text = secret.slice(SECRET_BEGINS.length);
  const bytes = Buffer.from(text, 'base64');
  const { least, most } = SECRET_BYTES;
  return bytes.length >= least && bytes.length <= most && bytes.toString('base64') === text;
}
