import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chromium, type Page } from 'playwright-core';

export interface ShownVideo {
  width: number;
  height: number;
  seconds: number;
}

/** In the page (test/e2e/player.html). */
declare global {
  var show: (link: string, crossOrigin?: string) => Promise<ShownVideo>;
  var play: () => Promise<number>;
  var seek: (seconds: number) => Promise<number>;
  var colours: () => number;
  var hue: () => number;
}

/** A `<video>` in a browser, on a page of another origin than the gateway's. */
export class VideoPlayer {
  constructor(readonly page: Page) {}

  /** @param crossOrigin with it the page may read what is shown */
  show(link: string, crossOrigin?: 'anonymous'): Promise<ShownVideo> {
    return this.page.evaluate(([src, cors]) => globalThis.show(src!, cors), [link, crossOrigin]);
  }

  /** Plays half a second. @returns where it stands then, in seconds */
  play(): Promise<number> {
    return this.page.evaluate(() => globalThis.play());
  }

  /** Jumps. @returns where it stands as soon as there is a picture, in seconds */
  seek(seconds: number): Promise<number> {
    return this.page.evaluate((to) => globalThis.seek(to), seconds);
  }

  /** How many different values of colour the picture has that is shown. */
  colours(): Promise<number> {
    return this.page.evaluate(() => globalThis.colours());
  }

  /** The hue of the picture that is shown, as a whole: 0 to 360. */
  hue(): Promise<number> {
    return this.page.evaluate(() => globalThis.hue());
  }
}

/** A browser that opens such pages. */
export interface PlayerBrowser {
  open(): Promise<VideoPlayer>;
  close(): Promise<void>;
}

/** @param executablePath of a Chromium. @throws Error where there is none */
export async function startPlayers(executablePath: string | undefined): Promise<PlayerBrowser> {
  if (!executablePath) throw new Error('There is no chromium in PATH; .ci/run installs it (apt-get install chromium).');
  const html = await readFile(new URL('../e2e/player.html', import.meta.url));
  const pages = createServer((_request, response) => response.setHeader('content-type', 'text/html').end(html));
  await new Promise<void>((resolve) => pages.listen(0, '127.0.0.1', resolve));
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  return {
    open: async () => {
      const page = await browser.newPage();
      await page.goto(`http://localhost:${(pages.address() as AddressInfo).port}`);
      return new VideoPlayer(page);
    },
    close: async () => {
      await browser.close();
      pages.closeAllConnections();
      await new Promise((resolve) => pages.close(resolve));
    },
  };
}
