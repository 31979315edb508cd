import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { startTestApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { readLedger } from '../support/ledger-audit.js';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.js';
import { counting, numbers } from './clients.js';
import { findChromium } from './find-chromium.js';
import { startPageServer, type PageServer } from './page-server.js';

const executablePath = findChromium();
const isSkipped = executablePath === undefined && !process.env.CI;
if (isSkipped) process.stderr.write('The tests in a browser are skipped: there is no chromium in PATH.\n');

/** In the page (test/client/page.html). */
declare global {
  var setting: object;
  var ask: (request: object) => void;
  var isReady: boolean;
  var sessionStorage: Record<string, string>;
}

(isSkipped ? describe.skip : describe)('a page in a browser', () => {
  let pages: PageServer;
  let app: TestApp;
  let proxy: TcpProxy;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let said: string[];

  beforeAll(async () => {
    if (!executablePath)
      throw new Error('There is no chromium in PATH; .ci/run installs it (apt-get install chromium).');
    pages = await startPageServer();
    app = await startTestApp({ ALLOWED_ORIGINS: pages.origin });
    proxy = await startTcpProxy({ host: '127.0.0.1', port: Number(new URL(app.url).port) });
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  }, 60_000);
  beforeEach(async () => {
    said = [];
    context = await browser.newContext();
    page = await context.newPage();
    page.on('pageerror', (error) => said.push(`fault: ${error.message}`));
    await page.exposeFunction('said', (state: string, message: string) => {
      said.push(`${state} ${message}`.trim());
    });
  });
  afterEach(() => context.close());
  afterAll(async () => {
    await browser?.close();
    await proxy?.close();
    await app?.close();
    await pages?.close();
  });

  async function open(user: string, { first = app.token(user), options = {} } = {}): Promise<void> {
    const setting = { url: `http://127.0.0.1:${proxy.port}`, tokens: { first, expired: app.token(user) }, options };
    await page.addInitScript((value) => void (globalThis.setting = value), setting);
    await page.goto(pages.origin);
    await page.waitForFunction(() => globalThis.isReady);
  }
  const ask = (count: number, gapMs: number) =>
    page.evaluate((request) => globalThis.ask(request), counting(count, gapMs));
  const rendered = () => page.textContent('#answer');
  const hasRendered = (count: number) => eventually(async () => expect(await rendered()).toContain(` ${count} `));
  const hasSaid = (text: string, times = 1) =>
    eventually(() => expect(said.filter((each) => each.includes(text)).length).toBeGreaterThanOrEqual(times));
  const end = () => eventually(async () => expect(await page.textContent('#end')).not.toBe(''));

  async function expectWhole(user: string, count: number): Promise<void> {
    await end();
    expect(await page.textContent('#end')).toBe(`${count} tokens`);
    expect(await rendered()).toBe(numbers(count));
    expect(said.filter((each) => each.startsWith('fault'))).toEqual([]);
    expect(await readLedger(app.databaseUrl, user)).toMatchObject({ charges: 1, pendingHolds: 0, faults: [] });
  }

  it('loses its network twice in one answer, cut and silent, and renders it exactly once', async () => {
    await open('ann', {
      options: { silenceMs: 400, signWithinMs: 300, openWithinMs: 500, reconnect: { mostMs: 300 } },
    });
    await ask(200, 15);
    await hasRendered(40);
    proxy.cut();
    await hasSaid('waiting The network, or the server, is away.');
    proxy.restore();
    await hasRendered(90);
    proxy.blackhole();
    await hasSaid('waiting The connection is silent.');
    proxy.restore();
    await expectWhole('ann', 200);
  });

  it('doubts its connection when the browser is offline, and comes back as soon as it is online again', async () => {
    await open('bob', { options: { signWithinMs: 1_000, reconnect: { baseMs: 60_000, mostMs: 60_000 } } });
    await ask(100, 15);
    await hasRendered(30);
    await context.setOffline(true);
    proxy.cut();
    await hasSaid('waiting');
    proxy.restore();
    await context.setOffline(false);
    await expectWhole('bob', 100);
  });

  it('is reloaded in the middle of an answer, and renders it exactly once', async () => {
    await open('rey');
    await ask(150, 15);
    await hasRendered(40);
    await page.reload();
    await hasRendered(80);
    await page.reload();
    await expectWhole('rey', 150);
    expect(await page.evaluate(() => Object.keys(sessionStorage))).toEqual([]);
  });

  it('gets a new token where the ticket is refused', async () => {
    await open('tom', { first: 'expired' });
    await ask(5, 1);
    await expectWhole('tom', 5);
  });
});
