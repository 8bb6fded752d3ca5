// What the tests need of Chromium, of the page and of its pictures.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { deflateRawSync } from "node:zlib";
import { chromium } from "playwright-core";
import { PNG } from "pngjs";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
export const SCREENSHOTS = join(ROOT, "target", "screenshots");
mkdirSync(SCREENSHOTS, { recursive: true });

const QUIET = ["--no-sandbox", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic"];
export const GRAPHICS = {
  webgl2: ["--use-angle=swiftshader", "--enable-unsafe-swiftshader"],
  webgpu: ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader", "--enable-unsafe-swiftshader"],
  none: ["--disable-3d-apis", "--disable-gpu"],
};

export const launch = (graphics) =>
  chromium.launch({ executablePath: "/usr/bin/chromium", args: [...QUIET, ...GRAPHICS[graphics]] });

/** A page on `url` that remembers what the console said of errors. `options` are those of a browser context. */
export async function open(browser, url, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  const errors = [];
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("requestfailed", (request) => errors.push(`${request.url()}: ${request.failure()?.errorText}`));
  if (options.prepare) await options.prepare(page);
  await page.goto(url);
  return new Scope(page, errors);
}

class Scope {
  constructor(page, errors) {
    this.page = page;
    this.errors = errors;
  }

  /** Waits for the first frame; returns the milliseconds since the navigation began. */
  async started() {
    await this.page.waitForFunction(() => document.documentElement.dataset.started, null, { timeout: 60_000 });
    return this.page.evaluate(() => performance.now());
  }

  /** The notice's sentence, once it is one of failure. */
  async failure() {
    await this.page.waitForSelector("#notice.failed", { timeout: 60_000 });
    return this.page.locator("#notice-text").innerText();
  }

  state = () => this.page.evaluate(() => JSON.parse(window.saddlescope_state()));
  text = (name) => this.page.evaluate((name) => window[`saddlescope_${name}`](), name);

  /** Waits until `holds(state, argument)`, a function of the page; returns the state. */
  async until(holds, argument) {
    await this.page.waitForFunction(
      ([source, argument]) => {
        const state = JSON.parse(window.saddlescope_state());
        return state && new Function(`return (${source})`)()(state, argument);
      },
      [String(holds), argument],
      { timeout: 20_000 },
    );
    return this.state();
  }

  /** Waits until no frame has been drawn for `ms`; not while a field has the keyboard, whose cursor blinks. */
  async still(ms = 400) {
    const end = Date.now() + 120_000;
    for (let before = -1, now = (await this.state()).frame; before !== now; ) {
      if (Date.now() > end) throw new Error("the window does not come to rest");
      await this.page.waitForTimeout(ms);
      [before, now] = [now, (await this.state()).frame];
    }
  }

  /** The picture of the window or of `rect` [left, top, width, height]; kept under `name` where one is given. */
  async picture(name, rect) {
    const clip = rect && { x: rect[0], y: rect[1], width: rect[2], height: rect[3] };
    const path = name && join(SCREENSHOTS, `${name}.png`);
    return PNG.sync.read(await this.page.screenshot({ clip, path }));
  }

  close = () => this.page.context().close();
}

/** The fragment of a link to a scene. */
export const fragment = (scene) => `#s=a${deflateRawSync(JSON.stringify(scene)).toString("base64url")}`;

/** How many colours a picture has, at five bits a channel. */
export function colours({ data }) {
  const seen = new Set();
  for (let i = 0; i < data.length; i += 4) {
    seen.add(((data[i] >> 3) << 10) | ((data[i + 1] >> 3) << 5) | (data[i + 2] >> 3));
  }
  return seen.size;
}

/** The share of pixels in which two pictures of one size differ visibly. */
export function difference(a, b) {
  let differing = 0;
  for (let i = 0; i < a.data.length; i += 4) {
    const far = (c) => Math.abs(a.data[i + c] - b.data[i + c]) > 16;
    if (far(0) || far(1) || far(2)) differing += 1;
  }
  return differing / (a.data.length / 4);
}

/** Mean luminance of a picture, 0 to 255. */
export function luminance({ data }) {
  let sum = 0;
  for (let i = 0; i < data.length; i += 4) sum += 0.2126 * data[i] + 0.7152 * data[i + 1] + 0.0722 * data[i + 2];
  return sum / (data.length / 4);
}
