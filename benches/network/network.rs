//! Networks: steps a second, gradients, Hessian-vector products, dense Hessians, as a share of what the machine's registers
//! can do, and what they allocate: `cargo bench -p saddlescope-network-bench`.
//!
//! `-- --json` prints the same as one JSON object, `-- --data FILE` writes data and first weights for the peers, `-- --only LAYERS WORK`
//! repeats one work for some seconds, for a profiler, and prints its shortest time.
#![allow(missing_docs, reason = "a benchmark")]

mod counting;

use pulp::{Simd, WithSimd};
use saddlescope_network_bench::{CASES, Case, Work};
use serde_json::{Value, json};
use std::hint::black_box;
use std::time::Instant;

/// Dense Hessians are timed up to here.
const MOST_DENSE: usize = 4000;
/// All eigenvalues, and the largest ones, are timed up to here.
const MOST_SPECTRUM: usize = 2000;

/// Independent multiplications and additions in registers.
struct Peak(u32);

impl WithSimd for Peak {
    type Output = f64;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> f64 {
        const CHAINS: usize = 12;
        let (factor, term) = (simd.splat_f64s(black_box(0.999)), simd.splat_f64s(black_box(1e-3)));
        let mut chains = [simd.splat_f64s(black_box(1.0)); CHAINS];
        for _ in 0..self.0 {
            for chain in &mut chains {
                *chain = simd.add_f64s(simd.mul_f64s(*chain, factor), term);
            }
        }
        black_box(chains.map(|chain| simd.reduce_sum_f64s(chain)));
        (2 * CHAINS * S::F64_LANES) as f64 * f64::from(self.0)
    }
}

fn peak() -> f64 {
    let rounds = 1_000_000;
    let rate = || {
        let start = Instant::now();
        pulp::Arch::new().dispatch(Peak(rounds)) / start.elapsed().as_secs_f64()
    };
    (0..9).map(|_| rate()).fold(0.0, f64::max)
}

/// The median of nine times, in seconds a repetition; at least `least` repetitions and a hundredth of a second each.
fn time(work: &mut dyn FnMut(u32), least: u32) -> f64 {
    let mut once = |count: u32| {
        let start = Instant::now();
        work(count);
        start.elapsed().as_secs_f64()
    };
    let mut count = least;
    while once(count) < 0.01 && count < 1 << 24 {
        count *= 2;
    }
    let mut times: Vec<f64> = (0..9).map(|_| once(count) / f64::from(count)).collect();
    times.sort_by(f64::total_cmp);
    times[4]
}

/// The shortest of the times of some seconds, in seconds.
fn shortest(work: &mut dyn FnMut(u32)) -> f64 {
    let (begin, mut least) = (Instant::now(), f64::INFINITY);
    while begin.elapsed().as_secs_f64() < 4.0 {
        let start = Instant::now();
        work(1);
        least = least.min(start.elapsed().as_secs_f64());
    }
    least
}

fn measure(case: &Case, peak: f64) -> Value {
    let n = case.network().1.len();
    let seconds = |work: Work| time(&mut *case.prepare(work), 1);
    // A run also asks once for the whole sum.
    let least = if n <= MOST_DENSE { 1000 } else { 64 };
    let gradient = seconds(Work::Gradient);
    let samples = case.samples()[0].len();
    json!({
        "layers": case.layers,
        "parameters": n,
        "batch": case.data.2,
        "samples": samples,
        "loop": seconds(Work::Loop),
        "method": seconds(Work::Method),
        "driven": time(&mut *case.prepare(Work::Driven), least),
        "gradient": gradient,
        "product": seconds(Work::Product),
        "new_product": seconds(Work::NewProduct),
        "hessian": if n <= MOST_DENSE { Some(seconds(Work::Hessian)) } else { None },
        "eigenvalues": if n <= MOST_SPECTRUM { Some(seconds(Work::Eigenvalues)) } else { None },
        "top": if n <= MOST_SPECTRUM { Some(seconds(Work::Top)) } else { None },
        "share": case.operations() * samples as f64 / gradient / peak,
        "loop_allocations": counting::allocations(&mut *case.prepare(Work::Loop)),
        "method_allocations": counting::allocations(&mut *case.prepare(Work::Method)),
    })
}

/// Data and first weights of every case.
fn data() -> Value {
    let case = |case: &Case| {
        let [inputs, targets] = case.samples();
        let loss = case.loss.name();
        let (x, y, w) = (inputs.values, targets.values, case.network().1);
        json!({ "layers": case.layers, "batch": case.data.2, "loss": loss, "x": x, "y": y, "w": w })
    };
    CASES.iter().map(case).collect()
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let given = |name: &str| arguments.iter().position(|a| a == name);
    if let Some(file) = given("--data").and_then(|place| arguments.get(place + 1)) {
        std::fs::write(file, data().to_string()).unwrap_or_else(|e| eprintln!("{file}: {e}"));
        return;
    }
    if let Some(place) = given("--only") {
        let wanted = |index: usize| arguments.get(place + index).map_or("", String::as_str);
        let case = CASES.iter().find(|case| case.layers == wanted(1));
        let work = Work::ALL.into_iter().find(|work| format!("{work:?}").eq_ignore_ascii_case(wanted(2)));
        match case.zip(work) {
            Some((case, work)) => println!("{:.3} us", 1e6 * shortest(&mut *case.prepare(work))),
            None => eprintln!("--only LAYERS WORK: one of {:?} and one of {:?}", CASES.map(|case| case.layers), Work::ALL),
        }
        return;
    }
    let peak = peak();
    let cases: Vec<Value> = CASES.iter().map(|case| measure(case, peak)).collect();
    if given("--json").is_some() {
        println!("{}", json!({ "peak": peak, "cases": cases }));
        return;
    }
    println!("peak of multiplications and additions: {:.1} Gflop/s", peak / 1e9);
    println!(
        "layers          parameters   loop 1/s  sgd 1/s  driven 1/s   gradient us  share   product  new   Hessian ms  eigenvalues ms  top 5 ms  allocations: loop, sgd"
    );
    for case in &cases {
        let number = |name: &str| case[name].as_f64().unwrap_or(f64::NAN);
        let per_second = |name: &str| 1.0 / number(name);
        println!(
            "{:15} {:10} {:10.0} {:8.0} {:11.0} {:13.2} {:5.0}% {:9.2} {:4.2} {:12.3} {:15.3} {:9.3} {:8.2} {:8.2}",
            case["layers"].as_str().unwrap_or_default(),
            number("parameters"),
            per_second("loop"),
            per_second("method"),
            per_second("driven"),
            1e6 * number("gradient"),
            100.0 * number("share"),
            number("product") / number("gradient"),
            number("new_product") / number("gradient"),
            1e3 * number("hessian"),
            1e3 * number("eigenvalues"),
            1e3 * number("top"),
            number("loop_allocations"),
            number("method_allocations"),
        );
    }
}
