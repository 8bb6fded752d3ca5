// The frames of the page's laboratory while 2-8-8-1 trains and its whole spectrum is shown, in headless Chromium:
//   .ci/run web && node benches/web/frames.mjs [SECONDS]
// A frame's own work is what its animation callback takes on the page's thread: training and spectra in slices, the user interface,
// and what is told to the device. The device itself is software here, in a process of its own.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fragment, launch, open, ROOT } from "../../tests/web/page.mjs";
import { serve } from "../../tests/web/serve.mjs";

const span = 1000 * Number(process.argv[2] ?? 20);
const entry = JSON.parse(readFileSync(join(ROOT, "assets/networks.json"), "utf8")).find(({ id }) => id === "spirals");
// More steps than can be made while the clock runs.
const scene = { ...entry.scene, methods: entry.scene.methods.filter(({ id }) => id === "sgd"), steps: 1_000_000, playback: { step: 0 } };

/** Runs in the page before its scripts: times every animation callback. */
function timeFrames() {
  window.frameTimes = [];
  const { requestAnimationFrame } = window;
  window.requestAnimationFrame = (callback) =>
    requestAnimationFrame((now) => {
      const begin = performance.now();
      callback(now);
      window.frameTimes.push(performance.now() - begin);
    });
}

const server = await serve(join(ROOT, "dist"));
const browser = await launch("webgl2");
try {
  const prepare = (page) => page.addInitScript(timeFrames);
  const scope = await open(browser, server.url + fragment(scene), { prepare, viewport: { width: 1600, height: 1000 } });
  await scope.started();
  if (JSON.parse(await scope.text("scene")).steps !== scene.steps) throw new Error("the page has not opened the scene");
  if (!(await scope.state()).playing) await scope.page.keyboard.press("Space");
  await scope.page.waitForTimeout(1000);
  await scope.page.evaluate(() => (window.frameTimes.length = 0));
  await scope.page.waitForTimeout(span);
  const times = (await scope.page.evaluate(() => window.frameTimes)).sort((a, b) => a - b);
  const state = await scope.state();
  await scope.picture("frames");
  const at = (share) => times[Math.floor((times.length - 1) * share)].toFixed(1);
  console.log(`${times.length} frames in ${span / 1000} s, while ${state.runs[0].steps} steps were trained and recorded`);
  console.log(`a frame's own work: median ${at(0.5)} ms, 99 % ${at(0.99)} ms, longest ${at(1)} ms`);
  if (scope.errors.length) console.log(scope.errors.join("\n"));
} finally {
  await browser.close();
  await server.close();
}
