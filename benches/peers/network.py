"""The networks of benches/network beside PyTorch, JAX, PyHessian and convnetjs: same data and batch; one thread, float64.

JAX and the Hessians begin at our weights, the steps of PyTorch and convnetjs at their own. JAX has its batches drawn before.

    python3 benches/peers/network.py [DIRECTORY]

makes a virtual environment with the peers in DIRECTORY (target/peers; about 6 GB with PyPI's PyTorch), runs everything on one
core after the other, and prints one table of medians. Only the ratios mean anything.
"""

import json
import os
import statistics
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DENSE = 2000


def install(directory):
    python = os.path.join(directory, "venv", "bin", "python")
    if not os.path.exists(python):
        subprocess.run([sys.executable, "-m", "venv", os.path.join(directory, "venv")], check=True)
    if subprocess.run([python, "-c", "import torch, jax, pyhessian"], capture_output=True).returncode:
        subprocess.run([python, "-m", "pip", "install", "-q", "torch", "jax", "numpy", "pyhessian"], check=True)
    if not os.path.exists(os.path.join(directory, "node_modules", "convnetjs")):
        subprocess.run(["npm", "install", "--silent", "--prefix", directory, "convnetjs@0.3.0"], check=True)
    return python


def ours(*arguments):
    command = ["cargo", "bench", "-q", "-p", "saddlescope-network-bench", "--", *arguments]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def median(work, budget=0.5):
    """Seconds for one call, the median of at least five."""
    work()
    times = []
    while len(times) < 5 or sum(times) < budget:
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def pytorch(case):
    import torch

    torch.set_num_threads(1)
    torch.set_default_dtype(torch.float64)
    widths = [int(w) for w in case["layers"].split("-")]
    x = torch.tensor(case["x"]).reshape(-1, widths[0])
    y = torch.tensor(case["y"]).reshape(-1, widths[-1])
    mse = case["loss"] == "mse"
    target = y if mse else y.argmax(1)
    cost = (lambda z, y: 0.5 * ((z - y) ** 2).sum(1).mean()) if mse else torch.nn.functional.cross_entropy
    parts = []
    for a, b in zip(widths, widths[1:]):
        parts += [torch.nn.Linear(a, b), torch.nn.Tanh()]
    model = torch.nn.Sequential(*parts[:-1])
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)

    def steps(count=50):
        for _ in range(count):
            batch = torch.randint(len(x), (case["batch"],))
            optimizer.zero_grad()
            cost(model(x[batch]), target[batch]).backward()
            optimizer.step()

    result = {"steps": 50 / median(steps)}
    w = torch.tensor(case["w"])

    def loss(w):
        a, at = x, 0
        for l, (i, o) in enumerate(zip(widths, widths[1:])):
            weights, at = w[at : at + i * o].reshape(o, i), at + i * o
            bias, at = w[at : at + o], at + o
            a = a @ weights.T + bias
            a = torch.tanh(a) if l + 2 < len(widths) else a
        return cost(a, target)

    if len(w) <= DENSE:
        functional = torch.autograd.functional
        if len(w) < 200:
            result["hessian"] = median(lambda: functional.hessian(loss, w))
            result["hessian + eigenvalues"] = median(lambda: torch.linalg.eigvalsh(functional.hessian(loss, w)))
        result["vectorized"] = median(lambda: functional.hessian(loss, w, vectorize=True))
        vectorized = lambda: torch.linalg.eigvalsh(functional.hessian(loss, w, vectorize=True))
        result["vectorized + eigenvalues"] = median(vectorized)
        from pyhessian import hessian

        # At the same point; its random starts make it fast or slow, so many of them.
        torch.nn.utils.vector_to_parameters(w, model.parameters())
        top = lambda: hessian(model, cost, data=(x, target), cuda=False).eigenvalues(top_n=5)
        result["pyhessian top 5"] = median(top, 3)
    return result


