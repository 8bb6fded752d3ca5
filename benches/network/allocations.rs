//! What is asked of a network again and again allocates nothing after the first time.
#![allow(missing_docs, reason = "a test")]

mod counting;

use saddlescope_network_bench::{CASES, Work};

#[test]
fn gradients_and_products_allocate_nothing() {
    for case in CASES.iter().filter(|case| case.network().1.len() < 10_000) {
        for work in [Work::Loop, Work::Gradient, Work::Product, Work::NewProduct] {
            let count = counting::allocations(&mut *case.prepare(work));
            assert!(count == 0.0, "{} {work:?}: {count} allocations", case.layers);
        }
    }
}
