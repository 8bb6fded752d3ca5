// The page in headless Chromium: what is seen, what can be done by keyboard, mouse and touch, whether a run has the bits of the
// desktop's, and what is said where the page cannot start. The native program is taken from SADDLESCOPE.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { colours, difference, fragment, launch, luminance, open, ROOT } from "./page.mjs";
import { serve } from "./serve.mjs";

const PROGRAM = process.env.SADDLESCOPE ?? join(ROOT, "target/release/saddlescope");
// One device pixel a CSS pixel: under emulation the browser reports no other to a canvas.
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

let server, browser;
before(async () => {
  server = await serve(join(ROOT, "dist"));
  browser = await launch("webgl2");
});
after(async () => {
  await browser.close();
  await server.close();
});

/** A started page that stands still: paused, every run at its end. */
async function settled(options, fragment = "") {
  const scope = await open(browser, server.url + fragment, options);
  await scope.started();
  if ((await scope.state()).playing) await scope.page.keyboard.press("Space");
  await scope.until((state) => !state.playing && !state.computing && state.runs.length > 0);
  await scope.still();
  return scope;
}

async function done(scope) {
  assert.deepEqual(scope.errors, []);
  await scope.close();
}

/** Runs in the page before its scripts: notes which contexts the canvas is asked for. */
function recordContexts() {
  window.contexts = [];
  const { getContext } = HTMLCanvasElement.prototype;
  HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
    if (this.id === "canvas" && !window.contexts.includes(kind)) window.contexts.push(kind);
    return getContext.call(this, kind, ...rest);
  };
}

const middle = ([left, top, width, height]) => [left + width / 2, top + height / 2];

/** A scene of a network. */
const laboratory = (network, methods, steps) => ({ version: 3, problem: { network }, seed: 1, steps, methods, playback: { step: steps } });

const SPIRALS = laboratory(
  {
    layers: [2, 8, 8, 1],
    activations: ["tanh"],
    loss: "bce",
    data: { source: { set: "spirals" }, samples: 250, noise: 0.1, standardize: true },
  },
  [
    { id: "sgd", settings: { step_size: 0.3, batch_size: 10 } },
    { id: "adam", settings: { step_size: 0.02, batch_size: 25 } },
    { id: "tr", settings: { metric: "rmsprop", solver: "steihaug" } },
  ],
  40,
);

const DIGITS = laboratory(
  { layers: [100, 8, 10], activations: ["gelu"], loss: "cross_entropy", data: { source: { set: "mnist" }, samples: 60 } },
  [{ id: "sgd", settings: { step_size: 0.2, batch_size: 20 } }],
  6,
);

/** Replaces the formula by keyboard. */
async function type(scope, text) {
  const [x, y] = middle((await scope.state()).formula_field_px);
  await scope.page.mouse.click(x, y);
  await scope.page.keyboard.press("Control+A");
  await scope.page.keyboard.type(text);
}

for (const [form, options] of [["desktop", {}], ["phone", PHONE]]) {
  for (const colorScheme of ["light", "dark"]) {
    test(`the first screen, ${form}, ${colorScheme}`, async () => {
      const scope = await open(browser, server.url, { ...options, colorScheme });
      const ms = await scope.started();
      console.log(`measured: first frame after ${Math.round(ms)} ms (${form}, ${colorScheme})`);
      const state = await scope.until((state) => state.runs.length > 1 && !state.computing);
      assert.equal(state.version, 1);
      assert.equal(state.error, null);
      const gd = state.runs.find((run) => run.method === "gd");
      assert.deepEqual([gd.status, gd.steps], ["budget_spent", 400], "gradient descent hangs at the saddle to the end");
      await scope.still();
      const map = colours(await scope.picture(undefined, state.map_rect_px));
      assert.ok(map > 100, `the map has ${map} colours`);
      const screen = await scope.picture(`web-${form}-${colorScheme}`);
      const bright = luminance(screen) > 127;
      assert.equal(bright, colorScheme === "light", `mean luminance ${luminance(screen)}`);
      const { width, height } = scope.page.viewportSize();
      const share = (state.map_rect_px[2] * state.map_rect_px[3]) / (width * height);
      assert.ok(share > 0.5, `the map has ${share} of the window`);
      await done(scope);
    });
  }
}

test("space plays and pauses", async () => {
  const scope = await settled();
  await scope.page.keyboard.press("Home");
  const { step, map_rect_px } = await scope.until((state) => state.step === 0);
  const before = await scope.picture(undefined, map_rect_px);
  await scope.page.keyboard.press("Space");
  await scope.until((state, step) => state.playing && state.step > step + 10, step);
  await scope.page.keyboard.press("Space");
  await scope.until((state) => !state.playing);
  const change = difference(before, await scope.picture("web-played", map_rect_px));
  assert.ok(change > 0.0005, `${change} of the map changed`);
  await done(scope);
});

test("a window that stands still draws no frame", async () => {
  const scope = await settled();
  // On a slow machine the last frames of the first second come late.
  await scope.still(1500);
  const { frame } = await scope.state();
  await scope.page.waitForTimeout(1500);
  assert.equal((await scope.state()).frame, frame);
  await done(scope);
});

