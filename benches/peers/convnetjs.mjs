// Steps a second of npm's convnetjs on the nets of network.py: node convnetjs.mjs DATA MODULES, where MODULES holds convnetjs.
// Prints one JSON object, layers -> steps/s (the median of five).
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [data, modules] = process.argv.slice(2);
const convnetjs = createRequire(`${modules}/`)("convnetjs");
const rates = {};
for (const { layers, batch, loss, x, y } of JSON.parse(readFileSync(data))) {
  const widths = layers.split("-").map(Number);
  const [inputs, outputs] = [widths[0], widths.at(-1)];
  if (inputs > 100) continue;
  const definition = [{ type: "input", out_sx: 1, out_sy: 1, out_depth: inputs }];
  for (const width of widths.slice(1, -1)) definition.push({ type: "fc", num_neurons: width, activation: "tanh" });
  definition.push(loss === "mse" ? { type: "regression", num_neurons: outputs } : { type: "softmax", num_classes: outputs });
  const net = new convnetjs.Net();
  net.makeLayers(definition);
  const trainer = new convnetjs.SGDTrainer(net, { learning_rate: 0.01, momentum: 0, batch_size: batch, l2_decay: 0 });
  const samples = [];
  for (let i = 0; i * inputs < x.length; i++) {
    const sample = new convnetjs.Vol(1, 1, inputs, 0);
    for (let k = 0; k < inputs; k++) sample.w[k] = x[i * inputs + k];
    const target = y.slice(i * outputs, (i + 1) * outputs);
    samples.push([sample, loss === "mse" ? target : target.indexOf(1)]);
  }
  const steps = (count) => {
    const start = performance.now();
    for (let s = 0; s < count * batch; s++) {
      const [sample, target] = samples[Math.floor(Math.random() * samples.length)];
      trainer.train(sample, target);
    }
    return (1000 * count) / (performance.now() - start);
  };
  const count = inputs > 10 ? 100 : 10000;
  steps(count);
  rates[layers] = [0, 1, 2, 3, 4].map(() => steps(count)).sort((a, b) => a - b)[2];
}
console.log(JSON.stringify(rates));
