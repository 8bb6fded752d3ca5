// The same work as WebAssembly and native, in one run:
//   node benches/network/wasm.mjs MODULE.wasm NATIVE.json
// MODULE is the library built for wasm32-unknown-unknown, NATIVE what `network -- --json` has just printed.
import { readFileSync } from "node:fs";

const [module, native] = process.argv.slice(2);
const { instance } = await WebAssembly.instantiate(readFileSync(module), {});
const { prepare, repeat } = instance.exports;
const work = ["loop", "method", "driven", "gradient", "product", "new_product", "hessian", "eigenvalues", "top"];

// The median of nine, in seconds a repetition; at least a hundredth of a second each.
function seconds(least) {
  const once = (count) => {
    const start = performance.now();
    repeat(count);
    return (performance.now() - start) / 1000;
  };
  let count = least;
  while (once(count) < 0.01) count *= 2;
  const times = Array.from({ length: 9 }, () => once(count) / count);
  return times.sort((a, b) => a - b)[4];
}

console.log("WebAssembly's speed as a share of native");
console.log(["layers".padEnd(15), ...work.map((name) => name.padStart(11))].join(" "));
JSON.parse(readFileSync(native)).cases.forEach((own, index) => {
  const shares = work.map((name, number) => {
    if (own[name] == null) return "";
    prepare(index, number);
    return (own[name] / seconds(name === "driven" ? (own.parameters <= 4000 ? 1000 : 64) : 1)).toFixed(2);
  });
  console.log([own.layers.padEnd(15), ...shares.map((share) => share.padStart(11))].join(" "));
});