test("the start point follows the mouse", async () => {
  const scope = await settled();
  const { start, start_px: [x, y], map_rect_px } = await scope.state();
  const before = await scope.picture(undefined, map_rect_px);
  const [u, v] = middle(map_rect_px);
  const to = [x + 0.5 * (u - x) + 20, y + 0.5 * (v - y) - 60];
  await scope.page.mouse.move(x, y);
  await scope.page.mouse.down();
  await scope.page.mouse.move((x + to[0]) / 2, (y + to[1]) / 2, { steps: 4 });
  await scope.page.mouse.move(...to, { steps: 4 });
  await scope.page.mouse.up();
  const state = await scope.until((state, start) => state.start[0] !== start[0] && state.start[1] !== start[1], start);
  for (const i of [0, 1]) assert.ok(Math.abs(state.start_px[i] - to[i]) < 3, `${state.start_px} is not under the pointer, ${to}`);
  await scope.still();
  const change = difference(before, await scope.picture("web-dragged", map_rect_px));
  assert.ok(change > 0.0005, `${change} of the map changed`);
  await scope.page.keyboard.press("Control+Z");
  await scope.until((state, start) => state.start[0] === start[0] && state.start[1] === start[1], start);
  await done(scope);
});

test("the start point follows a finger", async () => {
  const scope = await settled(PHONE);
  const { start, start_px: [x, y] } = await scope.state();
  const touch = await scope.page.context().newCDPSession(scope.page);
  const send = (type, points) => touch.send("Input.dispatchTouchEvent", { type, touchPoints: points.map(([x, y], id) => ({ x, y, id })) });
  await send("touchStart", [[x, y]]);
  for (let i = 1; i <= 6; i += 1) await send("touchMove", [[x - 10 * i, y - 12 * i]]);
  await send("touchEnd", []);
  await scope.until((state, start) => state.start[0] < start[0] && state.start[1] > start[1], start);
  await done(scope);
});

test("two fingers zoom the map", async () => {
  const scope = await settled(PHONE);
  const { start, map_rect_px } = await scope.state();
  await scope.still();
  const before = await scope.picture(undefined, map_rect_px);
  const [x, y] = middle(map_rect_px);
  const touch = await scope.page.context().newCDPSession(scope.page);
  const send = (type, points) => touch.send("Input.dispatchTouchEvent", { type, touchPoints: points.map(([x, y], id) => ({ x, y, id })) });
  await send("touchStart", [[x - 40, y - 120], [x + 40, y - 120]]);
  for (let i = 1; i <= 8; i += 1) await send("touchMove", [[x - 40 - 8 * i, y - 120], [x + 40 + 8 * i, y - 120]]);
  await send("touchEnd", []);
  await scope.still();
  assert.deepEqual((await scope.state()).start, start);
  const change = difference(before, await scope.picture("web-pinched", map_rect_px));
  assert.ok(change > 0.05, `${change} of the map changed`);
  await done(scope);
});

test("a typed formula is drawn while it is typed, and a bad one says where", async () => {
  const scope = await settled();
  const { map_rect_px } = await scope.state();
  const before = await scope.picture(undefined, map_rect_px);
  await type(scope, "sin(2x) + cos(3y) + (x^2 + y^2)/4");
  const state = await scope.until((state) => state.formula.includes("cos(3"));
  assert.equal(state.error, null);
  assert.equal(state.landscape, null);
  await scope.still();
  const drawn = await scope.picture("web-formula", map_rect_px);
  const change = difference(before, drawn);
  assert.ok(change > 0.2, `${change} of the map changed`);
  await type(scope, "sin(2x) + * y");
  const wrong = await scope.until((state) => state.error !== null);
  assert.ok(wrong.formula !== "sin(2x) + * y" && colours(await scope.picture("web-bad-formula", map_rect_px)) > 100);
  await done(scope);
});

/** Whether the runs of the page's scene are byte for byte those of the native program. */
async function sameBits(scope) {
  const folder = mkdtempSync(join(tmpdir(), "saddlescope-"));
  const file = join(folder, "scene.json");
  writeFileSync(file, await scope.text("scene"));
  const web = await scope.text("trace");
  const { status, stdout } = spawnSync(PROGRAM, ["run", file], { encoding: "utf8", maxBuffer: 1 << 28 });
  rmSync(folder, { recursive: true });
  assert.ok(status === 0 || status === 1, `status ${status}`);
  assert.ok(JSON.parse(web).runs.length > 0);
  assert.ok(web.trim() === stdout.trim(), "the traces differ");
  console.log(`measured: ${web.length} bytes of trace are the same`);
}

test("a run has the same bits as on the desktop", async () => {
  const scope = await settled();
  const formulas = [null, "exp(-x^2) sin(3y) + ln(1 + x^2 + y^2) - 0.3 x tanh(y)"];
  for (const formula of formulas) {
    if (formula) {
      await type(scope, formula);
      await scope.until((state) => state.formula.includes("tanh") && state.error === null && !state.computing);
    }
    await sameBits(scope);
  }
  await done(scope);
});