def jax(case):
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    widths = [int(w) for w in case["layers"].split("-")]
    x = jnp.array(case["x"]).reshape(-1, widths[0])
    y = jnp.array(case["y"]).reshape(-1, widths[-1])

    def loss(w, x, y):
        a = x
        for l, (weights, bias) in enumerate(w):
            a = a @ weights.T + bias
            a = jnp.tanh(a) if l + 2 < len(widths) else a
        if case["loss"] == "mse":
            return 0.5 * ((a - y) ** 2).sum(1).mean()
        return (jax.nn.logsumexp(a, axis=1) - (a * y).sum(1)).mean()

    w, at, flat = [], 0, jnp.array(case["w"])
    for i, o in zip(widths, widths[1:]):
        w.append((flat[at : at + i * o].reshape(o, i), flat[at + i * o : at + i * o + o]))
        at += i * o + o
    count = 20000 if len(flat) < 200 else 2000 if len(flat) < 5000 else 50
    batches = jax.random.randint(jax.random.PRNGKey(1), (count, case["batch"]), 0, len(x))

    @jax.jit
    def steps(w, batches):
        def step(w, batch):
            g = jax.grad(loss)(w, x[batch], y[batch])
            return jax.tree.map(lambda w, g: w - 0.01 * g, w, g), None

        return jax.lax.scan(step, w, batches)[0]

    gradient = jax.jit(lambda w: jax.value_and_grad(loss)(w, x, y))
    product = jax.jit(lambda w, v: jax.jvp(lambda w: jax.grad(loss)(w, x, y), (w,), (v,))[1])
    return {
        "steps": count / median(lambda: jax.block_until_ready(steps(w, batches))),
        "gradient": median(lambda: jax.block_until_ready(gradient(w))),
        "product": median(lambda: jax.block_until_ready(product(w, w))),
    }


def table(own, peers):
    for case in own["cases"]:
        layers = case["layers"]
        torch, jaxed, convnet = peers["pytorch"][layers], peers["jax"][layers], peers["convnetjs"].get(layers)
        print(f"\n{layers}: {case['parameters']} parameters, batch {case['batch']}, {case['samples']} samples")
        for name in ["loop", "method", "driven"]:
            rate = 1 / case[name]
            line = f"  {name:8} {rate:12,.0f} steps/s  x{rate / torch['steps']:.1f} PyTorch ({torch['steps']:,.0f})"
            line += f"  x{rate / jaxed['steps']:.2f} JAX ({jaxed['steps']:,.0f})"
            print(line + (f"  x{rate / convnet:.1f} convnetjs ({convnet:,.0f})" if convnet else ""))
        print(
            f"  gradient {1e6 * case['gradient']:12,.1f} us       JAX {1e6 * jaxed['gradient']:,.1f} us"
            f"  ({100 * case['share']:.0f} % of the machine's multiplications and additions)"
        )
        known, new = case["product"] / case["gradient"], case["new_product"] / case["gradient"]
        print(f"  product / gradient: {known:.2f} at a known point, {new:.2f} at a new one; JAX {jaxed['product'] / jaxed['gradient']:.2f}")
        if case["hessian"]:
            print(f"  Hessian {1e3 * case['hessian']:.3f} ms")
        if case["eigenvalues"]:
            eigen, top = case["eigenvalues"], case["top"]
            print(f"  Hessian + eigenvalues {1e3 * eigen:.3f} ms, x{torch['vectorized + eigenvalues'] / eigen:.1f} PyTorch, vectorized")
            print(f"  top 5 to 1e-6 {1e3 * top:.3f} ms, x{torch['pyhessian top 5'] / top:.1f} PyHessian at its own tolerance")
        for name in torch:
            if name != "steps":
                print(f"    PyTorch, {name}: {1e3 * torch[name]:.2f} ms")


def main():
    if len(sys.argv) > 2 and sys.argv[2] in ("pytorch", "jax"):
        with open(sys.argv[1]) as file:
            print(json.dumps({case["layers"]: globals()[sys.argv[2]](case) for case in json.load(file)}))
        return
    directory = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else os.path.join(ROOT, "target", "peers"))
    os.makedirs(directory, exist_ok=True)
    python = install(directory)
    data = os.path.join(directory, "data.json")
    ours("--data", data)
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    os.environ.update(OMP_NUM_THREADS="1", MKL_NUM_THREADS="1", JAX_PLATFORMS="cpu")
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
    output = lambda command: json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout.splitlines()[-1])
    own = json.loads(ours("--json"))
    peers = {peer: output([python, os.path.abspath(__file__), data, peer]) for peer in ("pytorch", "jax")}
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "convnetjs.mjs")
    peers["convnetjs"] = output(["node", script, data, directory])
    print(f"peak {own['peak'] / 1e9:.1f} Gflop/s of one core")
    table(own, peers)


main()
