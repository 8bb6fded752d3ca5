// The frames of the page's laboratory while 2-8-8-1 trains and its whole spectrum is shown, in headless Chromium:
//   .ci/run web && node benches/web/frames.mjs [SECONDS]
// A frame's own work is what its animation callback takes on the page's thread: the user interface, and what is told to the device. What
// is computed between the frames takes turns of some milliseconds, which are timed too. The device is software here and shares the
// machine's cores, so that both the clock and the processor's time are said.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fragment, launch, open, ROOT } from "../../tests/web/page.mjs";
import { serve } from "../../tests/web/serve.mjs";

const span = 1000 * Number(process.argv[2] ?? 20);
const entry = JSON.parse(readFileSync(join(ROOT, "assets/networks.json"), "utf8")).find(({ id }) => id === "spirals");
// More steps than can be made while the clock runs.
const scene = { ...entry.scene, methods: entry.scene.methods.filter(({ id }) => id === "sgd"), steps: 1_000_000, playback: { step: 0 } };

/** Median, 99th hundredth and largest of some times in microseconds. */
function summary(times) {
  times.sort((a, b) => a - b);
  const at = (share) => `${(times[Math.floor((times.length - 1) * share)] / 1000).toFixed(1)} ms`;
  return `median ${at(0.5)}, 99 % ${at(0.99)}, longest ${at(1)}`;
}

const server = await serve(join(ROOT, "dist"));
const browser = await launch("webgl2");
try {
  const scope = await open(browser, server.url + fragment(scene), { viewport: { width: 1600, height: 1000 } });
  await scope.started();
  if (JSON.parse(await scope.text("scene")).steps !== scene.steps) throw new Error("the page has not opened the scene");
  if (!(await scope.state()).playing) await scope.page.keyboard.press("Space");
  // Until the browser has compiled for speed what is used all the time.
  await scope.page.waitForTimeout(4000);
  const before = (await scope.state()).runs[0].steps;
  await browser.startTracing(scope.page, { categories: ["devtools.timeline", "-*"] });
  await scope.page.waitForTimeout(span);
  const { traceEvents } = JSON.parse(String(await browser.stopTracing()));
  const state = await scope.state();
  await scope.picture("frames");
  const frames = traceEvents.filter(({ name, tdur }) => name === "FireAnimationFrame" && tdur > 0);
  const within = ({ ts }) => frames.some((frame) => frame.ts <= ts && ts < frame.ts + frame.dur);
  const turns = traceEvents.filter((event) => event.name === "FunctionCall" && event.tid === frames[0].tid && event.tdur > 0 && !within(event));
  console.log(`${frames.length} frames in ${span / 1000} s, while ${state.runs[0].steps - before} steps were trained and recorded`);
  for (const [name, events] of [["a frame's own work", frames], ["a turn between frames", turns]]) {
    console.log(`${name} (${events.length}): ${summary(events.map(({ dur }) => dur))} by the clock`);
    console.log(`${" ".repeat(name.length)} ${summary(events.map(({ tdur }) => tdur))} of the processor`);
  }
  if (scope.errors.length) console.log(scope.errors.join("\n"));
} finally {
  await browser.close();
  await server.close();
}