test("a network trains in the page with the bits of the desktop", async () => {
  const scope = await settled({}, fragment(SPIRALS));
  const { runs, map_rect_px, steps } = await scope.state();
  assert.deepEqual(runs.map((run) => run.method), ["sgd", "adam", "tr"]);
  assert.equal(steps, 40);
  await sameBits(scope);
  const last = await scope.picture("web-network", map_rect_px);
  assert.ok(colours(last) > 100, `the slice has ${colours(last)} colours`);
  await scope.page.keyboard.press("Home");
  await scope.until((state) => state.step === 0);
  await scope.still();
  const change = difference(last, await scope.picture(undefined, map_rect_px));
  assert.ok(change > 0.0005, `${change} of the slice changed`);
  await scope.picture("web-network-window");
  await done(scope);
});

test("the images of digits are fetched when a scene asks for them, and trained on", async () => {
  const fetched = [];
  const prepare = (page) => page.on("request", (request) => request.url().includes("/data/") && fetched.push(request.url()));
  const first = await settled({ prepare });
  assert.deepEqual(fetched, [], "the first screen needs no images");
  await done(first);
  const scope = await settled({ prepare }, fragment(DIGITS));
  assert.equal((await scope.state()).error, null);
  assert.equal(fetched.length, 4);
  assert.ok(fetched.every((url) => url.includes("/data/mnist10-")), fetched.join(" "));
  await sameBits(scope);
  await done(scope);
});

test("the first frame does not wait for images, and their absence is said", async () => {
  let release;
  const held = new Promise((resolve) => (release = resolve));
  const prepare = (page) => page.route("**/data/**", (route) => held.then(() => route.abort()));
  const scope = await open(browser, `${server.url}${fragment(DIGITS)}`, { prepare });
  await scope.started();
  const waiting = await scope.state();
  assert.deepEqual([waiting.computing, waiting.error], [true, null]);
  await scope.picture("web-waiting");
  release();
  const { error } = await scope.until((state) => state.error !== null);
  assert.match(error, /images of MNIST 10x10 could not be loaded/);
  await scope.close();
});

test("a link opens the same moment", async () => {
  const scope = await settled();
  await type(scope, "x^4 - 2x^2 + y^2");
  await scope.until((state) => state.formula.startsWith("x^4"));
  await scope.still();
  const [scene, link] = [await scope.text("scene"), await scope.text("link")];
  await done(scope);
  const other = await settled({}, `#${link}`);
  assert.equal(await other.text("scene"), scene);
  await done(other);
  const broken = await settled({}, `#${link.slice(0, -9)}`);
  assert.ok((await broken.state()).runs.length > 1, "a broken link leaves the first screen");
  await done(broken);
});

test("the address follows the edits, and a reload opens the newest state", async () => {
  const scope = await settled();
  const hash = () => scope.page.evaluate(() => location.hash);
  const written = () => scope.page.waitForFunction(() => location.hash === `#${window.saddlescope_link()}`, null, { timeout: 20_000 });
  assert.equal(await hash(), "", "a page that nobody touched keeps its address");
  await type(scope, "x^4 - 2x^2 + y^2");
  await scope.until((state) => state.formula.includes("y^2") && !state.computing);
  await written();
  // Home is no typing: the field gives the keyboard back first.
  await scope.page.keyboard.press("Escape");
  await scope.page.keyboard.press("Home");
  await scope.until((state) => state.step === 0);
  await written();
  const before = await hash();
  await scope.page.keyboard.press("Space");
  await scope.until((state) => state.playing && state.step > 20);
  assert.equal(await hash(), before, "playing leaves the address alone");
  await scope.page.keyboard.press("Space");
  await scope.until((state) => !state.playing);
  await written();
  const scene = await scope.text("scene");
  await scope.page.reload();
  await scope.started();
  await scope.until((state) => state.runs.length > 0 && !state.computing);
  assert.equal(await scope.text("scene"), scene);
  await done(scope);
});

test("with WebGPU the page draws with it", async () => {
  const modern = await launch("webgpu");
  const scope = await open(modern, server.url, { prepare: (page) => page.addInitScript(recordContexts) });
  await scope.started();
  assert.deepEqual(await scope.page.evaluate(() => window.contexts), ["webgpu"]);
  assert.deepEqual(scope.errors, []);
  await modern.close();
});

test("without WebGPU and WebGL 2 the page says so", async () => {
  const blind = await launch("none");
  const scope = await open(blind, server.url);
  assert.match(await scope.failure(), /WebGPU or WebGL 2, and this browser offers neither/);
  await scope.picture("web-no-graphics");
  await blind.close();
});

test("where the program does not load the page says so", async () => {
  for (const missing of ["**/*.wasm", "**/saddlescope*.js"]) {
    const scope = await open(browser, server.url, { prepare: (page) => page.route(missing, (route) => route.abort()) });
    assert.match(await scope.failure(), /could not be loaded/);
    await scope.close();
  }
});
