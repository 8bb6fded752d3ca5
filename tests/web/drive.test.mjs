// The page in headless Chromium: what is seen, what can be done by keyboard, mouse and touch, and what is said where it cannot start.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { join } from "node:path";
import { colours, difference, launch, luminance, open, ROOT } from "./page.mjs";
import { serve } from "./serve.mjs";

let server, browser;
before(async () => {
  server = await serve(join(ROOT, "dist"));
  browser = await launch("webgl2");
});
after(async () => {
  await browser.close();
  await server.close();
});

const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };

for (const [form, options] of [["desktop", {}], ["phone", PHONE]]) {
  for (const colorScheme of ["light", "dark"]) {
    test(`the first screen, ${form}, ${colorScheme}`, async () => {
      const scope = await open(browser, server.url, { ...options, colorScheme });
      const ms = await scope.started();
      console.log(`measured: first frame after ${Math.round(ms)} ms (${form}, ${colorScheme})`);
      const picture = await scope.picture(`${form}-${colorScheme}`);
      assert.ok(colours(picture) > 20, `${colours(picture)} colours`);
      assert.deepEqual(scope.errors, []);
      await scope.close();
    });
  }
}

test("without WebGPU and WebGL 2 the page says so", async () => {
  const blind = await launch("none");
  const scope = await open(blind, server.url);
  assert.match(await scope.failure(), /WebGPU or WebGL 2, and this browser offers neither/);
  await scope.picture("no-graphics");
  await blind.close();
});

test("where the program does not load the page says so", async () => {
  for (const missing of ["**/*.wasm", "**/saddlescope*.js"]) {
    const scope = await open(browser, server.url, { prepare: (page) => page.route(missing, (route) => route.abort()) });
    assert.match(await scope.failure(), /could not be loaded/);
    await scope.close();
  }
});
